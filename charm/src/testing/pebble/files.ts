import { posix } from 'node:path'

/** A file of a container, or a folder. */
export interface FakeFile {
  readonly content: Buffer | null
  readonly permissions: string
  readonly user: string
  readonly group: string
}

/** A file that cannot be read or written: Pebble's kind and words. */
export class FileProblem extends Error {
  readonly kind: 'not-found' | 'generic-file-error' | 'permission-denied'
  constructor(kind: FileProblem['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

// Pebble writes a file under a name with a random number, and then renames it.
const temporary = '1234567890'

/** Whose a file is, and who may read it: what a request says of it. */
export interface FileMeta {
  readonly permissions?: string
  readonly user?: string
  readonly userId?: number
  readonly group?: string
  readonly groupId?: number
}

/** The files of a container, wherever they are kept. Every method throws a {@link FileProblem} with Pebble's words. */
export interface ContainerFiles {
  read(path: string): Buffer
  write(path: string, content: Buffer, meta: FileMeta, makeDirs: boolean): void
  makeDir(path: string, meta: FileMeta, makeParents: boolean): void
  remove(path: string, recursive: boolean): void
  /** Names in a folder, sorted; a file lists itself. */
  list(path: string): readonly string[]
  /** One entry of a list, as Pebble describes it. */
  describe(path: string): object
}

/** The files of a container, in memory. Folders exist by themselves where files lie in them. */
export class FakeFiles implements ContainerFiles {
  readonly #files = new Map<string, FakeFile>()

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, Buffer.from(text), {}, true)
  }

  /** All files with their text, by path. */
  texts(): Record<string, string> {
    const files = [...this.#files].flatMap(([path, { content }]) => (content ? [[path, content.toString()] as const] : []))
    return Object.fromEntries(files.sort(([left], [right]) => (left < right ? -1 : 1)))
  }

  find(path: string): FakeFile | undefined {
    return this.#files.get(path)
  }

  read(path: string): Buffer {
    absolute(path)
    const content = this.#files.get(path)?.content
    if (content) return content
    if (this.#files.has(path)) throw new FileProblem('generic-file-error', `can only read a regular file: "${path}"`)
    throw new FileProblem('not-found', `stat ${path}: no such file or directory`)
  }

  write(path: string, content: Buffer, meta: FileMeta, makeDirs: boolean): void {
    absolute(path)
    if (makeDirs) this.makeDir(posix.dirname(path), {}, true)
    else if (!this.#isFolder(posix.dirname(path))) {
      throw new FileProblem('not-found', `open ${path}.${temporary}~: no such file or directory`)
    }
    if (this.#isFolder(path)) throw new FileProblem('generic-file-error', `rename ${path}.${temporary}~ ${path}: file exists`)
    this.#files.set(path, { content, permissions: meta.permissions ?? '644', user: meta.user ?? 'root', group: meta.group ?? 'root' })
  }

  makeDir(path: string, meta: FileMeta, makeParents: boolean): void {
    absolute(path)
    if (path === '/') return
    const existing = this.#files.get(path)
    if (existing && (existing.content || !makeParents)) throw new FileProblem('generic-file-error', `mkdir ${path}: file exists`)
    const parent = posix.dirname(path)
    if (makeParents) this.makeDir(parent, {}, true)
    else if (!this.#isFolder(parent)) throw new FileProblem('not-found', `mkdir ${path}.mkdir-new: no such file or directory`)
    if (!existing) {
      this.#files.set(path, {
        content: null,
        permissions: meta.permissions ?? '755',
        user: meta.user ?? 'root',
        group: meta.group ?? 'root',
      })
    }
  }

  remove(path: string, recursive: boolean): void {
    absolute(path)
    if (!this.#files.has(path) && !recursive) throw new FileProblem('not-found', `remove ${path}: no such file or directory`)
    const inside = [...this.#files.keys()].filter((name) => name.startsWith(`${path}/`))
    if (inside.length > 0 && !recursive) throw new FileProblem('generic-file-error', `remove ${path}: directory not empty`)
    for (const name of [path, ...inside]) this.#files.delete(name)
  }

  /** Names in a folder, sorted; a file lists itself. */
  list(path: string): readonly string[] {
    absolute(path)
    const found = this.#files.get(path)
    if (!found && path !== '/') throw new FileProblem('not-found', `stat ${path}: no such file or directory`)
    if (found?.content) return [path]
    const prefix = path === '/' ? '/' : `${path}/`
    return [...this.#files.keys()].filter((name) => name.startsWith(prefix) && !name.slice(prefix.length).includes('/')).sort()
  }

  describe(path: string): object {
    const file = this.find(path)
    const size = file?.content ? { size: file.content.length } : {}
    return {
      path,
      name: posix.basename(path),
      type: file?.content ? 'file' : 'directory',
      ...size,
      permissions: file?.permissions ?? '755',
      'last-modified': '2026-01-01T00:00:00Z',
      'user-id': 0,
      user: file?.user ?? 'root',
      'group-id': 0,
      group: file?.group ?? 'root',
    }
  }

  #isFolder(path: string): boolean {
    return path === '/' || this.#files.get(path)?.content === null
  }
}

function absolute(path: string): void {
  if (!path.startsWith('/')) throw new FileProblem('generic-file-error', `paths must be absolute, got "${path}"`)
}
