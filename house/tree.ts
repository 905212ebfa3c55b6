import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'

/** The checkout's root. */
export const root = resolve(import.meta.dirname, '..')

/** A file of ours, by its path from the root with `/`, and its text. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}

const isForeign = (name: string): boolean => ['node_modules', 'dist', 'coverage'].includes(name) || name.startsWith('.')

const isSource = (name: string): boolean => /\.tsx?$/.test(name) && !/_pb\.ts$/.test(name)

const walk = async (folder: string): Promise<readonly string[]> => {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !isForeign(name))
  const below = entries.filter((entry) => entry.isDirectory()).map(({ name }) => walk(join(folder, name)))
  const here = entries.filter((entry) => entry.isFile() && isSource(entry.name)).map(({ name }) => join(folder, name))
  return [...here, ...(await Promise.all(below)).flat()]
}

/** Every TypeScript file that somebody wrote: not what is generated, installed or built. */
export const readSources = async (): Promise<readonly SourceFile[]> => {
  const paths = (await walk(root)).toSorted()
  return Promise.all(paths.map(async (path) => ({ path: relative(root, path).replaceAll(sep, '/'), text: await readFile(path, 'utf8') })))
}

/** Whether a file is shipped or run by users, and no test, bench or tool of ours. */
export const isProduct = (path: string): boolean => /^(store|server|cli|ui|charm|bundle|charms\/[^/]+)\/src\//.test(path)
