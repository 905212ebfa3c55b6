import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors as storeErrors } from '@charmed-feast/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { errors as cliErrors } from '../../src/errors.ts'
import { type Workplace, workplace } from '../repository.ts'
import { type BadCase, type Databases, moduleOf, yamlOf } from './case.ts'
import { wrongDatabases } from './wrong-databases.ts'
import { wrongFiles } from './wrong-files.ts'
import { wrongRequests } from './wrong-requests.ts'

const badCases: readonly BadCase[] = [...wrongFiles, ...wrongRequests, ...wrongDatabases]

let at: Workplace
let databases: Databases
let admins: Readonly<Record<'registry' | 'online' | 'offline', pg.Client>>

beforeAll(async () => {
  at = await workplace()
  const stranger = { user: `stranger_${randomBytes(4).toString('hex')}`, password: randomBytes(9).toString('hex') }
  databases = { registry: await testDatabase(), online: await testDatabase(), offline: await testDatabase(), stranger }
  const open = async ({ adminUrl }: { readonly adminUrl: string }) => {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    return client
  }
  admins = { registry: await open(databases.registry), online: await open(databases.online), offline: await open(databases.offline) }
  await admins.registry.query(`CREATE ROLE ${stranger.user} LOGIN PASSWORD '${stranger.password}'`)
  for (const room of ['registry', 'online', 'offline'] as const)
    await admins[room].query(`GRANT CONNECT ON DATABASE ${databases[room].database} TO ${stranger.user}`)
  await admins.offline.query(`CREATE TABLE trips AS SELECT d::bigint AS driver_id, timestamptz '2026-01-01' + n * interval '1 day' AS at, 1.5::float8 AS rate,
  n::bigint AS trips, 'Ada' AS name FROM generate_series(1, 3) d, generate_series(0, 2) n`)
  await admins.offline.query(`ALTER TABLE trips OWNER TO ${databases.offline.user}`)
  const good = await repository('good', yamlOf(databases), moduleOf())
  for (const words of [['apply'], ['materialize', '2026-01-01T00:00:00', '2026-01-02T00:00:00']])
    expect(await at.feast(words, { cwd: good })).toMatchObject({ code: 0, err: '' })
})
afterAll(async () => {
  for (const client of Object.values(admins)) await client.end()
  await at[Symbol.asyncDispose]()
})

const repository = async (name: string, yaml: string | undefined, module: string, files: Readonly<Record<string, string>> = {}) => {
  const folder = join(at.folder, name)
  await mkdir(folder, { recursive: true })
  const all = { 'features.ts': module, ...files, ...(yaml === undefined ? {} : { 'feature_store.yaml': yaml }) }
  for (const [file, text] of Object.entries(all)) await writeFile(join(folder, file), text)
  return folder
}

/** A hash of all rows of all three databases. That a materialization failed is told in its job row, which is left out. */
const hash = async (): Promise<readonly string[]> => {
  const hashes: string[] = []
  for (const [room, client] of Object.entries(admins)) {
    const { rows } = await client.query<{ name: string }>(`SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname IN ('public', 'charmed_feast') AND tablename <> 'job' ORDER BY 1`)
    for (const { name } of rows) {
      const [found] = (
        await client.query<{ hash: string }>(`SELECT coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS hash FROM ${name} t`)
      ).rows
      hashes.push(`${room} ${name} ${found?.hash}`)
    }
  }
  return hashes
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A pattern of all messages of a code. */
const patternOf = (code: string): RegExp => {
  const table: Readonly<Record<string, { readonly message: (...values: never[]) => string }>> = { ...storeErrors, ...cliErrors }
  const row = table[code]
  if (row === undefined) throw new Error(`there is no error ${code}`)
  const hole = '\u0001'
  const text = (row.message as (...values: readonly string[]) => string)(...new Array<string>(row.message.length).fill(hole))
  return new RegExp(`(?:^|\\n)Error: ${text.split(hole).map(literal).join('[^]*')}\n$`)
}

const sqlOf = (text: string): string => text.replaceAll('STRANGER', databases.stranger.user).replaceAll('ONLINE', databases.online.database)

const yamlIn = ({ yaml }: BadCase): string | undefined => (yaml === 'none' ? undefined : (yaml ?? yamlOf)(databases))

test('there are sixty cases or more, five or more of each kind', () => {
  expect(badCases.length).toBeGreaterThanOrEqual(60)
  const kinds = Map.groupBy(badCases, ({ kind }) => kind)
  expect(kinds.size).toBe(10)
  for (const [kind, cases] of kinds) expect(cases.length, kind).toBeGreaterThanOrEqual(5)
})

describe('what is wrong is said, and changes nothing:', () => {
  test.each(badCases.map((each, index) => ({ ...each, index })))('$kind $name', async (bad) => {
    const cwd = await repository(`case-${bad.index}`, yamlIn(bad), bad.module ?? moduleOf(), bad.files)
    const before = await hash()
    for (const [room, text] of bad.before ?? []) await admins[room].query(sqlOf(text))
    const outcome = await at.feast(bad.words, { cwd }).finally(async () => {
      for (const [room, text] of bad.after ?? []) await admins[room].query(sqlOf(text))
    })
    expect(outcome.err).toMatch(patternOf(bad.code))
    expect(outcome.err).toContain(bad.message.replace('USER', databases.stranger.user))
    expect(outcome.code).toBe(bad.exit)
    expect(outcome.out).toMatch(/^(No project found in the repository\. .*\n)?(Applying changes for project rides\n)?$/)
    expect(outcome.err).not.toMatch(/\n\s+at /)
    for (const secret of [
      databases.registry.password,
      databases.online.password,
      databases.offline.password,
      databases.stranger.password,
      'not-it',
    ])
      expect(outcome.err).not.toContain(secret)
    expect(await hash()).toEqual(before)
  })
})
