import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StoreError } from '../../src/errors.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { openRowReader } from '../../src/postgres/read.ts'
import type { PostgresTarget, TargetSessionAttrs } from '../../src/postgres/target.ts'
import { type Cluster, removeCluster, startCluster } from './cluster.ts'
import { readRows } from './collect.ts'
import { failureOf } from './failure-of.ts'

let primary: Cluster
let standby: Cluster
beforeAll(async () => {
  primary = await startCluster()
  await primary.stop()
  standby = await startCluster({ standbyOf: primary })
  await primary.start()
})
afterAll(async () => {
  await removeCluster(primary)
  await removeCluster(standby)
})

const both = (targetSessionAttrs: TargetSessionAttrs, first: Cluster, second: Cluster): PostgresTarget => ({
  ...first.target,
  hosts: [...first.target.hosts, ...second.target.hosts],
  targetSessionAttrs,
})

describe.each(['wire', 'pg'] as const)('with a primary and a standby, over %s', (over) => {
  const kind = async (target: PostgresTarget): Promise<string> => {
    await using reader = openRowReader(target, { over })
    const text = "SELECT CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END"
    return await readRows(reader, text, 1).then(
      (rows) => String(rows[0]?.[0]),
      (error: unknown) => (error instanceof StoreError ? error.code : String(error)),
    )
  }

  test.each<[TargetSessionAttrs, string]>([
    ['any', 'standby'],
    ['read-write', 'primary'],
    ['primary', 'primary'],
    ['read-only', 'standby'],
    ['standby', 'standby'],
    ['prefer-standby', 'standby'],
  ])('%s finds the %s, wherever it stands in the list', async (wanted, found) => {
    expect(await kind(both(wanted, standby, primary))).toBe(found)
    expect(await kind(both(wanted, primary, standby))).toBe(wanted === 'any' ? 'primary' : found)
  })

  test('without a standby, only those who insist on one go away empty', async () => {
    expect(await kind({ ...primary.target, targetSessionAttrs: 'prefer-standby' })).toBe('primary')
    expect(await kind({ ...primary.target, targetSessionAttrs: 'standby' })).toBe('STORE_POSTGRES_UNREACHABLE')
    expect(await kind({ ...standby.target, targetSessionAttrs: 'read-write' })).toBe('STORE_POSTGRES_UNREACHABLE')
  })

  test.each(['SIGINT', 'SIGQUIT'] as const)('after a %s reads go on at the other server, and stay there', async (signal) => {
    await using reader = openRowReader(both('any', primary, standby), { over })
    const port = async () => String((await readRows(reader, "SELECT current_setting('port')", 1))[0]?.[0])
    const [here, there] = [primary, standby].map(({ target }) => String(target.hosts[0].port))
    expect(await port()).toBe(here)
    await primary.stop(signal)
    expect(await port()).toBe(there)
    await primary.start()
    expect(await port()).toBe(there)
  })
})

test('while no server is there the error says so, and the same pool works again afterwards', async () => {
  await using pool = openPool(primary.target, { max: 2 })
  const select = () => pool.query('SELECT 1 AS one', [], { idempotent: true })
  expect((await select()).rows).toEqual([{ one: 1 }])
  await primary.stop()
  const error = await failureOf(select())
  expect([error.code, error.message]).toEqual(['STORE_POSTGRES_UNREACHABLE', expect.stringContaining('nobody listens there')])
  await primary.start()
  expect((await select()).rows).toEqual([{ one: 1 }])
})
