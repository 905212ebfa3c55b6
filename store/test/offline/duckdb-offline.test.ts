import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Batch } from '../../src/definition/batch.ts'
import { fileSource } from '../../src/definition/source.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import type { OfflineStore } from '../../src/offline/offline.ts'
import { writeParquet } from '../../src/offline/parquet.ts'
import { describeOfflineStore } from './offline-store.ts'

let folder: string
let store: OfflineStore
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describeOfflineStore(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-offline-'))
  store = openDuckdbOffline({ folder })
  return {
    store,
    make: async (name: string, rows: Batch) => {
      async function* batches() {
        yield rows
      }
      await writeParquet(join(folder, `${name}.parquet`), batches())
      return fileSource({ name, path: `${name}.parquet`, timestampField: 'event_timestamp', createdTimestampColumn: 'created' })
    },
    storage: (name) => ({ kind: 'file', path: `kept/${name}.parquet`, fileFormat: '', s3EndpointOverride: '' }),
  }
})
