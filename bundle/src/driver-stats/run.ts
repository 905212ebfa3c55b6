import { createHash } from 'node:crypto'
import * as features from '@charmed-feast/example-driver-stats/features'
import { createSampleSql, insertSampleSql, lastHour, sampleDrivers, sampleJson } from '@charmed-feast/example-driver-stats/sample'
import { type OpenStoreOptions, openStore } from '@charmed-feast/store'
import pg from 'pg'

/** What the example gives: a training set, online vectors, and a checksum of both for those who compare. */
export interface ExampleResult {
  readonly training: readonly Readonly<Record<string, unknown>>[]
  readonly vectors: readonly Readonly<Record<string, unknown>>[]
  readonly checksum: string
}

/** Puts the sample into the offline store, given as a URL or in parts; rows that are there stay. */
export const loadSample = async (database: string | pg.ClientConfig, now: Date): Promise<void> => {
  const client = new pg.Client(database)
  await client.connect()
  try {
    await client.query(createSampleSql)
    await client.query(insertSampleSql, [sampleJson(lastHour(now))])
  } finally {
    await client.end()
  }
}

/** The rows that the example asks history for: every driver, an hour apart, each with a ride of another length. */
export const trainingRows = (end: Date) =>
  sampleDrivers.map((driver_id, at) => ({
    driver_id,
    event_timestamp: new Date(end.getTime() - at * 3_600_000),
    distance_km: 2.5 * (at + 1),
  }))

const canonical = (rows: readonly Readonly<Record<string, unknown>>[]): string =>
  JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))

/** The checksum of what the example gives: SHA-256 over its rows as JSON, 64-bit integers as text, times left out. */
export const checksumOf = (training: ExampleResult['training'], vectors: ExampleResult['vectors']): string => {
  const timeless = training.map(({ event_timestamp: _, ...row }) => row)
  return createHash('sha256').update(canonical(timeless)).update(canonical(vectors)).digest('hex')
}

/** Applies the example, loads what is new online, and retrieves from both stores. */
export const runExample = async (options: OpenStoreOptions, now: Date): Promise<ExampleResult> => {
  const end = lastHour(now)
  await using store = await openStore({ ...options, repository: features })
  await store.apply(
    [features.rides, features.driver, features.pushed, features.stats, features.fare, features.activity, features.pricing],
    { partial: false },
  )
  await store.materializeIncremental({ end: now })
  const training: Readonly<Record<string, unknown>>[] = []
  for await (const row of await store.getHistoricalFeatures({ features: features.pricing, entityRows: trainingRows(end) }))
    training.push(row)
  const { rows } = await store.getOnlineFeatures({
    features: features.pricing,
    entityRows: [
      { driver_id: 1001n, distance_km: 7.5 },
      { driver_id: 1005n, distance_km: 12 },
    ],
  })
  return { training, vectors: rows, checksum: checksumOf(training, rows) }
}
