import { type Difference, decodeObject, type RegistryRequest, type StoredObject } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { kindWord } from '../object/kind-word.ts'
import type { Row } from '../record/ground.ts'
import type { Records } from '../record/records.ts'
import { isoOf } from '../time.ts'

/** An apply that a server did, to be told and to be undone. */
export interface Applied {
  readonly id: string
  readonly project: string
  readonly version: string
  /** Microseconds since 1970 (UTC). */
  readonly at: bigint
  readonly user: string | null
  readonly differences: readonly Pick<Difference, 'action' | 'kind' | 'name'>[]
  /** The objects as they were before. */
  readonly before: readonly StoredObject[]
}

/** How many applies of a project are kept. */
const kept = 100

const written = ({ version, user, differences, before }: Applied): string =>
  JSON.stringify({
    ...{ version, user },
    differences: differences.map(({ action, kind, name }) => ({ action, kind, name })),
    before: before.map(({ bytes, lastUpdated, ...id }) => ({
      ...id,
      bytes: Buffer.from(bytes).toString('base64'),
      lastUpdated: String(lastUpdated),
    })),
  })

const read = ({ id, project, at, doc }: Row): Applied => {
  // Only `written` wrote it.
  const { before, ...rest } = JSON.parse(String(doc)) as Omit<Applied, 'id' | 'project' | 'at' | 'before'> & {
    readonly before: readonly (Omit<StoredObject, 'bytes' | 'lastUpdated'> & { readonly bytes: string; readonly lastUpdated: string })[]
  }
  return {
    ...{ ...rest, id: String(id), project: String(project), at: BigInt(String(at)) },
    before: before.map((object) => ({
      ...object,
      bytes: new Uint8Array(Buffer.from(object.bytes, 'base64')),
      lastUpdated: BigInt(object.lastUpdated),
    })),
  }
}

/** Keeps an apply, so that any server tells of it and takes it back. */
export const keepApplied = async (records: Records, applied: Applied): Promise<void> => {
  const { id, project, at } = applied
  await records.write('INSERT INTO {change} (id, project, at, doc) VALUES ($1, $2, $3, $4)', [id, project, String(at), written(applied)])
  await records.query(
    `DELETE FROM {change} WHERE project = $1 AND id NOT IN (SELECT id FROM {change} WHERE project = $1 ORDER BY at DESC LIMIT ${kept})`,
    [project],
  )
}

/** The applies that servers did, newest first. */
export const appliedOf = async (records: Records, project: string): Promise<readonly Applied[]> =>
  (await records.query('SELECT id, project, at, doc FROM {change} WHERE project = $1 ORDER BY at DESC', [project])).map(read)

/** The request that takes an apply back. @throws SERVER_RECORD_NOT_FOUND */
export const undoRequest = async (records: Records, id: string, project: string): Promise<RegistryRequest> => {
  const [row] = await records.query('SELECT id, project, at, doc FROM {change} WHERE id = $1 AND project = $2', [id, project])
  if (row === undefined) throw serverError('SERVER_RECORD_NOT_FOUND', ['Apply', id])
  const { differences, before } = read(row)
  const remove = differences.flatMap(({ action, kind, name }) => (action === 'create' && kind !== 'project' ? [{ kind, name }] : []))
  return { project, objects: before.map((object) => decodeObject(object)), remove }
}

/** An apply as the list of changes shows it. */
export const appliedJson = ({ version, at, user, differences }: Applied): JsonObject => ({
  version,
  at: isoOf(at),
  user,
  objects: differences.map(({ action, kind, name }) => ({ action, kind: kindWord(kind), name })),
})
