import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { storeError } from '../errors.ts'
import { parseConfig, type StoreConfig } from './store-config.ts'
import type { Environment } from './substitute.ts'

/** Where to look for a configuration. */
export interface LoadConfigOptions {
  /** A file that is named by the caller: it comes first. */
  readonly path?: string | undefined
  /** The folder of the repository, which relative paths begin at. */
  readonly repoPath: string
  /** `process.env`, for the two variables that say where the configuration is and for those inside of it. */
  readonly environment: Environment
}

const fileVariable = 'FEAST_FS_YAML_FILE_PATH'
const textVariable = 'FEATURE_STORE_YAML_BASE64'

/**
 * Finds and reads `feature_store.yaml`: the named file; else the file that `FEAST_FS_YAML_FILE_PATH` names; else the text that
 * `FEATURE_STORE_YAML_BASE64` holds; else the one in the repository.
 *
 * @throws StoreError STORE_CONFIG_UNREADABLE, STORE_CONFIG_INVALID
 * @example
 * const config = await loadConfig({ repoPath: process.cwd(), environment: process.env })
 */
export const loadConfig = async ({ path, repoPath, environment }: LoadConfigOptions): Promise<StoreConfig> => {
  const named = path ?? environment[fileVariable]
  const base64 = environment[textVariable]
  if (named === undefined && base64 !== undefined && base64 !== '') {
    return parseConfig(decodeBase64(base64), { path: `$${textVariable}`, repoPath, environment })
  }
  const file = resolve(repoPath, named ?? 'feature_store.yaml')
  return parseConfig(await readText(file, named === undefined), { path: file, repoPath, environment })
}

const readText = async (file: string, byDefault: boolean): Promise<string> => {
  try {
    return decodeText(await readFile(file), file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && typeof error.code === 'string') || error.name === 'StoreError') throw error
    const hint = byDefault ? `; name a file with -f or ${fileVariable}` : ''
    const why =
      error.code === 'ENOENT'
        ? `there is no such file${hint}`
        : error.code === 'EACCES'
          ? 'it may not be read'
          : `reading failed with ${error.code}`
    throw storeError('STORE_CONFIG_UNREADABLE', [file, why], { cause: error })
  }
}

const decodeBase64 = (text: string): string => {
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(text)) throw storeError('STORE_CONFIG_UNREADABLE', [`$${textVariable}`, 'it is no base64'])
  return decodeText(Buffer.from(text, 'base64'), `$${textVariable}`)
}

const decodeText = (bytes: Buffer, path: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw storeError('STORE_CONFIG_UNREADABLE', [path, 'it is not UTF-8'], { cause: error })
  }
}
