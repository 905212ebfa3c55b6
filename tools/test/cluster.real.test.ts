import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { expect, test } from 'vitest'

import { startCluster } from '../cluster.ts'

/** Processes that have a folder among their arguments. */
const processesOf = async (folder: string): Promise<readonly string[]> => {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may go while it is looked at.
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (line.includes(folder)) found.push(line.replaceAll('\0', ' '))
  }
  return found
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

test('a cluster leaves neither process nor file', async () => {
  const cluster = await startCluster()
  expect((await processesOf(cluster.folder)).length).toBeGreaterThanOrEqual(2)
  await cluster[Symbol.asyncDispose]()
  expect([await processesOf(cluster.folder), await exists(cluster.folder)]).toEqual([[], false])
})

test('neither does one whose process was killed', async () => {
  const args = ['--conditions=source', join(import.meta.dirname, 'holder.ts')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString()
  })
  while (!printed.includes('\n')) await once(child.stdout, 'data')
  const { folder } = JSON.parse(printed) as { readonly folder: string }
  expect(await exists(join(folder, 'etcd'))).toBe(true)
  child.kill('SIGKILL')
  await once(child, 'exit')
  while ((await processesOf(folder)).length > 0 || (await exists(folder))) await setTimeout(50)
})
