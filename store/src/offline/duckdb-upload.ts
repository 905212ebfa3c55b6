import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { loadDuckdb } from './duckdb-instance.ts'
import { decodeKey, type KeyKind } from './key-encoder.ts'
import { type Probes, probeRows } from './probes.ts'

/** The table of a view's probes: of one connection, and gone with it. */
export const duckdbProbes = 'charmed_feast_probe'

const typeNames: Readonly<Record<KeyKind, string>> = { long: 'BIGINT', text: 'VARCHAR', bytes: 'BLOB' }

type Library = Awaited<ReturnType<typeof loadDuckdb>>

const typeOf = (duckdb: Library, kind: KeyKind): DuckDBType => {
  if (kind === 'long') return duckdb.BIGINT
  return kind === 'text' ? duckdb.VARCHAR : duckdb.BLOB
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

/** A time of a probe as BIGINT. */
const bits = (time: number): bigint => BigInt(Math.max(Math.min(time, 2 ** 63 - 1024), -(2 ** 63)))

/**
 * Uploads probes: `id` is the number of the slot or group, `k0`, `k1`, … its key, `te` the latest time that can answer it in microseconds,
 * and `since` the oldest.
 */
export const appendProbes = async (
  connection: DuckDBConnection,
  probes: Probes,
  options: { readonly per: 'group' | 'slot'; readonly ttl: number },
): Promise<void> => {
  const { keys, kinds } = probes
  const { ttl } = options
  const duckdb = await loadDuckdb()
  const columns = kinds.map((kind, place) => `, k${place} ${typeNames[kind]}`).join('')
  await connection.run(`CREATE OR REPLACE TEMP TABLE ${duckdbProbes} (id INTEGER${columns}, te BIGINT, since BIGINT)`)
  const types = [duckdb.INTEGER, ...kinds.map((kind) => typeOf(duckdb, kind)), duckdb.BIGINT, duckdb.BIGINT]
  const { count, group, latest, earliest } = probeRows(probes, options.per)
  await append(connection, types, count, (row) => [
    row,
    ...decodeKey(keys.bytes(group(row)), kinds).map((value) => (typeof value === 'object' ? duckdb.blobValue(value) : value)),
    bits(latest(row)),
    ttl > 0 ? bits(earliest(row) - ttl) : null,
  ])
}
