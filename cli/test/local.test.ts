import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Workplace, workplace, writeDrivers } from './repository.ts'

let at: Workplace
let repo: string
beforeAll(async () => {
  at = await workplace()
  repo = join(at.folder, 'rides')
})
afterAll(() => at[Symbol.asyncDispose]())

const feast = (...words: string[]) => at.feast(words, { cwd: repo })

// One story, told in order: a repository on a laptop, without a server.
describe('a repository without a server', () => {
  test('begins with init, which does not overwrite', async () => {
    const made = await at.feast(['init', 'rides'])
    expect(made).toEqual({ code: 0, out: `Creating a new Feast repository in ${repo}.\n`, err: '' })
    expect(await at.feast(['init', 'rides'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('it has a feature_store.yaml already'),
    })
    await writeDrivers(join(repo, 'data', 'driver_stats.parquet'))
  })

  test('is planned before it is applied, and applied once', async () => {
    const planned = await feast('plan')
    expect(planned.err).toBe('')
    expect(planned.out).toContain('Create feature view driver_hourly_stats\n')
    expect(planned.out).toContain('Make the online table of driver_hourly_stats\n')
    expect((await feast('plan', '--exit-code')).code).toBe(2)
    const applied = await feast('apply')
    expect(applied).toMatchObject({ code: 0, err: '' })
    expect(applied.out).toContain('Created feature service driver_activity\n')
    expect((await feast('apply')).out).toContain('No changes to registry\n')
    expect((await feast('plan', '--exit-code')).code).toBe(0)
  })

  test('lists what it has, for people and for programs', async () => {
    expect((await feast('entities', 'list')).out).toBe('NAME    DESCRIPTION    TYPE\ndriver                 ValueType.INT64\n')
    expect((await feast('feature-views', 'list')).out).toBe(
      `NAME                 ENTITIES    TYPE         ENABLED    STATE\ndriver_hourly_stats  {'driver'}  FeatureView  Yes        STATE_UNSPECIFIED\n`,
    )
    expect(JSON.parse((await feast('feature-services', 'list', '--json')).out)).toEqual([
      {
        name: 'driver_activity',
        features: 'driver_hourly_stats:conv_rate, driver_hourly_stats:acc_rate, driver_hourly_stats:avg_daily_trips',
      },
    ])
    expect((await feast('feature-views', 'describe', 'driver_hourly_stats')).out).toContain('ttl: 86400s')
    expect(await feast('feature-views', 'describe', 'nope')).toEqual({
      code: 1,
      out: '',
      err: 'Error: cannot find feature view "nope" in project "rides"\n',
    })
  })

  test('loads the online store and serves from it', async () => {
    const loaded = await feast('materialize-incremental', '2026-01-03T00:00:00')
    expect(loaded).toMatchObject({ code: 0, err: '' })
    expect(loaded.out).toMatch(/^driver_hourly_stats from 2026-01-02T00:00:00Z to 2026-01-03T00:00:00Z: 2 rows in /)
    expect((await feast('materialize-incremental', '2026-01-03T00:00:00')).out).toBe('Nothing to materialize in project rides.\n')
    const online = await feast(
      'get-online-features',
      '-e',
      'driver_id=1001',
      '-e',
      'driver_id=9',
      '-f',
      'driver_hourly_stats:conv_rate',
      'driver_hourly_stats:avg_daily_trips',
    )
    expect(online.err).toBe('')
    expect(JSON.parse(online.out)).toEqual({ driver_id: [1001, 9], conv_rate: [0.25, null], avg_daily_trips: [2, null] })
  })

  test('gives history as it was', async () => {
    const rows = JSON.stringify([
      { driver_id: 1002, event_timestamp: '2026-01-02T12:00:00Z' },
      { driver_id: 1001, event_timestamp: '2026-01-01T00:00:00Z' },
    ])
    const history = await feast(
      'get-historical-features',
      '-d',
      rows,
      '-f',
      'driver_hourly_stats:conv_rate',
      'driver_hourly_stats:avg_daily_trips',
    )
    expect(history.err).toBe('')
    expect(JSON.parse(history.out)).toMatchObject([
      { driver_id: 1002, conv_rate: 1.125, avg_daily_trips: 101 },
      { driver_id: 1001, conv_rate: 0, avg_daily_trips: 0 },
    ])
  })

  test('explains a value', async () => {
    const why = await feast('explain', 'driver_hourly_stats:conv_rate', '-r', '{"driver_id": 1001}', '-t', '2026-01-02T12:00:00')
    expect(why.err).toBe('')
    const [reason, , ...table] = why.out.trimEnd().split('\n')
    expect(reason).not.toBe('')
    expect(table.map((line) => line.split(/ {2,}/).filter((_, at) => at !== 1))).toEqual([
      ['EVENT TIME', 'VALUE', 'VERDICT'],
      ['2026-01-03T00:00:00.000Z', '0.25', 'future'],
      ['2026-01-02T00:00:00.000Z', '0.125', 'chosen'],
      ['2026-01-01T00:00:00.000Z', '0', 'expired'],
    ])
    expect(await feast('explain', 'driver_hourly_stats:nope', '-r', '{"driver_id": 1001}')).toMatchObject({ code: 1 })
  })

  test('asks before it removes what the repository lacks', async () => {
    const path = join(repo, 'features.ts')
    const text = await readFile(path, 'utf8')
    const other = join(repo, 'other.ts')
    await writeFile(other, text.replaceAll('driver_activity', 'other_activity').replace(/export const (driver|stats)/g, 'const $1'))
    expect((await feast('apply')).out).toContain('Created feature service other_activity')
    await rm(other)
    const refused = await feast('apply')
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('feature service other_activity') })
    expect((await feast('feature-services', 'list')).out).toContain('other_activity')
    expect((await at.feast(['apply'], { cwd: repo, answer: true })).out).toContain('Deleted feature service other_activity')
    expect((await feast('teardown')).code).toBe(1)
    expect(await feast('teardown', '--yes')).toEqual({ code: 0, out: 'Removed project rides\n', err: '' })
    expect((await feast('feature-views', 'list')).out).toBe('NAME    ENTITIES    TYPE    ENABLED    STATE\n')
  })
})

describe('a command line that cannot be read', () => {
  test.each<[string[], number, string]>([
    [['frobnicate'], 2, "unknown command 'frobnicate'"],
    [['materialize', '2026-01-01'], 2, 'give start and end, or --disable-event-timestamp'],
    [['materialize-incremental'], 2, "missing required argument 'end'"],
    [['serve', '-p', '1', 'x'], 2, 'cannot run "serve": not in this version; Python\'s feast serve reads the same stores'],
    [['feature-views', 'set-state', 'x', 'created'], 2, 'cannot run "feature-views set-state": not in this version'],
    [['materialize', 'soon', 'later'], 2, 'cannot read time "soon": it has to be ISO 8601'],
    [['apply', '--frob'], 2, "unknown option '--frob'"],
    [['get-historical-features', '-d', '{}', '-f', 'a:b'], 2, 'cannot read entity rows "{}": it has to be a list of objects'],
    [['get-online-features', '-e', 'driver', '-f', 'a:b'], 2, 'cannot read entity "driver": it has to read key=value'],
    [['-c', '/nowhere', 'entities', 'list'], 1, 'cannot read feature_store.yaml "/nowhere/feature_store.yaml": there is no such file'],
  ])('%j says what is wrong, without a stack', async (words, code, message) => {
    const outcome = await feast(...words)
    expect(outcome.code).toBe(code)
    expect(outcome.err).toContain(message)
    expect(outcome.err).not.toMatch(/\n\s+at /)
    expect(outcome.out).toBe('')
  })

  test('shows where an error comes from when asked', async () => {
    expect((await feast('--debug', '-c', '/nowhere', 'entities', 'list')).err).toMatch(/\n\s+at /)
  })
})
