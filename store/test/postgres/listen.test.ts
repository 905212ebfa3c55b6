import { expect, onTestFinished, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { listen } from '../../src/postgres/listen.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { eventually } from './eventually.ts'

const place = async () => {
  const database = await testDatabase()
  const [target, admin] = [parsePostgresUrl(database.url), openPool(parsePostgresUrl(database.adminUrl), { max: 1 })]
  onTestFinished(() => admin.close())
  const heard: string[] = []
  const errors: unknown[] = []
  let begun = 0
  const options = {
    onPayload: (payload: string) => heard.push(payload),
    onListening: () => {
      begun++
    },
    onError: (error: unknown) => errors.push(error),
  }
  return { database, target, admin, heard, errors, options, begun: () => begun }
}

test('what is notified on the channel is heard, and nothing else', async () => {
  const { target, admin, heard, options, begun } = await place()
  await using _ = listen(target, 'Registry "changed"', options)
  await eventually(begun).toBe(1)
  await admin.query(`NOTIFY other, 'no'`)
  await admin.query(`NOTIFY "Registry ""changed""", 'yes'`)
  await admin.query(`NOTIFY "Registry ""changed"""`)
  await eventually(() => heard).toEqual(['yes', ''])
})

test('a lost connection is told, and listening goes on on another', async () => {
  const { target, admin, database, heard, errors, options, begun } = await place()
  await using _ = listen(target, 'c', options)
  await eventually(begun).toBe(1)
  await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [database.user])
  await eventually(begun).toBe(2)
  await admin.query(`NOTIFY c, 'again'`)
  await eventually(() => heard).toEqual(['again'])
  expect(errors).toMatchObject([{ code: 'STORE_POSTGRES_CONNECTION_LOST' }])
})

test('a first connection that fails is told, and tried again with the configuration of then', async () => {
  const { target, errors, options, begun } = await place()
  let reloads = 0
  const reload = async () => (++reloads > 2 ? target : { ...target, password: 'still wrong' })
  await using _ = listen({ ...target, password: 'wrong' }, 'c', { ...options, reload })
  await eventually(begun).toBe(1)
  expect(errors).toMatchObject([{ code: 'STORE_POSTGRES_LOGIN_REFUSED' }, { code: 'STORE_POSTGRES_LOGIN_REFUSED' }])
})

test('closing leaves no connection, also while one is being opened', async () => {
  const { target, admin, database, errors, options, begun } = await place()
  const listener = listen(target, 'c', options)
  await eventually(begun).toBe(1)
  await listener.close()
  await listen(target, 'c', options).close()
  const left = async () => (await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [database.user])).rowCount
  await eventually(left).toBe(0)
  expect([errors, begun()]).toEqual([[], 1])
})

test('a target behind a PgBouncer is refused', async () => {
  const { target, options } = await place()
  expect(() => listen({ ...target, pooled: true }, 'c', options)).toThrow('LISTEN does not work through a PgBouncer')
})
