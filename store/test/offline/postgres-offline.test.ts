import { afterAll } from 'vitest'
import type { Batch } from '../../src/definition/batch.ts'
import { postgresSource } from '../../src/definition/source.ts'
import { quoteIdentifier } from '../../src/postgres/identifier.ts'
import { describeOfflineStore } from './offline-store.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

let under: StoreUnderTest
afterAll(() => under[Symbol.asyncDispose]())

describeOfflineStore(async () => {
  under = await postgresStore()
  return {
    store: under.store,
    make: async (name: string, rows: Batch) => {
      await under.run(
        `CREATE TABLE ${quoteIdentifier(name)} (driver_id bigint, event_timestamp timestamptz, created timestamptz, rate float8, name text)`,
      )
      const source = postgresSource({ table: name, timestampField: 'event_timestamp', createdTimestampColumn: 'created' })
      await under.store.write(source, [rows])
      return source
    },
    storage: (name) => ({ kind: 'postgres', table: `kept_${name}` }),
  }
})
