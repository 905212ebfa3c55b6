import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommandLine } from '../../cli/src/main.ts'
import { type TestDatabase, testDatabase } from '../../house/postgres.ts'
import { kindList } from '../../store/src/registry/kind.ts'
import { deviating, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPythonFile } from '../src/python.ts'

interface Outcome {
  readonly code: number
  readonly out: string
  /** The YAML that a description is. */
  readonly shown?: unknown
}

const yaml = ({ host, port, user, password, database, url }: TestDatabase): string => {
  const store = `{type: postgres, host: ${host}, port: ${port}, database: ${database}, user: ${user}, password: "${password}", sslmode: disable}`
  return `project: demo\nprovider: local\nregistry: {registry_type: sql, path: "${url.replace('postgresql:', 'postgresql+psycopg:')}?sslmode=disable", cache_ttl_seconds: 1}\noffline_store: ${store}\nonline_store: ${store}\nentity_key_serialization_version: 3\n`
}

const kinds = [
  'entities',
  'data-sources',
  'feature-views',
  'on-demand-feature-views',
  'stream-feature-views',
  'feature-services',
  'validation-references',
  'projects',
] as const

/** Lines in any order: Feast lists in the order of the database, and names of a set in any. */
const sorted = (text: string): readonly string[] => {
  const [head = '', ...lines] = text.trimEnd().split('\n')
  return [head, ...lines.map((line) => line.trimEnd()).sort()]
}

/** The cells of a table, whatever the widths of its columns. */
const cells = (text: string): readonly (readonly string[])[] => sorted(text).map((line) => line.split(/ {2,}/))

/** The words of a table, in any order. */
const words = (text: string): readonly string[] => text.split(/[\s{},]+/).toSorted()

/** A description without what Feast makes up while it reads: times, functions pickled anew; lists of fields in any order. */
const comparable = (value: unknown): object => {
  const walk = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(walk).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
    if (typeof each !== 'object' || each === null) return each
    return Object.fromEntries(
      Object.entries(each).flatMap(([key, inner]) => (key === 'body' || key === 'meta' ? [] : [[key, walk(inner)]])),
    )
  }
  return Object(walk(value))
}

const kindCell = (version: FeastVersion, plural: string, check: 'list' | 'describe') => {
  const { name: kind } = kindList.find((each) => each.plural === plural) ?? expect.unreachable()
  return { version, kind, check }
}

describe.each(feastVersions)('one registry, our feast and that of Feast %s', (version) => {
  let folder: string
  let answers: ReadonlyMap<string, Outcome>
  const labels = version === '0.49.0' ? [] : ['label-views']
  const listed = [...kinds, ...labels, 'saved-datasets', 'permissions']
  const described = [
    ['entities', 'driver'],
    ['data-sources', 'driver_stats_source'],
    ['feature-views', 'driver_stats'],
    ['feature-services', 'ranking'],
    ['projects', 'demo'],
    ['permissions', 'readers'],
    ['stream-feature-views', 'driver_streamed'],
    ['on-demand-feature-views', 'trip_score'],
    ['saved-datasets', 'training'],
    ...labels.map((kind) => [kind, 'driver_labels'] as const),
  ] as const
  const commands: readonly (readonly string[])[] = [
    ...listed.map((kind) => [kind, 'list']),
    ...described.map(([kind, name]) => [kind, 'describe', name]),
    ...described.filter(([kind]) => kind !== 'projects').map(([kind]) => [kind, 'describe', 'nobody']),
    ['entities', 'list', '--tags', 'z:1', '--tags', 'a:2'],
    ['entities', 'list', '--tags', 'z:2'],
    ['features', 'list'],
    ['features', 'list', '--output', 'json'],
    ['registry-dump'],
    ['validation-references', 'describe', 'expected'],
    ['projects', 'current_project'],
    ['permissions', 'list-roles'],
    ['frobnicate'],
    ['entities', 'list', '--frob'],
    ['materialize-incremental'],
    ['get-online-features', '-e', 'driver_id=1001', '-e', 'driver_id=7', '-f', 'driver_stats:conv_rate', '-f', 'driver_stats:acc_rate'],
    ...(version === '0.49.0' ? [] : [['feature-views', 'list-versions', 'driver_stats']]),
  ]
  const theirs = (...words: string[]): Outcome => {
    const found = answers.get(words.join(' '))
    if (found === undefined) throw new Error(`Feast was not asked "${words.join(' ')}"`)
    return found
  }
  const ours = async (...words: string[]): Promise<Outcome> => {
    let [out, err] = ['', '']
    const code = await runCommandLine(['-c', folder, ...words], {
      env: {},
      cwd: folder,
      out: (text) => {
        out += text
      },
      err: (text) => {
        err += text
      },
      interactive: false,
      confirm: async () => false,
      now: () => 1_767_400_000_000_000n,
      signal: new AbortController().signal,
    })
    expect(err === '' || code !== 0).toBe(true)
    return { code, out }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feast-cli-'))
    const database = await testDatabase()
    const { host, port, user, password, database: name } = database
    await runPythonFile(version, 'every_kind.py', {
      input: { host, port, user, password, database: name, project: 'demo', materialize: false },
    })
    await writeFile(join(folder, 'feature_store.yaml'), yaml(database))
    const said = await runPythonFile(version, 'cli.py', { input: { commands }, cwd: folder })
    if (!Array.isArray(said)) throw new Error('cli.py gave no list')
    answers = new Map(commands.map((words, at) => [words.join(' '), said[at]]))
  }, 600_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(listed)('%s list prints the same table', async (kind) => {
    const { code, out } = await ours(kind, 'list')
    expect(code).toBe(0)
    // ENABLED and STATE are of 0.64 and later.
    const mine = version === '0.49.0' && kind === 'feature-views' ? out.replace(/ +(ENABLED +STATE|Yes +STATE_UNSPECIFIED)$/gm, '') : out
    // A map has no order: of tags the words are compared.
    const same = kind === 'projects' || kind === 'permissions' ? words : version === '0.49.0' ? cells : sorted
    expect(same(mine)).toEqual(same(theirs(kind, 'list').out))
    tested(kindCell(version, kind, 'list'), { objects: mine.trimEnd().split('\n').length - 1 })
  })

  test.each(described)('%s describe %s says all that Feast says', async (kind, name) => {
    const { code, out } = await ours(kind, 'describe', name, '--json')
    expect(code).toBe(0)
    expect(comparable(JSON.parse(out))).toMatchObject(comparable(theirs(kind, 'describe', name).shown))
    tested(kindCell(version, kind, 'describe'), { objects: 1 })
  })

  test('validation-references describe says what Feast does not', async () => {
    const { out } = await ours('validation-references', 'describe', 'expected', '--json')
    expect(JSON.parse(out)).toMatchObject({ name: 'expected', referenceDatasetName: 'training' })
    expect(theirs('validation-references', 'describe', 'expected').shown).toMatch(/^<feast.saved_dataset.ValidationReference object at/)
    deviating(kindCell(version, 'validation-references', 'describe'), 'shows the address of a Python object', { objects: 1 })
  })

  test.each(described.filter(([kind]) => kind !== 'projects'))('%s describe fails alike when there is no such thing', async (kind) => {
    expect((await ours(kind, 'describe', 'nobody')).code).toBe(theirs(kind, 'describe', 'nobody').code)
    tested({ version, operation: 'commands' })
  })

  test.each([
    ['entities', 'list', '--tags', 'z:1', '--tags', 'a:2'],
    ['entities', 'list', '--tags', 'z:2'],
    ['features', 'list'],
    ['permissions', 'list-roles'],
  ])('%s %s %s %s prints the same', async (...words) => {
    const given = words.filter((word) => word !== undefined)
    const [mine, feasts] = [await ours(...given), theirs(...given)]
    expect(mine.code).toBe(feasts.code)
    // Of this one table Feast draws the rules.
    const plain = feasts.out.replace(/^[+=|-]+\n/gm, '').replace(/^\| (.*?) +\|$/gm, '$1')
    // Feast counts the keys of a stream view among its features.
    const withoutKeys = plain.replace(/^driver_id +driver_streamed.*\n/gm, '')
    expect(cells(mine.out)).toEqual(cells(withoutKeys))
    tested({ version, operation: 'commands' })
  })

  test.each([['frobnicate'], ['entities', 'list', '--frob'], ['materialize-incremental']])('%s %s %s exits alike', async (...words) => {
    const given = words.filter((word) => word !== undefined)
    expect((await ours(...given)).code).toBe(theirs(...given).code)
    tested({ version, operation: 'commands' })
  })

  test('get-online-features prints the same JSON', async () => {
    const words = [
      'get-online-features',
      '-e',
      'driver_id=1001',
      '-e',
      'driver_id=7',
      '-f',
      'driver_stats:conv_rate',
      '-f',
      'driver_stats:acc_rate',
    ]
    const { code, out } = await ours(...words)
    expect([code, JSON.parse(out)]).toEqual([theirs(...words).code, JSON.parse(theirs(...words).out)])
  })

  test('projects current_project shows the project', async () => {
    const { out } = await ours('projects', 'current_project', '--json')
    expect(comparable(JSON.parse(out))).toMatchObject(comparable(theirs('projects', 'current_project').shown))
  })

  test('features list --output json has the names that Feast swaps', async () => {
    const swapped: readonly Record<string, string>[] = JSON.parse(theirs('features', 'list', '--output', 'json').out)
    const right = swapped.map((each) => ({ feature_name: each.feature_view, feature_view: each.feature_name, dtype: each.dtype }))
    const mine: readonly unknown[] = JSON.parse((await ours('features', 'list', '--output', 'json')).out)
    expect(right).toEqual(expect.arrayContaining([...mine]))
  })

  test('registry-dump holds what that of Feast holds', async () => {
    const { code, out } = await ours('registry-dump')
    // 0.49 dumps files alone.
    if (version === '0.49.0') return expect([code, theirs('registry-dump').code]).toEqual([0, 1])
    const names = (dump: Readonly<Record<string, unknown>>): Readonly<Record<string, readonly string[]>> =>
      Object.fromEntries(
        Object.entries(dump).flatMap(([list, objects]) =>
          // Ours has the object's own message where Feast lists a project's uuid, and infrastructure that an SQL registry never holds.
          Array.isArray(objects) && objects.length > 0 && list !== 'projectMetadata'
            ? [
                [
                  list,
                  objects
                    .map(({ spec, name }) => String(spec?.name ?? name))
                    .filter((name) => name !== '__dummy')
                    .toSorted(),
                ],
              ]
            : [],
        ),
      )
    expect(code).toBe(0)
    expect(names(JSON.parse(out))).toMatchObject(
      names(JSON.parse(theirs('registry-dump').out.slice(theirs('registry-dump').out.indexOf('{')))),
    )
  })
})
