import { chmod, lstat, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { bundleError } from '../errors.ts'
import type { Account } from './host.ts'

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'its disk is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'it is a file',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'a part of its path is not there',
  ELOOP: 'its links go in a circle',
}

/** The system's code of an error, `''` when it has none: `ENOENT`, `EACCES`. */
export const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** The error of the table for a failed call on a folder; what is not the folder's fault is given back as it came. */
export const folderError = (folder: string, error: unknown): unknown => {
  const code = systemCode(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return bundleError('BUNDLE_DISK_FULL', [folder], { cause: error })
  const why = reasons[code]
  return why === undefined ? error : bundleError('BUNDLE_FOLDER_UNUSABLE', [folder, why], { cause: error })
}

/** Runs what writes into a folder; a read-only or full disk becomes an error that names the folder. */
export const writingInto = async <T>(folder: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (error) {
    throw folderError(folder, error)
  }
}

/** `mkdir` with `recursive` hides EROFS behind ENOENT (Node 24), so this one walks up itself. Gives whether it made the folder. */
const makeWithParents = async (folder: string): Promise<boolean> => {
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return false
    if (systemCode(error) !== 'ENOENT' || folder === dirname(folder)) throw error
    await makeWithParents(dirname(folder))
    return makeWithParents(folder)
  }
}

/** Makes a folder where none is, whose mode is then exactly this, whatever the umask. */
export const makeFolder = (folder: string, mode: number): Promise<void> =>
  writingInto(folder, async () => {
    if (await makeWithParents(resolve(folder))) await chmod(folder, mode)
  })

const permits = (mode: number, owner: Account, account: Account, bits: number): boolean => {
  const shift = owner.uid === account.uid ? 6 : owner.gid === account.gid ? 3 : 0
  return ((mode >> shift) & bits) === bits
}

/** Whether an account may walk to a path and read it: every parent lets it in, and the path itself lets it read (folders: enter too). */
export const canReach = async (path: string, account: Account): Promise<boolean> => {
  const real = await realpath(path)
  for (let folder = dirname(real), below = real; folder !== below; below = folder, folder = dirname(folder)) {
    const parent = await stat(folder)
    if (!permits(parent.mode, parent, account, 1)) return false
  }
  const last = await stat(real)
  return permits(last.mode, last, account, last.isDirectory() ? 5 : 4)
}

/** Whether a folder is a real folder of this account that nobody else may write: in `/tmp` another one may have been there first. */
export const isPrivate = async (folder: string, account: Account | undefined): Promise<boolean> => {
  const found = await lstat(folder)
  return found.isDirectory() && (account === undefined || (found.uid === account.uid && (found.mode & 0o022) === 0))
}
