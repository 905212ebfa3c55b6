/** One row of the sample: what `driver_stats` holds. Times are ISO text in UTC. */
export interface SampleRow {
  readonly driver_id: bigint
  readonly event_timestamp: string
  readonly created: string
  readonly conv_rate: number
  readonly acc_rate: number
  readonly avg_daily_trips: bigint
}

/** The drivers of the sample. */
export const sampleDrivers: readonly bigint[] = [1001n, 1002n, 1003n, 1004n, 1005n]

const hour = 3_600_000
const hours = 14 * 24

/** The last full hour before a moment: where a sample ends that is to look fresh. */
export const lastHour = (moment: Date): Date => new Date(Math.floor(moment.getTime() / hour) * hour)

/** A number from 0 to 1 that depends on its inputs alone: the sample is the same everywhere. Source: the finalizer of murmur3. */
const noise = (driver: number, at: number, salt: number): number => {
  let value = Math.imul(driver, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b) ^ Math.imul(salt, 0xc2b2ae35)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return ((value ^ (value >>> 16)) >>> 0) / 0x1_0000_0000
}

/**
 * Two weeks of hours up to `end`, a row a driver and hour. What a row says depends on its driver and its hour alone: a later sample
 * continues an earlier one. A float32 holds each rate exactly, so that what is stored is what is compared.
 */
export function* sampleRows(end: Date): Generator<SampleRow> {
  const last = Math.floor(end.getTime() / hour)
  for (const driver of sampleDrivers)
    for (let at = last - hours + 1; at <= last; at++) {
      const rate = (salt: number): number => Math.round(noise(Number(driver), at, salt) * 1024) / 1024
      yield {
        driver_id: driver,
        event_timestamp: new Date(at * hour).toISOString(),
        created: new Date(at * hour + 90_000).toISOString(),
        conv_rate: rate(1),
        acc_rate: rate(2),
        avg_daily_trips: BigInt(Math.floor(noise(Number(driver), at, 3) * 1000)),
      }
    }
}

/** The statement that makes the sample's table. */
export const createSampleSql = `CREATE TABLE IF NOT EXISTS driver_stats (
  driver_id bigint NOT NULL,
  event_timestamp timestamptz NOT NULL,
  created timestamptz NOT NULL,
  conv_rate real,
  acc_rate real,
  avg_daily_trips bigint,
  PRIMARY KEY (driver_id, event_timestamp)
)`

/** The statement that adds rows of the sample, given as one JSON text; rows that are there stay. */
export const insertSampleSql = `INSERT INTO driver_stats
SELECT driver_id, event_timestamp, created, conv_rate, acc_rate, avg_daily_trips
FROM json_to_recordset($1) AS r (driver_id bigint, event_timestamp timestamptz, created timestamptz, conv_rate real, acc_rate real, avg_daily_trips bigint)
ON CONFLICT DO NOTHING`

/** The sample as the JSON that {@link insertSampleSql} takes. */
export const sampleJson = (end: Date): string =>
  JSON.stringify(
    [...sampleRows(end)].map((row) => ({ ...row, driver_id: Number(row.driver_id), avg_daily_trips: Number(row.avg_daily_trips) })),
  )
