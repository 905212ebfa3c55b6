import { clone, create } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { FeatureViewSchema } from '../../store/src/proto/feast/core/feature-view_pb.ts'
import { diffRegistry, objectsOf } from '../../store/src/registry/diff.ts'
import { type Kind, kindList, kindOf, type RegistryMessage } from '../../store/src/registry/kind.ts'
import { createSchema } from '../../store/src/registry/schema.ts'
import { openSqlRegistry } from '../../store/src/registry/sql.ts'
import { openDatabase } from '../../store/test/registry/database.ts'
import { impossible, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPython, runPythonFile } from '../src/python.ts'

const now = 1_767_225_600_000_000n
const opened: { close(): Promise<void> }[] = []

const open = (to: TestDatabase) => {
  const database = openDatabase(to.url)
  opened.push(database)
  return { ...to, sql: database, registry: openSqlRegistry(database, { where: 'test' }) }
}

afterAll(async () => {
  for (const database of opened) await database.close()
})

const applyEveryKind = ({ host, port, user, password, database }: TestDatabase, version: FeastVersion) =>
  runPythonFile(version, 'every_kind.py', { input: { host, port, user, password, database, project: 'demo', materialize: false } })

type Opened = ReturnType<typeof open>

/** Table and name → transaction and content, of each row that is not the project's: Python's apply rewrites that one always. */
const rowsOf = async ({ sql }: Opened): Promise<ReadonlyMap<string, string>> => {
  const selects = kindList
    .filter(({ name }) => name !== 'project')
    .map(
      ({ table, nameColumn, protoColumn }) =>
        `SELECT '${table} ' || ${nameColumn} AS id, xmin::text || md5(${protoColumn}) AS row FROM ${table}`,
    )
  return new Map((await sql.query(selects.join(' UNION ALL '))).rows.map((row) => [String(row.id), String(row.row)]))
}

/** The rows that an apply of `every_kind.py` writes to a registry that holds those definitions. */
const rewritten = async (registry: Opened, version: FeastVersion): Promise<readonly string[]> => {
  const before = await rowsOf(registry)
  expect(before.size).toBeGreaterThan(15)
  await applyEveryKind(registry, version)
  const after = await rowsOf(registry)
  expect([...after.keys()].toSorted()).toEqual([...before.keys()].toSorted())
  return [...after].filter(([id, row]) => before.get(id) !== row).map(([id]) => id)
}

/** What a registry holds, as messages without times: as if it were defined in TypeScript. */
const definitionsOf = async ({ registry }: Opened): Promise<readonly RegistryMessage[]> =>
  objectsOf(await registry.snapshot(), 'demo').map(({ message }) => {
    const { schema }: Kind = kindOf(message)
    const copy = clone(schema, message) as RegistryMessage
    if (copy.$typeName !== 'feast.core.ValidationReference' && copy.$typeName !== 'feast.core.SavedDataset') copy.meta = undefined
    return copy
  })

describe.each(feastVersions)('a registry that we wrote, to Feast %s', (version) => {
  let objects: readonly RegistryMessage[]
  let ours: Opened

  let theirs: Opened

  beforeAll(async () => {
    theirs = open(await testDatabase())
    await theirs.sql.transaction(createSchema)
    await applyEveryKind(theirs, version)
    objects = await definitionsOf(theirs)
    ours = open(await testDatabase())
    await ours.registry.apply({ project: 'demo', objects }, { now })
  })

  test('lists and gets every object, from the database and from its cache', async () => {
    const expected = Map.groupBy(
      objectsOf(await ours.registry.snapshot(), 'demo').filter(({ kind }) => version === '0.67.0' || kind !== 'label-view'),
      ({ kind }) => kind,
    )
    expect(await runPythonFile(version, 'list_registry.py', { input: { url: ours.url, project: 'demo' } })).toEqual(
      Object.fromEntries([...expected].map(([kind, list]) => [kind, list.map(({ name }) => name)])),
    )
    for (const [kind, list] of expected) tested({ version, kind, check: 'listed' }, { objects: list.length })
  })

  test('is not rewritten by its apply of the same definitions, save where it rewrites its own', async () => {
    const own = await rewritten(theirs, version)
    expect((await rewritten(ours, version)).filter((id) => !own.includes(id))).toEqual([])
    // 0.49 writes every row each time; 0.67 not those of most kinds.
    if (version === '0.67.0') expect(own.length).toBeLessThan(6)
    expect(diffRegistry(await ours.registry.snapshot(), { project: 'demo', objects })).toEqual([])
    for (const message of objects) tested({ version, kind: kindOf(message).name, check: 'kept' }, { objects: 1 })
  })

  test('takes a change of its, and says in ours what changed', async () => {
    const script = `
import json, sys
from feast.infra.registry.sql import SqlRegistry, SqlRegistryConfig
to = json.load(sys.stdin)
registry = SqlRegistry(SqlRegistryConfig(path=to.replace('postgresql://', 'postgresql+psycopg://')), 'demo', None)
view = registry.get_feature_view('driver_stats', 'demo')
view.tags = {'tier': '2'}
registry.apply_feature_view(view, 'demo')
registry.delete_permission('readers', 'demo')
`
    await runPython(version, script, { input: ours.url })
    const differences = diffRegistry(await ours.registry.snapshot(), { project: 'demo', objects })
    expect(differences).toMatchObject([
      {
        action: 'update',
        name: 'driver_stats',
        changes: [
          { path: 'tags[alpha]', before: undefined, after: 'b' },
          { path: 'tags[tier]', before: '2', after: '1' },
        ],
      },
      { action: 'create', kind: 'permission', name: 'readers' },
    ])
    expect(await ours.registry.apply({ project: 'demo', objects }, { now })).toEqual(differences)
    tested({ version, operation: 'change_by_python' }, { objects: differences.length })
  })
})

describe('the versions of a view', () => {
  const steps = [
    { features: ['a', 'b'], ttl: 1, tags: {} },
    { features: ['a', 'b'], ttl: 2, tags: { x: 'y' } },
    { features: ['b', 'a'], ttl: 2, tags: {} },
    { features: ['a'], ttl: 2, tags: {} },
    { features: ['a', 'c'], ttl: 3, tags: {} },
    { features: ['a', 'c'], ttl: 3, tags: {}, version: 'v7' },
    { features: ['a', 'd'], ttl: 3, tags: {} },
  ]

  test('have the numbers that Feast 0.67 gives them', async () => {
    const [theirs, ours] = [open(await testDatabase()), open(await testDatabase())]
    const expected = await runPythonFile('0.67.0', 'versions.py', { input: { url: theirs.url, project: 'demo', steps } })
    const template = (await theirs.registry.get('feature-view', 'demo', 'driver_stats'))?.message ?? expect.unreachable()
    const numbers: number[][] = []
    for (const { features, ttl, tags, version = 'latest' } of steps) {
      const message = clone(FeatureViewSchema, template)
      Object.assign(message.spec ?? {}, { tags, version, ttl: create(DurationSchema, { seconds: BigInt(ttl) }) })
      if (message.spec) message.spec.features = features.map((name) => ({ ...(template.spec?.features[0] ?? expect.unreachable()), name }))
      await ours.registry.apply({ project: 'demo', objects: [message] }, { now })
      numbers.push((await ours.registry.versions('demo', 'driver_stats')).map(({ number }) => number))
    }
    expect(numbers).toEqual(expected)
    const columns = 'feature_view_name, project_id, version_number, feature_view_type, description'
    const statement = `SELECT ${columns} FROM feature_view_version_history ORDER BY version_number`
    expect((await ours.sql.query(statement)).rows).toEqual((await theirs.sql.query(statement)).rows)
    tested({ version: '0.67.0', operation: 'versions' }, { rows: steps.length })
  })

  test('are nothing that Feast 0.49 has', async () => {
    const asked =
      "import json; from feast.infra.registry.sql import SqlRegistry; print(json.dumps(hasattr(SqlRegistry, 'list_feature_view_versions')))"
    expect(await runPython('0.49.0', asked)).toBe(false)
    impossible({ version: '0.49.0', operation: 'versions' }, 'views have versions from 0.62 on')
  })
})
