import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'

import type { Guardian } from './guardian.ts'

/** How a process shall run. */
export interface ProcessOptions {
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly folder: string
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

/** A process that runs, with all that it starts. */
export interface RunningProcess {
  readonly child: ChildProcess
  /** Its exit code once it has ended and said all that it had to say: 128 and the number of the signal when one ended it. */
  readonly exit: Promise<number>
  readonly kill: (signal: NodeJS.Signals) => void
}

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Where a program is; undefined when there is none of this name.
 *
 * @example
 * findProgram('sh', '/usr/bin:/bin')   // '/usr/bin/sh'
 */
export const findProgram = (name: string, path = searchPath): string | undefined => {
  const candidates = name.includes('/') ? [name] : path.split(delimiter).map((folder) => join(folder, name))
  return candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
}

const signalNumber = (signal: string | null): number => {
  const numbers: Readonly<Record<string, number>> = constants.signals
  return numbers[signal ?? ''] ?? 0
}

/** Whether Pebble would know a signal of this name. */
export const isSignal = (name: string): name is NodeJS.Signals => name in constants.signals

/**
 * Starts a process as the head of a group of its own, in an environment of its own; the guardian ends the group when this process ends.
 *
 * @throws what the system says when it cannot be started
 *
 * @example
 * const { exit } = await startProcess({ argv: ['sleep', '1'], environment: {}, folder: '/' }, guardian)
 */
export const startProcess = async (options: ProcessOptions, guardian: Guardian): Promise<RunningProcess> => {
  const { argv, environment, folder, uid, gid } = options
  const [program = '', ...args] = argv
  const child = spawn(findProgram(program, environment.PATH) ?? program, args, {
    cwd: folder,
    env: { PATH: searchPath, ...environment },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  const group = child.pid ?? 0
  guardian.watch(group)
  child.stdin?.on('error', () => undefined)
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-group, signal)
    } catch (error) {
      // It ended by itself meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
  const exit = new Promise<number>((resolve) => {
    // What it left behind would keep its output open.
    child.once('exit', () => {
      kill('SIGKILL')
      guardian.forget(group)
    })
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)))
  })
  return { child, exit, kill }
}
