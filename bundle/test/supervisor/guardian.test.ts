import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../postgres/checkout.ts'

/** Starts two groups, each a shell with a child, forgets one that has ended, and tells their numbers. */
const program = `
import { Guardian } from ${JSON.stringify(join(root, 'bundle/src/supervisor/guardian.ts'))}
import { startProcess } from ${JSON.stringify(join(root, 'bundle/src/supervisor/process.ts'))}
const guardian = new Guardian()
const start = (script) => startProcess({ argv: ['sh', '-c', script], environment: {}, folder: '/' }, guardian)
const short = await start('exit 0')
await short.exit
const groups = [await start('sleep 1000 & sleep 1000'), await start('exec sleep 1000')]
console.log(groups.map(({ child }) => child.pid).join(' '))
`

/** Processes of a group that are there and no zombies. */
const alive = async (pid: number): Promise<boolean> => {
  try {
    const [, state] = /\) (\S)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? []
    return state !== 'Z'
  } catch {
    return false
  }
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('who is killed takes along all that was started', async () => {
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const groups = line.toString().trim().split(' ').map(Number)
  expect(await Promise.all(groups.map(alive))).toEqual([true, true])
  child.kill('SIGKILL')
  await until(async () => (await Promise.all(groups.map(alive))).every((each) => !each))
}, 30_000)
