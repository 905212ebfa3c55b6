import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BatchSource, fileSource, postgresSource } from '../../src/definition/source.ts'
import { float64, int64, timestamp } from '../../src/definition/value-type.ts'
import { openDuckdbOffline } from '../../src/offline/duckdb.ts'
import { momentOf } from '../../src/offline/moment.ts'
import type { OfflineStore } from '../../src/offline/offline.ts'
import { writeParquet } from '../../src/offline/parquet.ts'
import { tuplesOf } from './point-in-time.ts'
import { postgresStore, type StoreUnderTest } from './postgres-store.ts'

interface Table {
  readonly kind: string
  readonly rows: readonly Readonly<Record<string, string>>[]
}

const cellsOf = (line: string): readonly string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

/** The tables of a page, each by the first of its headings. */
const tablesOf = (page: string): readonly Table[] =>
  page.split('\n\n').flatMap((block) => {
    const lines = block.split('\n').filter((line) => line.startsWith('|'))
    const [heading, , ...rows] = lines
    if (heading === undefined) return []
    const names = cellsOf(heading)
    return [{ kind: names[0] ?? '', rows: rows.map((row) => Object.fromEntries(cellsOf(row).map((cell, place) => [names[place], cell]))) }]
  })

const page = await readFile(new URL('../../../docs/explanation/point-in-time.md', import.meta.url), 'utf8')
const tables = tablesOf(page)
const cases = tables.flatMap((table, place) => {
  const source = tables.slice(0, place).findLast(({ kind }) => kind === 'source')
  return table.kind === 'question' && source !== undefined ? table.rows.map((question) => ({ source, question })) : []
})

const moment = (text: string | undefined): bigint | null => (text === '' || text === 'null' ? null : (momentOf(text) ?? null))
const number = (text: string | undefined): number | null => (text === '' || text === 'null' ? null : Number(text))
const key = (text: string | undefined): bigint | null => (text === 'null' ? null : BigInt(text ?? ''))

const batchOf = ({ rows }: Table) => ({
  rows: rows.length,
  columns: [
    { name: 'driver', type: int64, values: rows.map(({ driver }) => key(driver)) },
    { name: 'at', type: timestamp, values: rows.map(({ event_timestamp: at }) => moment(at)) },
    { name: 'created', type: timestamp, values: rows.map(({ created }) => moment(created)) },
    { name: 'rate', type: float64, values: rows.map(({ rate }) => number(rate)) },
  ],
})

const columns = { timestampField: 'at', createdTimestampColumn: 'created' }

let under: StoreUnderTest
let folder: string
let files: OfflineStore
beforeAll(async () => {
  under = await postgresStore({ timezone: 'Asia/Kolkata' })
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-document-'))
  files = openDuckdbOffline({ folder })
})
afterAll(async () => {
  await under[Symbol.asyncDispose]()
  await files[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

const engines: Readonly<Record<string, (table: Table) => Promise<{ readonly store: OfflineStore; readonly source: BatchSource }>>> = {
  PostgreSQL: async (table) => {
    const source = postgresSource({ table: 'stats', ...columns })
    await under.run('DROP TABLE IF EXISTS stats', 'CREATE TABLE stats (driver bigint, at timestamp, created timestamptz, rate float8)')
    await under.store.write(source, [batchOf(table)])
    return { store: under.store, source }
  },
  Parquet: async (table) => {
    async function* batches() {
      yield batchOf(table)
    }
    await writeParquet(join(folder, 'stats.parquet'), batches())
    return { store: files, source: fileSource({ path: 'stats.parquet', ...columns }) }
  },
}

test('the page has its cases', () => {
  expect(cases).toHaveLength(19)
})

describe.each(Object.entries(engines))('on %s', (_, make) => {
  test.each(cases.map((each) => [each.question.because, each] as const))('%s', async (__, { source: table, question }) => {
    const { store, source } = await make(table)
    const seconds = /^(\d+) s$/.exec(question.ttl ?? '')?.[1]
    const view = {
      name: 'stats',
      source,
      joinKeys: [{ key: 'driver', rowColumn: 'driver', type: int64 }],
      features: [{ sourceColumn: 'rate', name: 'rate', type: float64 }],
      ttl: seconds === undefined ? undefined : { microseconds: BigInt(seconds) * 1_000_000n },
    }
    const entityRows = [{ driver: key(question.driver), event_timestamp: question.event_timestamp }]
    const [row] = await tuplesOf(store.pointInTime({ entityRows, views: [view] }).batches())
    expect(row?.[2]).toBe(number(question.rate))
  })
})
