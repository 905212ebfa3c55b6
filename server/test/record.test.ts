import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@charmed-feast/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { openRecords, type Records } from '../src/record/records.ts'
import { runRecords } from '../src/run/run-records.ts'
import { endedRun, queuedRun, type StoredRun } from '../src/run/stored-run.ts'

let folder: string
const errors: unknown[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-records-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  expect(errors).toEqual([])
})

const recordsOf = async (registry: string): Promise<Records> => {
  await writeFile(join(folder, 'feature_store.yaml'), `project: demo\nregistry: ${registry}\nentity_key_serialization_version: 3\n`)
  const config = await loadConfig({ repoPath: folder, environment: {} })
  return openRecords(config, (error) => errors.push(error))
}

const postgres = async () => {
  const { url } = await testDatabase()
  return await recordsOf(`{registry_type: sql, path: "${url}?sslmode=disable"}`)
}
const file = (name: string) => () => recordsOf(`{registry_type: file, path: ${name}.db}`)

const order = { project: 'demo', views: ['a', 'b'], mode: 'range', start: 1n, end: 9_007_199_254_740_993n, user: null } as const
const run = (id: string): StoredRun => queuedRun(id, order, '2026-01-01T00:00:00Z')

describe.each([
  ['PostgreSQL', postgres],
  ['a file beside a registry that is a file', file('runs')],
] as const)('runs in %s', (_, open) => {
  test('are read as they were written, oldest taken first, by one server each', async () => {
    await using records = await open()
    const runs = runRecords(records, { project: 'demo', leaseSeconds: 60 })
    expect(await runs.list('demo', 10)).toEqual([])
    expect(await runs.take('first')).toBeUndefined()
    for (const id of ['1', '2']) await runs.add(run(id))
    expect(await runs.get('1')).toEqual(run('1'))
    const taken = await Promise.all(['first', 'second', 'third'].map((owner) => runs.take(owner)))
    expect(taken.map((each) => each?.id).toSorted()).toEqual(['1', '2', undefined])
    expect(await runs.keep(run('1'), 'nobody')).toBeUndefined()
  })

  test('are cancelled while they wait, told to their server while they run, and refused when they are over', async () => {
    await using records = await open()
    const runs = runRecords(records, { project: 'other', leaseSeconds: 60 })
    const own = (id: string) => ({ ...run(id), order: { ...order, project: 'other' } })
    await runs.add(own('waits'))
    expect(await runs.cancel('waits')).toMatchObject({ state: 'cancelled', parts: [{ state: 'cancelled' }, { state: 'cancelled' }] })
    await runs.add(own('works'))
    expect((await runs.take('first'))?.id).toBe('works')
    expect(await runs.keep(own('works'), 'first')).toEqual({ cancelled: false })
    expect((await runs.cancel('works')).state).toBe('cancelling')
    expect(await runs.keep(own('works'), 'first')).toEqual({ cancelled: true })
    await runs.release(endedRun(own('works'), 'cancelled', '2026-01-01T00:00:01Z', null), 'first')
    expect(await runs.get('works')).toMatchObject({ state: 'cancelled', finishedAt: '2026-01-01T00:00:01Z' })
    await expect(runs.cancel('works')).rejects.toThrow('cancelled already')
    await expect(runs.cancel('none')).rejects.toThrow('none')
  })

  test('are taken again when their lease is over, three times, and then are lost', async () => {
    await using records = await open()
    const runs = runRecords(records, { project: 'third', leaseSeconds: 0 })
    await runs.add({ ...run('dies'), order: { ...order, project: 'third' } })
    for (const owner of ['first', 'second', 'third']) await expect.poll(async () => (await runs.take(owner))?.id).toBe('dies')
    await expect.poll(async () => [await runs.take('fourth'), (await runs.get('dies'))?.state]).toEqual([undefined, 'lost'])
    expect(await runs.get('dies')).toMatchObject({ error: 'the servers that worked on it went away', parts: [{ state: 'cancelled' }, {}] })
  })
})

test('nothing is made by reading, and who may not make our schema is told so', async () => {
  const { adminUrl, host, port, database } = await testDatabase()
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  const role = `reader_${database}`
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
  await admin.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`)
  await using records = await recordsOf(
    `{registry_type: sql, path: "postgresql://${role}:secret@${host}:${port}/${database}?sslmode=disable"}`,
  )
  const runs = runRecords(records, { project: 'demo', leaseSeconds: 60 })
  expect(await runs.list('demo', 10)).toEqual([])
  expect(await records.problem()).toContain('may not make the schema charmed_feast')
  await expect(runs.add(run('1'))).rejects.toThrow('may not make the schema')
  expect((await admin.query(`SELECT to_regnamespace('charmed_feast') AS made`)).rows).toEqual([{ made: null }])
  await admin.end()
})
