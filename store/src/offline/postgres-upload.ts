import type pg from 'pg'
import { infinity, negativeInfinity, postgresEpoch } from '../postgres/timestamp.ts'
import { writeTuples } from './postgres-copy.ts'
import { type PostgresJoin, uploadType } from './postgres-join.ts'
import { oldestMoment } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import { type ProbeRows, type Probes, probeRows } from './probes.ts'

/** The table of a view's probes: gone at the end of the transaction at the latest, in memory that PostgreSQL never logs. */
export const probeTable = 'pg_temp.charmed_feast_probe'

const chunkSize = 1 << 16

/** Microseconds since 1970 as PostgreSQL's binary timestamp. */
const binaryMoment = (moment: number): bigint => {
  if (moment < Number(oldestMoment)) return negativeInfinity
  return moment >= 2 ** 63 ? infinity : BigInt(moment) - postgresEpoch
}

const putMoment = (bytes: Buffer, at: number, time: number): number => {
  bytes.writeInt32BE(8, at)
  bytes.writeBigInt64BE(binaryMoment(time), at + 4)
  return at + 12
}

/** Rows of the probe table as fields of binary COPY, in buffers of a good size. */
function* packed(probes: Probes, rows: ProbeRows, fields: number, ttl: number): Generator<Buffer> {
  let bytes = Buffer.allocUnsafe(chunkSize)
  let at = 0
  for (let row = 0; row < rows.count; row++) {
    const key = probes.keys.bytes(rows.group(row))
    // The number of fields, the number of the row, the key, two times.
    const size = 34 + key.length
    if (at + size > bytes.length) {
      yield bytes.subarray(0, at)
      bytes = Buffer.allocUnsafe(Math.max(chunkSize, size))
      at = 0
    }
    bytes.writeInt16BE(fields, at)
    bytes.writeInt32BE(4, at + 2)
    bytes.writeInt32BE(row, at + 6)
    bytes.set(key, at + 10)
    at = putMoment(bytes, at + 10 + key.length, rows.latest(row))
    if (ttl > 0) at = putMoment(bytes, at, rows.earliest(row) - ttl)
  }
  yield bytes.subarray(0, at)
}

/**
 * Uploads probes: `id` is the number of the slot or group, `k0`, `k1`, … its key, `te` the latest time that can answer it, and `since` the
 * oldest (only with a ttl).
 */
export const uploadProbes = async (
  client: pg.ClientBase,
  join: PostgresJoin,
  probes: Probes,
  options: { readonly per: 'group' | 'slot'; readonly ttl: number },
): Promise<void> => {
  const { ttl } = options
  const type = join.time.type === types.timestamptz ? 'timestamptz' : 'timestamp'
  const keys = join.keys.map(({ kind }, place) => `k${place} ${uploadType(kind)}`)
  const columns = ['id int', ...keys, `te ${type}`, ...(ttl > 0 ? [`since ${type}`] : [])]
  await client.query(`DROP TABLE IF EXISTS ${probeTable}`)
  await client.query(`CREATE TEMPORARY TABLE charmed_feast_probe (${columns.join(', ')}) ON COMMIT DROP`)
  await writeTuples(client, probeTable, packed(probes, probeRows(probes, options.per), columns.length, ttl))
  await client.query(`ANALYZE ${probeTable}`)
}
