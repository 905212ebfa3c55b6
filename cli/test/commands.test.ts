import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Workplace, workplace } from './repository.ts'

let at: Workplace
let repo: string

/** The repository in two versions of one view. */
const module = (
  schema: string,
): string => `import { bool, days, entity, featureService, featureView, fileSource, float32, float64, int64, labelView, onDemandFeatureView, permission, project, pushSource, requestSource, savedDataset, streamFeatureView, string, validationReference } from '@charmed-feast/store'
export const rides = project({ name: 'rides', description: 'trips', owner: 'ada', tags: { team: 'a' } })
export const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const source = fileSource({ name: 'driver_stats', path: 'data/driver_stats.parquet', timestampField: 'event_timestamp', createdTimestampColumn: 'created' })
export const stats = featureView({ name: 'stats', entities: [driver], ttl: days(1), schema: { ${schema} }, source, tags: { tier: '1' } })
const trip = requestSource({ name: 'trip', schema: { km: float64 } })
export const fare = onDemandFeatureView({ name: 'fare', sources: [stats, trip], schema: { fare: float64 }, transform: ({ km }) => ({ fare: km }) })
const pushed = pushSource({ name: 'pushed', batchSource: source })
export const streamed = streamFeatureView({ name: 'streamed', entities: [driver], schema: { conv_rate: float32 }, source: pushed, timestampField: 'event_timestamp' })
export const labels = labelView({ name: 'labels', entities: [driver], schema: { good: bool, labeler: string }, source: pushed, labelerField: 'labeler' })
export const service = featureService({ name: 'service', features: [stats.features.conv_rate, fare] })
export const january = savedDataset({ name: 'january', features: ['stats:conv_rate'], joinKeys: ['driver_id'], storage: { kind: 'file', path: 'data/january.parquet', fileFormat: 'parquet', s3EndpointOverride: '' } })
export const expected = validationReference({ name: 'expected', referenceDatasetName: 'january', profiler: Uint8Array.of(1) })
export const readers = permission({ name: 'readers', types: ['FEATURE_VIEW'], namePatterns: ['st.*'], actions: ['READ_ONLINE', 'DESCRIBE'], policy: { kind: 'role-based', roles: ['reader', 'auditor'] } })
`

beforeAll(async () => {
  at = await workplace()
  repo = join(at.folder, 'rides')
  await at.feast(['init', 'rides'])
  await writeFile(join(repo, 'features.ts'), module('conv_rate: float32'))
  expect(await at.feast(['apply'], { cwd: repo })).toMatchObject({ code: 0, err: '' })
})
afterAll(() => at[Symbol.asyncDispose]())

const feast = (...words: string[]) => at.feast(words, { cwd: repo })
const said = async (...words: string[]): Promise<string> => {
  const { code, out, err } = await feast(...words)
  expect([words, code, err]).toEqual([words, 0, ''])
  return out
}

describe('lists', () => {
  test.each([
    ['entities', 'NAME    DESCRIPTION    TYPE\ndriver                 ValueType.INT64\n'],
    [
      'feature-views',
      "NAME    ENTITIES    TYPE                 ENABLED    STATE\nstats   {'driver'}  FeatureView          Yes        STATE_UNSPECIFIED\nfare    {'driver'}  OnDemandFeatureView  Yes        STATE_UNSPECIFIED\n",
    ],
    ['on-demand-feature-views', 'NAME\nfare\n'],
    ['stream-feature-views', 'NAME\nstreamed\n'],
    ['label-views', 'NAME    ENTITIES    CONFLICT_POLICY\nlabels  driver      last_write_wins\n'],
    ['feature-services', 'NAME     FEATURES\nservice  stats:conv_rate, fare:fare\n'],
    ['saved-datasets', 'NAME\njanuary\n'],
    ['validation-references', 'NAME\nexpected\n'],
    ['projects', "NAME    DESCRIPTION    TAGS           OWNER\nrides   trips          {'team': 'a'}  ada\n"],
    [
      'permissions',
      'NAME     TYPES        NAME_PATTERNS    ACTIONS      ROLES    REQUIRED_TAGS\nreaders  FeatureView  st.*             READ_ONLINE  auditor  -\n                                       DESCRIBE     reader\n',
    ],
    [
      'features',
      'Feature    Feature View    Data Type\nconv_rate  stats           Float32\nfare       fare            Float64\nconv_rate  streamed        Float32\n',
    ],
  ])('%s as Feast prints them', async (kind, text) => {
    expect(await said(kind, 'list')).toBe(text)
  })

  test('by tags, all of which have to be there', async () => {
    expect(await said('feature-views', 'list', '--tags', 'tier:1', '--json').then(JSON.parse)).toMatchObject([{ name: 'stats' }])
    expect(await said('feature-views', 'list', '--tags', 'tier:1', '--tags', 'x:y', '--json')).toBe('[]\n')
  })

  test('features for programs', async () => {
    expect(JSON.parse(await said('features', 'list', '--output', 'json'))[0]).toEqual({
      feature_name: 'conv_rate',
      feature_view: 'stats',
      dtype: 'Float32',
    })
    expect(await feast('features', 'list', '--output', 'xml')).toMatchObject({
      code: 2,
      err: expect.stringContaining('allowed: table, json'),
    })
  })
})

test.each([
  ['entities', 'driver', 'joinKey'],
  ['feature-views', 'stats', 'batchSource'],
  ['on-demand-feature-views', 'fare', 'featureTransformation'],
  ['stream-feature-views', 'streamed', 'streamSource'],
  ['label-views', 'labels', 'labelerField'],
  ['feature-services', 'service', 'features'],
  ['data-sources', 'driver_stats', undefined],
  ['saved-datasets', 'january', 'storage'],
  ['validation-references', 'expected', undefined],
  ['permissions', 'readers', 'policy'],
  ['projects', 'rides', 'owner'],
])('%s describe shows %s whole, as YAML and as JSON', async (kind, name, key) => {
  const shown = parse(await said(kind, 'describe', name))
  const { spec = shown } = shown
  expect(spec.name).toBe(name)
  if (key !== undefined) expect(Object.keys(spec)).toContain(key)
  expect(JSON.parse(await said(kind, 'describe', name, '--json'))).toEqual(shown)
  expect(await feast(kind, 'describe', 'nobody')).toMatchObject({ code: 1, err: expect.stringContaining('"nobody" in project "rides"') })
})

test('a feature is described in every view that has it', async () => {
  expect(JSON.parse(await said('features', 'describe', 'conv_rate'))).toMatchObject([
    { 'Feature View': 'stats', 'Data Type': 'Float32', 'Online Store': true, Source: 'driver_stats' },
    { 'Feature View': 'streamed' },
  ])
  expect((await feast('features', 'describe', 'nothing')).code).toBe(1)
})

describe('permissions', () => {
  test('check names what none of them speaks of', async () => {
    const [open = '', actions = ''] = (await said('permissions', 'check')).split('The following actions')
    expect(open).toContain('driver_stats  FileSource')
    expect(open).toContain('labels        LabelView')
    expect(open).not.toMatch(/^st(ats|reamed)/m)
    expect(actions).toMatch(/stats +FeatureView +CREATE\n +UPDATE\n +DELETE\n +READ_OFFLINE\n/)
  })

  test('list-roles tells who may do what', async () => {
    expect(await said('permissions', 'list-roles')).toBe('ROLE NAME\nauditor\nreader\n')
    expect(await said('permissions', 'list-roles', '-v')).toMatch(/reader +streamed +StreamFeatureView +READ_ONLINE\n +DESCRIBE\n/)
  })
})

describe('a view', () => {
  test('that is disabled serves nothing until it is enabled, and keeps its values', async () => {
    await said('materialize-incremental', '2026-01-03T00:00:00', '-v', 'stats')
    expect(await said('feature-views', 'disable', 'stats')).toBe("Feature view 'stats' has been disabled.\n")
    expect(await said('feature-views', 'disable', 'stats')).toBe("Feature view 'stats' is already disabled.\n")
    expect(await said('feature-views', 'list')).toMatch(/stats .* No +AVAILABLE_ONLINE\n/)
    const online = ['get-online-features', '-e', 'driver_id=1001', '-f', 'stats:conv_rate']
    expect(await feast(...online)).toMatchObject({ code: 1, err: 'Error: cannot serve view "stats": it is disabled\n' })
    expect(await said('feature-views', 'enable', 'stats')).toBe("Feature view 'stats' has been enabled.\n")
    expect(JSON.parse(await said(...online)).conv_rate).not.toEqual([null])
    expect((await feast('feature-views', 'enable', 'nobody')).code).toBe(1)
  })

  test('has versions; one that is not promoted does not serve', async () => {
    // Another file: a process loads a module once.
    await rm(join(repo, 'features.ts'))
    await writeFile(join(repo, 'next.ts'), module('conv_rate: float32, acc_rate: float32'))
    await said('apply', '--no-promote')
    expect(parse(await said('feature-views', 'describe', 'stats')).spec.features).toHaveLength(1)
    const versions: readonly { version: string; type: string }[] = JSON.parse(
      await said('feature-views', 'list-versions', 'stats', '--json'),
    )
    expect(versions.map(({ version, type }) => [version, type])).toEqual([
      ['v0', 'feature_view'],
      ['v1', 'feature_view'],
    ])
    expect(await said('feature-views', 'list-versions', 'nobody')).toBe("No version history found for feature view 'nobody'.\n")
    await said('apply')
    expect(parse(await said('feature-views', 'describe', 'stats')).spec.features).toHaveLength(2)
  })
})

test('everything there is is materialized without a range, and one view after another', async () => {
  expect(await said('materialize', '-v', 'stats', '2026-01-01T00:00:00', '2026-01-02T00:00:00')).toMatch(/^stats from 2026-01-01T00:00:00Z/)
  expect(await said('materialize', '--disable-event-timestamp', '--views', 'stats')).toMatch(/^stats from 1970-01-01T00:00:00Z/)
  expect((await feast('materialize', '2026-01-01', '2026-01-02', '--disable-event-timestamp')).code).toBe(2)
})

test('history without entity rows is as long as the longest ttl', async () => {
  const rows: readonly { event_timestamp: string }[] = JSON.parse(
    await said('get-historical-features', '-f', 'stats:conv_rate', '-e', '2026-01-02T00:00:00'),
  )
  expect(rows.map((row) => row.event_timestamp).toSorted()[0]).toContain('2026-01-01T00:00:00')
})

describe('removal', () => {
  test('of an object asks, says who uses it, and leaves the rest', async () => {
    const refused = await feast('delete', 'stats')
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('It is used by feature service service.') })
    expect(await said('delete', 'labels', '--yes')).toBe('Deleted LabelView labels from rides.\n')
    expect(await said('delete', 'labels', '--yes')).toBe('Object not found. Deletion skipped.\n')
    expect(await said('label-views', 'list')).toBe('NAME    ENTITIES    CONFLICT_POLICY\n')
    expect(await said('saved-datasets', 'delete', 'january', '-y')).toBe('Deleted SavedDataset january from rides.\n')
    expect((await feast('saved-datasets', 'delete', 'january', '-y')).code).toBe(1)
  })

  test('of the project asks too', async () => {
    expect(parse(await said('projects', 'current_project')).spec.description).toBe('trips')
    expect((await feast('projects', 'delete', 'rides')).code).toBe(1)
    expect(await said('projects', 'delete', 'rides', '-y')).toBe("Project 'rides' deleted successfully.\n")
    expect((await feast('projects', 'current_project')).code).toBe(1)
    expect((await feast('projects', 'delete', 'rides', '-y')).code).toBe(1)
  })
})

test('a registry in a file has no schema to make', async () => {
  expect(await feast('registry', 'create-schema')).toMatchObject({ code: 1, err: expect.stringContaining('it is a file') })
})
