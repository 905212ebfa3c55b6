import { randomInt } from 'node:crypto'
import type { Stats } from 'node:fs'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { posix } from 'node:path'

import { type ContainerFiles, type FileMeta, FileProblem } from '@charmed-feast/charm/testing'

import { accountName, accountOf, UnknownAccount } from './account.ts'
import { inside } from './place.ts'

const words: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file exists',
  ENOTEMPTY: 'directory not empty',
  EISDIR: 'file exists',
  ENOTDIR: 'not a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOSPC: 'no space left on device',
}

const kinds: Readonly<Record<string, FileProblem['kind']>> = { ENOENT: 'not-found', EACCES: 'permission-denied' }

/** Says what an operation on a path failed with, in Pebble's words, which name the path inside the container. */
const attempt = <Value>(what: string, work: () => Value): Value => {
  try {
    return work()
  } catch (error) {
    if (error instanceof UnknownAccount) throw new FileProblem('generic-file-error', error.message)
    if (!(error instanceof Error) || !('code' in error)) throw error
    const code = String(error.code)
    throw new FileProblem(kinds[code] ?? 'generic-file-error', `${what}: ${words[code] ?? code}`)
  }
}

const absolute = (path: string): void => {
  if (!path.startsWith('/')) throw new FileProblem('generic-file-error', `paths must be absolute, got "${path}"`)
}

const typeOf = (stats: Stats): string => {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  if (stats.isSocket()) return 'socket'
  return stats.isFIFO() ? 'named-pipe' : 'device'
}

/** The files of a container on disk, below its root folder. */
export class DiskFiles implements ContainerFiles {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  read(path: string): Buffer {
    absolute(path)
    const stats = attempt(`stat ${path}`, () => statSync(this.#at(path)))
    if (!stats.isFile()) throw new FileProblem('generic-file-error', `can only read a regular file: "${path}"`)
    return attempt(`open ${path}`, () => readFileSync(this.#at(path)))
  }

  write(path: string, content: Buffer, meta: FileMeta, makeDirs: boolean): void {
    absolute(path)
    if (makeDirs) this.makeDir(posix.dirname(path), {}, true)
    const temporary = `${path}.${randomInt(1e9, 1e10)}~`
    const account = attempt(`open ${path}`, () => accountOf(meta))
    // Nobody else reads it before it has its mode and its owner.
    attempt(`open ${temporary}`, () => writeFileSync(this.#at(temporary), content, { mode: 0o600, flag: 'wx' }))
    try {
      attempt(`chown ${temporary}`, () => this.#give(temporary, account))
      attempt(`chmod ${temporary}`, () => chmodSync(this.#at(temporary), Number.parseInt(meta.permissions ?? '644', 8)))
      attempt(`rename ${temporary} ${path}`, () => renameSync(this.#at(temporary), this.#at(path)))
    } catch (error) {
      rmSync(this.#at(temporary), { force: true })
      throw error
    }
  }

  makeDir(path: string, meta: FileMeta, makeParents: boolean): void {
    absolute(path)
    const existing = statSync(this.#at(path), { throwIfNoEntry: false })
    if (existing && (!existing.isDirectory() || !makeParents)) throw new FileProblem('generic-file-error', `mkdir ${path}: file exists`)
    if (existing) return
    const account = attempt(`mkdir ${path}`, () => accountOf(meta))
    if (makeParents)
      attempt(`mkdir ${posix.dirname(path)}`, () => mkdirSync(this.#at(posix.dirname(path)), { recursive: true, mode: 0o755 }))
    attempt(`mkdir ${path}.mkdir-new`, () => mkdirSync(this.#at(path)))
    attempt(`chown ${path}`, () => this.#give(path, account))
    attempt(`chmod ${path}`, () => chmodSync(this.#at(path), Number.parseInt(meta.permissions ?? '755', 8)))
  }

  remove(path: string, recursive: boolean): void {
    absolute(path)
    attempt(recursive ? `unlinkat ${path}` : `remove ${path}`, () => {
      const at = this.#at(path)
      if (recursive) rmSync(at, { recursive: true, force: true })
      else if (lstatSync(at).isDirectory()) rmdirSync(at)
      else rmSync(at)
    })
  }

  list(path: string): readonly string[] {
    absolute(path)
    const stats = attempt(`stat ${path}`, () => statSync(this.#at(path)))
    if (!stats.isDirectory()) return [path]
    return attempt(`open ${path}`, () => readdirSync(this.#at(path)))
      .sort()
      .map((name) => posix.join(path, name))
  }

  describe(path: string): object {
    const stats = attempt(`lstat ${path}`, () => lstatSync(this.#at(path)))
    return {
      path,
      name: posix.basename(path),
      type: typeOf(stats),
      ...(stats.isFile() ? { size: stats.size } : {}),
      permissions: (stats.mode & 0o7777).toString(8).padStart(3, '0'),
      'last-modified': stats.mtime.toISOString(),
      'user-id': stats.uid,
      user: accountName('user', stats.uid),
      'group-id': stats.gid,
      group: accountName('group', stats.gid),
    }
  }

  #at(path: string): string {
    return inside({ root: this.#root }, path)
  }

  #give(path: string, { uid, gid }: ReturnType<typeof accountOf>): void {
    if (uid !== undefined || gid !== undefined) chownSync(this.#at(path), uid ?? -1, gid ?? -1)
  }
}
