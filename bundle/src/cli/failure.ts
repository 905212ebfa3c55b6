import { BundleError } from '../errors.ts'
import { Interruption } from './interruption.ts'

/** `parseArgs` refuses what it does not know so. */
const isUsage = (error: unknown): error is TypeError => error instanceof TypeError && 'code' in error

/**
 * Says why a program of the bundle ended, and gives its exit code: an error of ours by message and code, without a trace.
 *
 * @throws what is none of ours: a bug, with its trace
 *
 * @example
 * process.exitCode = tellFailure(error, (text) => process.stderr.write(text))
 */
export const tellFailure = (error: unknown, write: (text: string) => void): number => {
  if (error instanceof Interruption) return error.exitCode
  if (error instanceof BundleError) {
    write(`${error.message} (${error.code})\n`)
    return 1
  }
  if (!isUsage(error)) throw error
  write(`${error.message}\n`)
  return 2
}
