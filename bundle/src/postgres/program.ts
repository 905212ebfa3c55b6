import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { bundleError } from '../errors.ts'
import { systemCode } from './folder.ts'
import type { Account } from './host.ts'

/** How a program of PostgreSQL runs: as whom, and in which folder, which that account can enter. */
export interface RunOptions {
  readonly account: Account | undefined
  readonly folder: string
  /** What it reads from its standard input. */
  readonly input?: string
  /** Ends it early. */
  readonly signal?: AbortSignal | undefined
}

/** Nothing of our environment: a PGDATA or a PGPORT there is meant for another PostgreSQL, and messages are read in English. */
export const programEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** The error of the table for a program that could not even begin. */
export const spawnError = (program: string, account: Account | undefined, error: unknown): unknown => {
  const code = systemCode(error)
  if (['EPERM', 'EINVAL'].includes(code) && account !== undefined) {
    return bundleError('BUNDLE_ACCOUNT_UNUSABLE', [String(account.uid), 'this process may not become it'], { cause: error })
  }
  if (code === 'EACCES') {
    const why = 'permission is denied, or its disk allows no programs'
    return bundleError('BUNDLE_FOLDER_UNUSABLE', [program, why], { cause: error })
  }
  if (code === 'ENOENT') {
    return bundleError('BUNDLE_PLATFORM_UNSUPPORTED', [`${process.platform} without glibc`, 'a system with glibc'], { cause: error })
  }
  return error
}

/**
 * Runs a program to its end; gives its exit code and all that it said.
 *
 * @throws the reason of the signal, once the program that it ended is gone
 */
export const runProgram = async (
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ code: number; output: string }> => {
  const { account, folder, input, signal } = options
  const child = spawn(program, args, { ...account, cwd: folder, env: programEnvironment, stdio: 'pipe' })
  const end = (): void => void child.kill('SIGTERM')
  signal?.addEventListener('abort', end)
  try {
    const exit = once(child, 'exit')
    child.stdin.on('error', () => undefined).end(input)
    const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit])
    signal?.throwIfAborted()
    return { code: typeof code === 'number' ? code : -1, output: error + out }
  } catch (error) {
    throw spawnError(program, account, error)
  } finally {
    signal?.removeEventListener('abort', end)
  }
}
