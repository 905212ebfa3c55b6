/** One row of the sample: what `driver_stats` holds. Times are ISO text in UTC. */
export interface SampleRow {
  readonly driver_id: bigint
  readonly event_timestamp: string
  readonly created: string
  readonly conv_rate: number
  readonly acc_rate: number
  readonly avg_daily_trips: bigint
}

/** The hours of the sample begin here; it has two weeks of them. */
export const sampleStart = new Date('2026-01-01T00:00:00Z')
/** The first moment after the sample. */
export const sampleEnd = new Date('2026-01-15T00:00:00Z')
/** The drivers of the sample. */
export const sampleDrivers: readonly bigint[] = [1001n, 1002n, 1003n, 1004n, 1005n]

const hour = 3_600_000

/** A number from 0 to 1 that depends on its inputs alone: the sample is the same everywhere. Source: the finalizer of murmur3. */
const noise = (driver: number, at: number, salt: number): number => {
  let value = Math.imul(driver, 0x9e3779b1) ^ Math.imul(at + 1, 0x85ebca6b) ^ Math.imul(salt, 0xc2b2ae35)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return ((value ^ (value >>> 16)) >>> 0) / 0x1_0000_0000
}

/** The rows of the sample, by driver and hour. A float32 holds each rate exactly: what is stored is what is compared. */
export function* sampleRows(): Generator<SampleRow> {
  const hours = (sampleEnd.getTime() - sampleStart.getTime()) / hour
  for (const driver of sampleDrivers)
    for (let at = 0; at < hours; at++) {
      const time = sampleStart.getTime() + at * hour
      const rate = (salt: number): number => Math.round(noise(Number(driver), at, salt) * 1024) / 1024
      yield {
        driver_id: driver,
        event_timestamp: new Date(time).toISOString(),
        created: new Date(time + 90_000).toISOString(),
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
