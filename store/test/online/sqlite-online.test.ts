import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { entity } from '../../src/definition/entity.ts'
import { featureView } from '../../src/definition/feature-view.ts'
import { int64, string } from '../../src/definition/value-type.ts'
import { openSqliteOnline } from '../../src/online/sqlite-online.ts'

test('a table that Feast 0.49 made, without a column for text, is written like any other', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sqlite-'))
  try {
    const path = join(folder, 'online.db')
    const database = new DatabaseSync(path)
    database.exec(`CREATE TABLE rides_stats (entity_key BLOB, feature_name TEXT, value BLOB, vector_value BLOB,
      event_ts timestamp, created_ts timestamp, PRIMARY KEY(entity_key, feature_name))`)
    database.close()
    await using online = openSqliteOnline({ path, project: 'rides', keyVersion: 2, now: () => 0n })
    const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
    const view = featureView({ name: 'stats', entities: [driver], schema: { name: string } })
    const batch = (name: string, at: bigint) => ({
      rows: 1,
      columns: [
        { name: 'driver_id', type: int64, values: [1n] },
        { name: 'name', type: string, values: [name] },
      ],
      eventTimes: [at],
      createdTimes: [null],
    })
    expect(await online.load(view, [batch('new', 2_000_000n)], { distinct: true })).toMatchObject({ rows: 1, written: 1 })
    expect(await online.load(view, [batch('old', 1_000_000n)], { distinct: true })).toMatchObject({ rows: 1, written: 0 })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
