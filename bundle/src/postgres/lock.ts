import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** A lock that this process holds until it lets go or dies. */
export interface Lock {
  readonly release: () => void
}

/**
 * Takes a lock that only one process can hold, or gives undefined when somebody has it. It is an exclusive transaction on an
 * empty SQLite file: that is the one lock in Node which the operating system itself takes back, so a killed process
 * leaves none behind.
 *
 * @example
 * const lock = takeLock('/srv/state/lock')
 * if (lock === undefined) throw new Error('somebody else is at work here')
 */
export const takeLock = (path: string): Lock | undefined => {
  const file = new DatabaseSync(path, { timeout: 0 })
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    chmodSync(path, 0o600)
    return { release: () => file.close() }
  } catch (error) {
    file.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === 5) return undefined
    throw error
  }
}
