import { execFile } from 'node:child_process'
import { readFile, readlink, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { bundleError } from '../errors.ts'
import { systemCode } from './folder.ts'
import type { Host } from './host.ts'
import type { Layout } from './layout.ts'

const run = promisify(execFile)
const fastLimit = 30_000
const immediateLimit = 10_000
const pollEvery = 10

/** What a server writes about itself into `postmaster.pid`: line 1 its process, line 8 how far it is. */
export interface PidFile {
  readonly pid: number
  readonly status: string
}

/** Reads `postmaster.pid`; undefined where none is. */
export const readPidFile = async ({ data }: Layout): Promise<PidFile | undefined> => {
  try {
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n')
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Linux: a server's working folder is its data folder. `/proc` is there in images that have no `ps`. */
const isServerByProc = async (pid: number, { data }: Layout, uid: number | undefined): Promise<boolean> => {
  try {
    const [folder, real, { uid: owner }] = await Promise.all([readlink(`/proc/${pid}/cwd`), realpath(data), stat(`/proc/${pid}`)])
    return folder === real && (uid === undefined || owner === uid)
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ESRCH'].includes(systemCode(error))) return false
    throw error
  }
}

const isServerByPs = async (pid: number, { data }: Layout, uid: number | undefined): Promise<boolean> => {
  try {
    const { stdout } = await run('ps', ['-o', 'uid=,command=', '-p', String(pid)])
    return stdout.includes(`-D ${data}`) && (uid === undefined || Number.parseInt(stdout, 10) === uid)
  } catch {
    return false // ps ends with 1 when no such process is
  }
}

/**
 * Whether a process is the server of this data folder, and not a stranger who got its number later. The pid file alone says
 * nothing: under root it belongs to another account, which must not make us end what it likes.
 */
const isServer = (pid: number, layout: Layout, host: Host): Promise<boolean> => {
  if (!Number.isInteger(pid) || pid <= 1) return Promise.resolve(false)
  const uid = layout.account?.uid ?? host.account?.uid
  return host.platform === 'linux' ? isServerByProc(pid, layout, uid) : isServerByPs(pid, layout, uid)
}

const hasEnded = async (isThere: () => Promise<boolean>, limit: number): Promise<boolean> => {
  for (let waited = 0; waited < limit; waited += pollEvery) {
    if (!(await isThere())) return true
    await wait(pollEvery)
  }
  return false
}

/**
 * Ends a server that a killed run left behind. Call with the lock held: then nobody who is alive owns it. Gives its
 * process, or undefined where none was.
 *
 * @throws BUNDLE_POSTGRES_RUNNING when it does not end
 */
export const endOrphan = async (layout: Layout, host: Host): Promise<number | undefined> => {
  const { pid } = (await readPidFile(layout)) ?? { pid: 0 }
  const isThere = (): Promise<boolean> => isServer(pid, layout, host)
  if (!(await isThere())) return undefined
  for (const [signal, limit] of [['SIGINT', fastLimit] as const, ['SIGQUIT', immediateLimit] as const]) {
    process.kill(pid, signal)
    if (await hasEnded(isThere, limit)) return pid
  }
  throw bundleError('BUNDLE_POSTGRES_RUNNING', [layout.directory])
}
