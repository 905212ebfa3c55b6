import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Binaries } from './binaries.ts'
import { isStillHeld, startFailure } from './failure.ts'
import { systemCode, writingInto } from './folder.ts'
import type { Layout } from './layout.ts'
import { readPidFile } from './process.ts'
import { programEnvironment, spawnError } from './program.ts'

// A start that takes longer than this, recovery of a laptop's data included, has stopped making progress.
const startLimit = 120_000
const stopLimit = 30_000
const heldLimit = 30_000
const pollEvery = 5
const longestLog = 10_000_000

/** A server process of ours. */
export interface Postmaster {
  readonly pid: number
  /** Settled once it has ended, whoever ended it. */
  readonly exited: Promise<void>
  /** Ends it and the sessions that it has; data is written out. */
  readonly stop: () => Promise<void>
}

/** Opens the log for another start; a long one moves aside first. Gives where this start's lines begin. */
const openLog = async ({ directory, logFile }: Layout): Promise<{ readonly file: FileHandle; readonly from: number }> =>
  writingInto(directory, async () => {
    const size = await stat(logFile).then(
      (found) => found.size,
      (error: unknown) => {
        if (systemCode(error) === 'ENOENT') return 0
        throw error
      },
    )
    if (size > longestLog) await rename(logFile, `${logFile}.1`)
    return { file: await open(logFile, 'a+', 0o600), from: size > longestLog ? 0 : size }
  })

const readFrom = async (file: FileHandle, from: number): Promise<string> => {
  const { size } = await file.stat()
  const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size - from, 100_000)), { position: from })
  return buffer.toString('utf8', 0, bytesRead)
}

const hasExited = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Settles once the server takes connections, with `true`; with `false` when it ended or took too long. */
const becomesReady = async (child: ChildProcess, layout: Layout): Promise<boolean> => {
  for (let waited = 0; waited < startLimit && !hasExited(child); waited += pollEvery) {
    const found = await readPidFile(layout)
    if (found?.pid === child.pid && found?.status === 'ready') return true
    await wait(pollEvery)
  }
  return false
}

const stopChild = async (child: ChildProcess, exited: Promise<void>): Promise<void> => {
  const limit = new AbortController()
  child.kill('SIGINT')
  const late = wait(stopLimit, 'late', { signal: limit.signal }).catch(() => undefined)
  if ((await Promise.race([exited, late])) === 'late') child.kill('SIGQUIT')
  limit.abort()
  await exited
}

/** One attempt; gives the server, or what it said before it ended. */
const launch = async (binaries: Binaries, layout: Layout, onSpawn: (pid: number) => void): Promise<Postmaster | string> => {
  const { account, home, data, configuration } = layout
  const { file, from } = await openLog(layout)
  try {
    // A group of its own: Ctrl-C in the terminal reaches us, and we end it in order.
    const child = spawn(binaries.postgres, ['-D', data, '-c', `config_file=${configuration}`], {
      ...account,
      cwd: home,
      env: programEnvironment,
      stdio: ['ignore', file.fd, file.fd],
      detached: true,
    })
    const exited = new Promise<void>((settle) => child.once('exit', () => settle()))
    await once(child, 'spawn').catch((error: unknown) => {
      throw spawnError(binaries.postgres, account, error)
    })
    onSpawn(child.pid ?? 0)
    if (await becomesReady(child, layout)) return { pid: child.pid ?? 0, exited, stop: () => stopChild(child, exited) }
    const isLate = !hasExited(child)
    if (isLate) await stopChild(child, exited)
    return isLate ? `FATAL: it was not ready after ${startLimit / 1000} s` : await readFrom(file, from)
  } finally {
    await file.close()
  }
}

/**
 * Starts the server of a data folder and waits until it takes connections. Processes of a killed server that still hold its
 * memory are waited for.
 *
 * @throws BUNDLE_PORT_IN_USE, BUNDLE_DISK_FULL, BUNDLE_FOLDER_UNUSABLE, BUNDLE_POSTGRES_FAILED
 */
export const startPostmaster = async (
  binaries: Binaries,
  layout: Layout,
  { port, onSpawn = () => undefined }: { readonly port: number; readonly onSpawn?: ((pid: number) => void) | undefined },
): Promise<Postmaster> => {
  for (let waited = 0; ; waited += 100) {
    const result = await launch(binaries, layout, onSpawn)
    if (typeof result !== 'string') return result
    if (!isStillHeld(result) || waited >= heldLimit) throw startFailure(result, { layout, port })
    await wait(100)
  }
}

/** Takes away a pid file whose process is gone or is somebody else by now: PostgreSQL would take the stranger for itself. */
export const removePidFile = ({ data }: Layout): Promise<void> => rm(join(data, 'postmaster.pid'), { force: true })
