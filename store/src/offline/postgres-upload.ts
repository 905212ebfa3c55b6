import type pg from 'pg'
import { infinity, negativeInfinity, postgresEpoch } from '../postgres/timestamp.ts'
import { writeTuples } from './postgres-copy.ts'
import { type PostgresJoin, uploadType } from './postgres-join.ts'
import { oldestMoment } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import type { Probes } from './probes.ts'

/** The table of a view's probes: gone at the end of the transaction at the latest, in memory that PostgreSQL never logs. */
export const probeTable = 'pg_temp.charmed_feast_probe'

const chunkSize = 1 << 16

/** Microseconds since 1970 as PostgreSQL's binary timestamp. */
const binaryMoment = (moment: number): bigint => {
  if (moment < Number(oldestMoment)) return negativeInfinity
  return moment >= 2 ** 63 ? infinity : BigInt(moment) - postgresEpoch
}

const keyColumns = ({ keys }: PostgresJoin): readonly string[] => keys.map(({ kind }, place) => `k${place} ${uploadType(kind)}`)

const recreate = async (client: pg.ClientBase, columns: readonly string[]): Promise<void> => {
  await client.query(`DROP TABLE IF EXISTS ${probeTable}`)
  await client.query(`CREATE TEMPORARY TABLE charmed_feast_probe (${columns.join(', ')}) ON COMMIT DROP`)
}

/** Puts rows together in buffers of a good size. `write` puts a row at an offset and gives its end; a row is at most `size` bytes. */
function* packed(
  rows: number,
  sizeOf: (row: number) => number,
  write: (bytes: Buffer, at: number, row: number) => number,
): Generator<Buffer> {
  let bytes = Buffer.allocUnsafe(chunkSize)
  let at = 0
  for (let row = 0; row < rows; row++) {
    const size = sizeOf(row)
    if (at + size > bytes.length) {
      yield bytes.subarray(0, at)
      bytes = Buffer.allocUnsafe(Math.max(chunkSize, size))
      at = 0
    }
    at = write(bytes, at, row)
  }
  yield bytes.subarray(0, at)
}

/** Uploads the distinct keys: `g` is the group, `k0`, `k1`, … its key. */
export const uploadKeys = async (client: pg.ClientBase, join: PostgresJoin, probes: Probes): Promise<void> => {
  await recreate(client, ['g int', ...keyColumns(join)])
  const write = (bytes: Buffer, at: number, group: number): number => {
    const key = probes.keys.bytes(group)
    bytes.writeInt16BE(1 + join.keys.length, at)
    bytes.writeInt32BE(4, at + 2)
    bytes.writeInt32BE(group, at + 6)
    bytes.set(key, at + 10)
    return at + 10 + key.length
  }
  await writeTuples(
    client,
    probeTable,
    packed(probes.groups, (group) => 10 + probes.keys.bytes(group).length, write),
  )
  await client.query(`ANALYZE ${probeTable}`)
}

const groupOfSlots = ({ starts, groups, slots }: Probes): Int32Array => {
  const group = new Int32Array(slots)
  for (let at = 0; at < groups; at++) group.fill(at, starts[at], starts[at + 1])
  return group
}

/**
 * Uploads the slots: `slot`, the key, `te` (its event time) and `since` (the oldest time that still counts; absent without a ttl). They go
 * in the order of keys and times, so that an index is read where it was read before.
 */
export const uploadSlots = async (client: pg.ClientBase, join: PostgresJoin, probes: Probes, ttl: number): Promise<void> => {
  const type = join.time.type === types.timestamptz ? 'timestamptz' : 'timestamp'
  await recreate(client, ['slot int', ...keyColumns(join), `te ${type}`, ...(ttl > 0 ? [`since ${type}`] : [])])
  const groups = groupOfSlots(probes)
  const moment = (bytes: Buffer, at: number, time: number): number => {
    bytes.writeInt32BE(8, at)
    bytes.writeBigInt64BE(binaryMoment(time), at + 4)
    return at + 12
  }
  const write = (bytes: Buffer, at: number, slot: number): number => {
    const key = probes.keys.bytes(groups[slot] ?? 0)
    const time = probes.times[slot] ?? 0
    bytes.writeInt16BE(2 + join.keys.length + (ttl > 0 ? 1 : 0), at)
    bytes.writeInt32BE(4, at + 2)
    bytes.writeInt32BE(slot, at + 6)
    bytes.set(key, at + 10)
    const end = moment(bytes, at + 10 + key.length, time)
    return ttl > 0 ? moment(bytes, end, time - ttl) : end
  }
  const rows = packed(probes.slots, (slot) => 34 + probes.keys.bytes(groups[slot] ?? 0).length, write)
  await writeTuples(client, probeTable, rows)
  await client.query(`ANALYZE ${probeTable}`)
}
