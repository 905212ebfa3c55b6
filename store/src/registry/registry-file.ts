import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { storeError } from '../errors.ts'
import { type Registry, RegistrySchema } from '../proto/feast/core/registry_pb.ts'
import { timestampOf } from './timestamp.ts'

/** The version of Feast's registry file, unchanged in all releases. */
export const registrySchemaVersion = '1'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const unlessMissing = async <Result, Other>(found: Promise<Result>, other: Other): Promise<Result | Other> => {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return other
    throw error
  }
}

/**
 * Reads a registry file; one that is not there reads as an empty registry.
 *
 * @throws STORE_REGISTRY_FILE_UNREADABLE
 * @example
 * (await readRegistryFile('data/registry.db')).projects
 */
export const readRegistryFile = async (path: string): Promise<Registry> => {
  try {
    const bytes = await unlessMissing(readFile(path), undefined)
    return bytes === undefined ? create(RegistrySchema) : fromBinary(RegistrySchema, bytes)
  } catch (cause) {
    throw storeError('STORE_REGISTRY_FILE_UNREADABLE', [path, cause instanceof Error ? cause.message : String(cause)], { cause })
  }
}

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Replaces a registry file by a whole new one, with a new version id. After a crash at any moment the old file or the new one is there:
 * the new one is written beside it, flushed to the disk, and renamed.
 *
 * @example
 * await writeRegistryFile('data/registry.db', registry, now)
 */
export const writeRegistryFile = async (path: string, registry: Registry, now: bigint): Promise<void> => {
  const target = await unlessMissing(realpath(path), path)
  await mkdir(dirname(target), { recursive: true })
  const mode = (await unlessMissing(stat(target), undefined))?.mode ?? 0o666
  const beside = `${target}.${randomUUID()}.tmp`
  const handle = await open(beside, 'wx', mode & 0o777)
  try {
    const bytes = toBinary(RegistrySchema, { ...registry, registrySchemaVersion, versionId: randomUUID(), lastUpdated: timestampOf(now) })
    await handle.writeFile(bytes)
    await handle.sync()
    await handle.close()
    await rename(beside, target)
  } catch (error) {
    await handle.close()
    await unlessMissing(unlink(beside), undefined)
    throw error
  }
  await syncFolder(dirname(target))
}
