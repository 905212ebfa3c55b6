import type { Store } from '@charmed-feast/store'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { deviating, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'
import { historyOf, loadedOf, type NullOrder, pythonDiffers, wholeKeys } from '../src/row-oracle.ts'
import { definitionsOf, fillTable, openProject } from '../src/row-store.ts'
import { isoText, type KeyValues, type RowWorld, rowWorlds } from '../src/row-world.ts'
import { shown } from '../src/shown.ts'

/** How many tables are made up for each release; the seed is printed, and `SEED=` brings it back. */
const tables = 10
const seed = Number(process.env.SEED ?? '20261129')

/** By the words of the row of docs/reference/differences.md. */
const differences = {
  collision: 'joins keys as text without a separator',
  created: 'whose created time is NULL is not seen in history',
  tie: 'gives a row more for each source row that ties',
  nullFirst: 'takes a NULL created time for the newest when it materializes',
  nullKey: 'A null join key stops materialization.',
} as const

type Row = readonly unknown[]

interface Answer {
  readonly failure: string | null
  /** A row a key that was asked for. */
  readonly online: readonly Row[] | null
  /** The number of an entity row, and the values that came for it. */
  readonly history: readonly (readonly [number, Row])[]
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'failure' in value && 'history' in value

const python = async (
  version: FeastVersion,
  { url }: TestDatabase,
  world: RowWorld,
  step: 'load' | 'read',
  asked: readonly KeyValues[],
) => {
  const { keys, columns, ttl, zone, probes, window } = world
  const answer = await runPythonFile(version, 'rows.py', {
    input: {
      ...{ url, project: step === 'load' ? 'theirs' : 'ours', step, keys, ttl, zone, asked },
      columns: columns.map(({ name, feast }) => ({ name, type: feast })),
      window: window.map(isoText),
      probes: probes.map((probe) => ({ keys: probe.keys, at: isoText(probe.at) })),
    },
  })
  if (!isAnswer(answer)) throw new Error('rows.py gave no answer')
  return answer
}

const big = (values: KeyValues, { keys }: RowWorld): readonly unknown[] =>
  values.map((value, at) => (typeof value === 'number' && keys[at]?.type === 'Int64' ? BigInt(value) : value))
const refsOf = ({ columns }: RowWorld): readonly string[] => columns.map(({ name }) => `cells:${name}`)

const ourOnline = async (store: Store, world: RowWorld, asked: readonly KeyValues[]): Promise<readonly Row[]> => {
  const entityRows = asked.map((keys) => Object.fromEntries(big(keys, world).map((value, at) => [`key_${at}`, value])))
  const { rows } = await store.readOnline(refsOf(world), entityRows, { statuses: 'python', staleValues: true })
  return rows.map((row) => world.columns.map(({ name }) => shown(row[name])))
}

const ourHistory = async (store: Store, world: RowWorld): Promise<readonly Row[]> => {
  const entityRows = world.probes.map(({ keys, at }) => ({
    ...Object.fromEntries(big(keys, world).map((value, place) => [`key_${place}`, value])),
    event_timestamp: at,
  }))
  const found: Row[] = []
  for await (const row of await store.readHistorical(refsOf(world), { entityRows }))
    found.push(world.columns.map(({ name }) => shown(row[name])))
  return found
}

/** Before 0.66 Feast takes a `real` for a double and shows digits that it never had; a single-precision number is what the column holds. */
const asSingle = (world: RowWorld, row: Row): Row => {
  const single = (value: unknown): unknown =>
    typeof value === 'number' ? Math.fround(value) : Array.isArray(value) ? value.map(single) : value
  return row.map((value, at) => (world.columns[at]?.type.name.startsWith('FLOAT') ? single(value) : value))
}

/** The values of source rows, as they are shown, with a row of nulls where there is none. */
const choices = (world: RowWorld, rows: readonly { readonly values: readonly unknown[] }[]): readonly Row[] =>
  rows.length === 0 ? [world.columns.map(() => null)] : rows.map(({ values }) => values.map(shown))

/** Where a comparison is, for a failure to say. */
const placeOf = (keys: KeyValues, at: string): string => `${JSON.stringify(keys)} ${at}; seed ${seed}`

/** Holds both histories to the definition of the join, and to each other where Python keeps to it. Gives what Python did otherwise. */
const compareHistory = (world: RowWorld, ours: readonly Row[], answer: Answer): readonly (keyof typeof differences)[] => {
  const theirs = Map.groupBy(answer.history, ([number]) => number)
  return world.probes.flatMap((probe, number) => {
    const place = placeOf(probe.keys, isoText(probe.at))
    const mine = ours[number] ?? []
    expect(choices(world, historyOf(world, probe).newest), place).toContainEqual(mine)
    const rows = (theirs.get(number) ?? []).map(([, row]) => asSingle(world, row))
    const difference = pythonDiffers(world, probe)
    if (difference === undefined) expect(rows, place).toEqual([asSingle(world, mine)])
    if (difference === 'tie') expect(rows, place).toContainEqual(asSingle(world, mine))
    return difference ?? []
  })
}

/** Whether a row that is to be materialized lacks a key. */
const hasNullKey = ({ rows, window: [start, end] }: RowWorld): boolean =>
  rows.some(({ keys, at }) => keys.includes(null) && at >= start && at <= end)

/** Holds what was loaded to the newest row of each key. */
const compareLoaded = (world: RowWorld, asked: readonly KeyValues[], rows: readonly Row[], nulls: NullOrder): void => {
  for (const [at, keys] of asked.entries())
    expect(choices(world, loadedOf(world, keys, nulls)), placeOf(keys, 'online')).toContainEqual(rows[at])
}

/** Whether it matters for a key of a world where a NULL among created times stands. */
const nullMatters = (world: RowWorld, asked: readonly KeyValues[]): boolean =>
  asked.some((keys) => loadedOf(world, keys, 'highest')[0] !== loadedOf(world, keys, 'lowest')[0])

const note = (version: FeastVersion, world: RowWorld, loaded: boolean, differ: readonly (keyof typeof differences)[]): void => {
  const [probes, keys] = [world.probes.length, wholeKeys(world).length]
  for (const { type } of world.columns) {
    if (loaded) tested({ version, type: type.name, check: 'loaded_by_python' }, { values: keys })
    tested({ version, type: type.name, check: 'loaded_by_us' }, { values: keys })
    tested({ version, type: type.name, check: 'history' }, { values: probes - differ.length })
  }
  tested({ version, operation: 'rows_history' }, { rows: probes - differ.length })
  tested({ version, operation: 'rows_online' }, { rows: keys })
  for (const each of differ) deviating({ version, operation: 'rows_history' }, differences[each], { rows: 1 })
  if (!loaded) deviating({ version, operation: 'rows_online' }, differences.nullKey)
}

const worlds = fc.sample(rowWorlds, { numRuns: tables, seed })
process.stdout.write(`${tables} tables of generated rows beside each release; seed ${seed}\n`)

describe.each(feastVersions)('tables made up, and Feast %s', (version) => {
  test.each(worlds.map((world, number) => [number, world] as const))(
    'number %i: history and online values are the same',
    async (_, world) => {
      const database = await testDatabase()
      await fillTable(database, world)
      const asked = wholeKeys(world)
      const theirs = await python(version, database, world, 'load', asked)
      await using ours = await openProject(database, 'ours')
      await ours.apply(definitionsOf(world))
      await ours.materialize({ start: world.window[0], end: world.window[1] })
      const read = await python(version, database, world, 'read', asked)

      const history = await ourHistory(ours, world)
      const differ = compareHistory(world, history, theirs)
      compareHistory(world, history, read)

      const online = await ourOnline(ours, world, asked)
      expect(read.online).toEqual(online)
      compareLoaded(world, asked, online, 'lowest')
      // A null key stops Python alone.
      expect(theirs.failure !== null, theirs.failure ?? '').toBe(hasNullKey(world))
      if (theirs.online !== null) {
        await using same = await openProject(database, 'theirs')
        expect(await ourOnline(same, world, asked)).toEqual(theirs.online)
        expect(await ourHistory(same, world)).toEqual(history)
        compareLoaded(world, asked, theirs.online, version === '0.49.0' ? 'highest' : 'lowest')
        if (version === '0.49.0' && nullMatters(world, asked)) deviating({ version, operation: 'rows_online' }, differences.nullFirst)
      }
      note(version, world, theirs.online !== null, differ)
    },
  )
})
