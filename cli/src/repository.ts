import { readdir, readFile } from 'node:fs/promises'
import { registerHooks } from 'node:module'
import { join, matchesGlob, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Definition, isDefinition } from '@charmed-feast/store'
import { cliError } from './errors.ts'

/** What a folder of modules defines, and what those modules export. */
export interface LoadedRepository {
  readonly definitions: readonly Definition[]
  /** Python files: they are Python's to apply. */
  readonly pythonFiles: readonly string[]
  readonly modules: readonly string[]
}

const ignoredFolders = new Set([
  'node_modules',
  '.git',
  '.venv',
  'venv',
  '__pycache__',
  '.ipynb_checkpoints',
  'data',
  'dist',
  'test',
  'tests',
])

const ignorePatterns = async (folder: string): Promise<readonly string[]> => {
  try {
    const text = await readFile(join(folder, '.feastignore'), 'utf8')
    return text
      .split('\n')
      .map((line) => line.replace(/#.*$/, '').trim())
      .filter((line) => line !== '')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

const isModule = (name: string): boolean => /\.(ts|mts|js|mjs)$/.test(name) && !/\.(d|test|spec|test-d)\.[mc]?[tj]s$/.test(name)

const filesBelow = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return ignoredFolders.has(entry.name) ? [] : await filesBelow(path)
      return entry.isFile() ? [path] : []
    }),
  )
  return nested.flat().sort()
}

let isLent = false

/**
 * Lets a folder that has no packages of its own, such as one that `feast init` just made, import the store of this command. A folder that
 * has them imports its own.
 */
const lendStore = (): void => {
  if (isLent) return
  isLent = true
  registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('@charmed-feast/')) return next(specifier, context)
      try {
        return next(specifier, context)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
        return next(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}

const load = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  try {
    return await import(pathToFileURL(path).href)
  } catch (cause) {
    throw cliError('CLI_MODULE_BROKEN', [path, cause instanceof Error ? cause.message : String(cause)], { cause })
  }
}

/**
 * Loads every module below a folder and collects the definitions that they export: by whatever name, alone or in arrays. `.feastignore`
 * keeps files out, as it does for Python's Feast.
 *
 * @throws CLI_MODULE_BROKEN naming the module that cannot be loaded
 */
export const loadRepository = async (folder: string): Promise<LoadedRepository> => {
  lendStore()
  const patterns = await ignorePatterns(folder)
  const ignored = (path: string): boolean => {
    const below = relative(folder, path).split(sep).join('/')
    return patterns.some((pattern) => matchesGlob(below, pattern) || below.startsWith(`${pattern.replace(/\/$/, '')}/`))
  }
  const files = (await filesBelow(folder)).filter((path) => !ignored(path))
  const modules = files.filter(isModule)
  const definitions = new Set<Definition>()
  for (const path of modules) {
    const exported = Object.values(await load(path)).flat()
    for (const value of exported) if (isDefinition(value)) definitions.add(value)
  }
  return { definitions: [...definitions], pythonFiles: files.filter((path) => path.endsWith('.py')), modules }
}
