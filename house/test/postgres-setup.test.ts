import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const source = `
  import { teardown, setup } from ${JSON.stringify(resolve(import.meta.dirname, '../postgres-setup.ts'))}
  await setup({ provide: (_, { port }) => process.stdout.write(String(port)) })
  process.stdin.resume().on('end', () => void teardown().then(() => process.exit(0)))`

interface Run {
  readonly child: ChildProcess
  readonly folder: string
  readonly port: number
}

/** A process that sets up as a test run does, with a folder for temporary files of its own. */
const beginRun = async (): Promise<Run> => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-house-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const env = { ...process.env, TMPDIR: folder }
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  return { child, folder, port: Number(port) }
}

const isServing = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resume) => setTimeout(resume, 20))
}

const isGone = async ({ folder, port }: Run): Promise<boolean> => !(await isServing(port)) && (await readdir(folder)).length === 0

test('a run that ends leaves no server and no folder', async () => {
  const run = await beginRun()
  expect([await isServing(run.port), (await readdir(run.folder)).length]).toEqual([true, 1])
  const ended = once(run.child, 'exit')
  run.child.stdin?.end()
  expect(await ended).toEqual([0, null])
  expect(await isGone(run)).toBe(true)
})

test('a run that is killed leaves neither', async () => {
  const run = await beginRun()
  expect(await isServing(run.port)).toBe(true)
  run.child.kill('SIGKILL')
  await until(() => isGone(run))
})
