import type pg from 'pg'
import { quoteLiteral } from '../postgres/identifier.ts'
import { formatTimestamp, infinity, negativeInfinity, postgresEpoch } from '../postgres/timestamp.ts'
import { decodeKey } from './key-encoder.ts'
import { writeTuples } from './postgres-copy.ts'
import { type PostgresJoin, uploadType } from './postgres-join.ts'
import { oldestMoment } from './postgres-table.ts'
import { types } from './postgres-value.ts'
import { type ProbeRows, type Probes, probeRows } from './probes.ts'

/** The table of many probes: gone at the end of the transaction at the latest, and never logged. */
export const probeTable = 'pg_temp.charmed_feast_probe'

const chunkSize = 1 << 16

/** A time within PostgreSQL's timestamps, in microseconds since 1970. */
const bounded = (time: number): bigint => {
  if (time < Number(oldestMoment)) return negativeInfinity
  return time >= 2 ** 63 ? infinity : BigInt(time)
}

const putMoment = (bytes: Buffer, at: number, time: number): number => {
  bytes.writeInt32BE(8, at)
  const moment = bounded(time)
  bytes.writeBigInt64BE(moment === infinity || moment === negativeInfinity ? moment : moment - postgresEpoch, at + 4)
  return at + 12
}

/** Rows of the probe table as fields of binary COPY, in buffers of a good size. */
function* packed(
  probes: Probes,
  rows: ProbeRows,
  fields: number,
  { ttl, part: [first, end] = [0, rows.count] }: ProbeShape,
): Generator<Buffer> {
  let bytes = Buffer.allocUnsafe(chunkSize)
  let at = 0
  for (let row = first; row < end; row++) {
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

/** What is sent of probes: a row for each distinct key, or one for each key and time. `ttl` in microseconds; 0: for ever. */
export interface ProbeShape {
  readonly per: 'group' | 'slot'
  readonly ttl: number
  /** The rows from one (inclusive) to another (exclusive); all unless told. */
  readonly part?: readonly [first: number, end: number]
  /** Whether PostgreSQL counts them, so that a join is planned by their number. */
  readonly counted?: boolean
}

const columnsOf = (join: PostgresJoin, ttl: number): readonly (readonly [name: string, type: string])[] => {
  const time = join.time.type === types.timestamptz ? 'timestamptz' : 'timestamp'
  return [
    ['id', 'int'],
    ...join.keys.map(({ kind }, place) => [`k${place}`, uploadType(kind)] as const),
    ['te', time],
    ...(ttl > 0 ? ([['since', time]] as const) : []),
  ]
}

const uploaded = async (client: pg.ClientBase, join: PostgresJoin, probes: Probes, shape: ProbeShape): Promise<string> => {
  const { per, ttl } = shape
  const columns = columnsOf(join, ttl)
  await client.query(`DROP TABLE IF EXISTS ${probeTable}`)
  await client.query(
    `CREATE TEMPORARY TABLE charmed_feast_probe (${columns.map(([name, type]) => `${name} ${type}`).join(', ')}) ON COMMIT DROP`,
  )
  await writeTuples(client, probeTable, packed(probes, probeRows(probes, per), columns.length, shape))
  if (shape.counted === true) await client.query(`ANALYZE ${probeTable}`)
  return probeTable
}

const element = (value: bigint | string | Buffer): string => {
  if (typeof value === 'bigint') return String(value)
  const text = typeof value === 'string' ? value : `\\x${value.toString('hex')}`
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

const moment = (time: number): string => `"${formatTimestamp(bounded(time))}"`

/** Probes as arrays within the statement: nothing is written, so a role that may only read, and a standby, can do it. */
const inlined = (join: PostgresJoin, probes: Probes, { per, ttl, part }: ProbeShape): string => {
  const rows = probeRows(probes, per)
  const [first, end] = part ?? [0, rows.count]
  const columns = columnsOf(join, ttl)
  const arrays: string[][] = columns.map(() => [])
  for (let row = first; row < end; row++) {
    const keys = decodeKey(probes.keys.bytes(rows.group(row)), probes.kinds).map(element)
    const since = ttl > 0 ? [moment(rows.earliest(row) - ttl)] : []
    const values = [String(row), ...keys, moment(rows.latest(row)), ...since]
    for (const [place, value] of values.entries()) arrays[place]?.push(value)
  }
  const literals = columns.map(([, type], place) => `${quoteLiteral(`{${arrays[place]?.join(',')}}`)}::${type}[]`)
  return `(SELECT * FROM unnest(${literals.join(', ')}) AS u(${columns.map(([name]) => name).join(', ')}))`
}

/** Fewer probes than these go within the statement: making a table takes longer, and leaves its traces in the catalogue. */
const fewProbes = 1_000

/**
 * Brings probes to PostgreSQL and gives what stands for them after FROM: `id` is the number of the slot or group, `k0`, `k1`, … its key,
 * `te` the latest time that can answer it, and `since` the oldest (only with a ttl). Few go within the statement, many into a temporary
 * table, unless none can be made.
 */
export const sendProbes = async (
  client: pg.ClientBase,
  join: PostgresJoin,
  probes: Probes,
  options: ProbeShape & { readonly temporary: boolean },
): Promise<string> => {
  const count = options.per === 'group' ? probes.groups : probes.slots
  return options.temporary && count > fewProbes ? uploaded(client, join, probes, options) : inlined(join, probes, options)
}
