import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { entity, featureView, float64, int64, openStore, postgresSource, type Store } from '../../src/index.ts'
import { openPool, type Pool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = (name: string) =>
  featureView({ name, entities: [driver], schema: { rate: float64 }, source: postgresSource({ table: 'trips', timestampField: 'at' }) })

let pool: Pool
let open: (line: string) => Promise<Store>
beforeAll(async () => {
  const { url, host, port, database, user, password } = await testDatabase()
  pool = openPool(parsePostgresUrl(url), { max: 1 })
  await pool.query(`CREATE TABLE trips AS SELECT 1::bigint AS driver_id, timestamptz '2026-01-01' AS at, 0.5::float8 AS rate`)
  const section = `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  open = (line) => {
    const yaml = `project: rides\nregistry: {registry_type: sql, path: "${url}"}\nonline_store: ${section}\noffline_store: ${section}\n${line}`
    return openStore({ env: { FEATURE_STORE_YAML_BASE64: Buffer.from(yaml).toString('base64') }, live: false })
  }
})
afterAll(() => pool.close())

const read = (store: Store, name: string) => store.readOnline([`${name}:rate`], [{ driver_id: 1n }])
const load = (store: Store, name: string) =>
  store.materialize({ start: new Date('2026-01-01'), end: new Date('2026-01-02'), views: [name] })

// A key of driver_id 1, as Feast 0.49 writes it without the line: names without a length, 64-bit integers in four bytes.
const versionOne = Buffer.from('020000006472697665725f6964040000000400000001000000', 'hex')

describe('a configuration that does not say which version entity keys have', () => {
  test('reads and writes version 3', async () => {
    await using store = await open('')
    await store.apply([view('three')])
    expect((await read(store, 'three')).statuses.rate).toEqual(['NOT_FOUND'])
    await load(store, 'three')
    expect((await read(store, 'three')).rows).toEqual([{ driver_id: 1n, rate: 0.5 }])
    await using stated = await open('entity_key_serialization_version: 3\n')
    expect((await read(stated, 'three')).rows).toEqual([{ driver_id: 1n, rate: 0.5 }])
  })

  test('is told which line to add where a table has keys of version 2, and nothing is read or written', async () => {
    {
      await using two = await open('entity_key_serialization_version: 2\n')
      await two.apply([view('two')])
      await load(two, 'two')
    }
    await using store = await open('')
    const message =
      'cannot use entity key version "3": feature_store.yaml does not say which, and table "rides_two" holds keys of version 2; add the line entity_key_serialization_version: 2'
    await expect(read(store, 'two')).rejects.toThrow(message)
    await expect(load(store, 'two')).rejects.toThrow(message)
    expect((await pool.query('SELECT count(*) AS n FROM rides_two')).rows).toEqual([{ n: 1n }])
  })

  test('is told what to do where a table has keys of version 1', async () => {
    await using store = await open('')
    await store.apply([view('one')])
    await pool.query(`INSERT INTO rides_one (entity_key, feature_name) VALUES ($1, 'rate')`, [versionOne])
    await expect(read(store, 'one')).rejects.toThrow(
      'table "rides_one" holds keys of version 1; materialize it anew with Feast 0.50 or later',
    )
  })
})
