import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { serverError } from '../errors.ts'

/** A file of the pages, in memory. */
export interface PageFile {
  readonly type: string
  readonly etag: string
  /** Its name has a hash of its bytes: it never changes. */
  readonly immutable: boolean
  readonly plain: Buffer
  /** Smaller forms, made when first asked for; `undefined` for what is compressed already. */
  readonly coded: (coding: 'br' | 'gzip') => Promise<Buffer> | undefined
}

/** The files of the pages by their path, `assets/main-1a2b3c4d.js`. Only what was there at the start is ever read. */
export interface PageFiles {
  /** `index.html`, as the build made it. */
  readonly index: string
  readonly get: (path: string) => PageFile | undefined
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}

const packed = new Set(['.png', '.woff2', '.ico'])
const hashed = /[.-][\w-]{8,}\.\w+$/
const brotli = promisify(brotliCompress)
const zip = promisify(gzip)

const pageFile = (path: string, plain: Buffer): PageFile => {
  const made = new Map<string, Promise<Buffer>>()
  const code = (coding: 'br' | 'gzip'): Promise<Buffer> =>
    coding === 'gzip' ? zip(plain, { level: 9 }) : brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } })
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    immutable: path.startsWith('assets/') && hashed.test(path),
    plain,
    coded: (coding) => {
      if (packed.has(extname(path)) || plain.length < 1024) return undefined
      const known = made.get(coding) ?? code(coding)
      made.set(coding, known)
      return known
    },
  }
}

/**
 * Reads a folder that the pages were built into.
 *
 * @throws SERVER_VALUE_INVALID when it holds no index.html
 *
 * @example
 * const files = await readPageFiles('ui/dist')
 */
export const readPageFiles = async (folder: string): Promise<PageFiles> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw serverError('SERVER_VALUE_INVALID', ['pages', folder, 'there is no such folder; build them with npm run build'], { cause })
  })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = new Map<string, PageFile>()
  for (const path of paths) {
    const name = relative(folder, path).split(sep).join('/')
    files.set(name, pageFile(name, await readFile(path)))
  }
  const index = files.get('index.html')
  if (index === undefined)
    throw serverError('SERVER_VALUE_INVALID', ['pages', folder, 'it holds no index.html; build them with npm run build'])
  return { index: index.plain.toString(), get: (path) => (path === 'index.html' ? undefined : files.get(path)) }
}
