import { type BundleError, bundleError } from '../errors.ts'
import type { Layout } from './layout.ts'

/** Where and how a program failed; `port` is undefined while there is none. */
export interface Attempt {
  readonly layout: Layout
  readonly port: number | undefined
}

/** The line that tells most: the last one that PostgreSQL itself calls fatal, else the last one. */
const reasonOf = (output: string): string => {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const line = lines.findLast((each) => /\b(FATAL|PANIC|ERROR|error):/.test(each)) ?? lines.at(-1) ?? 'it said nothing'
  return line.replace(/^.*?\b(?:FATAL|PANIC|ERROR|error):\s*/, '').trim()
}

/** Whether a start failed because processes of a killed server still hold its memory; they end by themselves. */
export const isStillHeld = (output: string): boolean => /pre-existing shared memory block/.test(output)

/**
 * Turns what PostgreSQL's programs print in English into an error of the table. The texts are those of `initdb` and
 * `postgres` 18; what is not known by its text stays BUNDLE_POSTGRES_FAILED with PostgreSQL's own words.
 */
export const startFailure = (output: string, { layout, port }: Attempt): BundleError => {
  const { home, data, account } = layout
  if (/No space left on device|Disk quota exceeded/.test(output)) return bundleError('BUNDLE_DISK_FULL', [home])
  if (/Read-only file system/.test(output)) return bundleError('BUNDLE_FOLDER_UNUSABLE', [home, 'its disk is read-only'])
  if (/Address already in use/.test(output)) return bundleError('BUNDLE_PORT_IN_USE', [String(port)])
  if (/could not bind .*Permission denied/.test(output)) {
    return bundleError('BUNDLE_POSTGRES_FAILED', [data, `this account may not listen on port "${port}"`])
  }
  if (/lock file "postmaster\.pid" already exists/.test(output)) return bundleError('BUNDLE_POSTGRES_RUNNING', [data])
  if (/could not look up effective user ID/.test(output)) {
    const uid = /user ID (\d+)/.exec(output)?.[1] ?? String(account?.uid)
    return bundleError('BUNDLE_ACCOUNT_UNUSABLE', [uid, 'it has no name on this system, and initdb wants one'])
  }
  if (/Permission denied/.test(output)) return bundleError('BUNDLE_FOLDER_UNUSABLE', [home, reasonOf(output)])
  return bundleError('BUNDLE_POSTGRES_FAILED', [data, reasonOf(output)])
}
