import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { loadDuckdb } from './duckdb-instance.ts'
import type { KeyKind } from './key-encoder.ts'
import type { Probes } from './probes.ts'

/** The table of a view's probes: of one connection, and gone with it. */
export const duckdbProbes = 'charmed_feast_probe'

const typeNames: Readonly<Record<KeyKind, string>> = { long: 'BIGINT', text: 'VARCHAR', bytes: 'BLOB' }

type Library = Awaited<ReturnType<typeof loadDuckdb>>

const typeOf = (duckdb: Library, kind: KeyKind): DuckDBType => {
  if (kind === 'long') return duckdb.BIGINT
  return kind === 'text' ? duckdb.VARCHAR : duckdb.BLOB
}

/** Takes a key's bytes apart again: each value stands after its length. */
const valuesOf = (duckdb: Library, key: Buffer, kinds: readonly KeyKind[]): readonly DuckDBValue[] => {
  let at = 0
  return kinds.map((kind) => {
    const length = key.readInt32BE(at)
    const start = at + 4
    at = start + length
    if (kind === 'long') return key.readBigInt64BE(start)
    if (kind === 'text') return key.toString('utf8', start, at)
    return duckdb.blobValue(Buffer.from(key.subarray(start, at)))
  })
}

/** Appends columns of values, a chunk of DuckDB's size at a time. */
const append = async (
  connection: DuckDBConnection,
  types: readonly DuckDBType[],
  rows: number,
  rowAt: (row: number) => readonly DuckDBValue[],
): Promise<void> => {
  const { DuckDBDataChunk } = await loadDuckdb()
  const appender = await connection.createAppender(duckdbProbes)
  try {
    for (let from = 0; from < rows; from += 2048) {
      const size = Math.min(2048, rows - from)
      const values = Array.from({ length: size }, (_, row) => rowAt(from + row))
      const chunk = DuckDBDataChunk.create(types, size)
      chunk.setColumns(types.map((_, column) => values.map((row) => row[column] ?? null)))
      appender.appendDataChunk(chunk)
    }
  } finally {
    appender.closeSync()
  }
}

const recreate = async (connection: DuckDBConnection, lead: string, kinds: readonly KeyKind[], more: string): Promise<void> => {
  const keys = kinds.map((kind, place) => `, k${place} ${typeNames[kind]}`).join('')
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${duckdbProbes} (${lead} INTEGER${keys}${more})`)
}

/** Uploads the distinct keys: `g` is the group, `k0`, `k1`, … its key. */
export const appendKeys = async (connection: DuckDBConnection, { keys, kinds, groups }: Probes): Promise<void> => {
  const duckdb = await loadDuckdb()
  await recreate(connection, 'g', kinds, '')
  const types = [duckdb.INTEGER, ...kinds.map((kind) => typeOf(duckdb, kind))]
  await append(connection, types, groups, (group) => [group, ...valuesOf(duckdb, keys.bytes(group), kinds)])
}

/** Uploads the slots: `slot`, the key, and `te`, its event time in microseconds. */
export const appendSlots = async (connection: DuckDBConnection, { keys, kinds, groups, starts, times, slots }: Probes): Promise<void> => {
  const duckdb = await loadDuckdb()
  await recreate(connection, 'slot', kinds, ', te BIGINT')
  const types = [duckdb.INTEGER, ...kinds.map((kind) => typeOf(duckdb, kind)), duckdb.BIGINT]
  const groupOf = new Int32Array(slots)
  for (let group = 0; group < groups; group++) groupOf.fill(group, starts[group], starts[group + 1])
  await append(connection, types, slots, (slot) => [
    slot,
    ...valuesOf(duckdb, keys.bytes(groupOf[slot] ?? 0), kinds),
    BigInt.asIntN(64, BigInt(Math.min(times[slot] ?? 0, 2 ** 63 - 1024))),
  ])
}
