import { createHash } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Relation } from '@charmed-feast/charm/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadSample, runExample } from '../src/driver-stats/run.ts'
import { deployFeast, feastCharms } from '../src/feast.ts'
import { type LocalModel, openLocalModel } from '../src/model/local-model.ts'
import type { HookRecord } from '../src/model/run-hook.ts'
import { toLocalPaths } from '../src/notebook/mounted-secret.ts'
import { makeCertificate } from '../src/postgres/certificate.ts'
import { currentHost } from '../src/postgres/host.ts'
import { type Postgres, startPostgres } from '../src/postgres/postgres.ts'
import { embeddedServer } from '../src/postgresql/server.ts'
import { formatStatus } from '../src/status.ts'

// The bundle on a real PostgreSQL: three databases, the integrator and the UI, as `npm start` deploys them.

let folder = ''
let postgres: Postgres
let model: LocalModel
const records: HookRecord[] = []

const open = (): LocalModel =>
  openLocalModel({
    charms: feastCharms(embeddedServer(postgres)),
    file: join(folder, 'model', 'model.json'),
    onHook: (record) => records.push(record),
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-model-'))
  await chmod(folder, 0o755)
  const machine = currentHost()
  const host = { ...machine, temporaries: [folder, ...machine.temporaries] }
  postgres = await startPostgres({ directory: join(folder, 'postgres'), settings: { fsync: 'off' }, host })
  model = open()
})

afterAll(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

const statuses = (): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.values(model.model.units).map(({ name, status }) => [name, `${status.status} ${status.message}`.trim()]))

const relationOf = (end: string): Relation => {
  const found = model.model.relations.find(({ ends }) => ends.some(({ application, endpoint }) => end === `${application}:${endpoint}`))
  if (!found) throw new Error(`no relation of ${end}`)
  return found
}

/** The files that notebooks get: from the manifest of the Secret, where the dispatcher's hook server reads it. */
const publishedFiles = (): ReadonlyMap<string, string> => {
  const files = model.state.units['resource-dispatcher/0']?.containers['resource-dispatcher']?.files ?? {}
  const secrets = Object.entries(files).filter(([path]) => path.startsWith('/var/lib/pebble/default/resources/secrets/'))
  const manifest = parse(secrets[0]?.[1] ?? '{}') as { readonly data?: Readonly<Record<string, string>> }
  return new Map(Object.entries(manifest.data ?? {}).map(([name, content]) => [name, Buffer.from(content, 'base64').toString()]))
}

const publishedYaml = (): string => publishedFiles().get('feature_store.yaml') ?? ''

const allActive = new Set(['active', 'active Primary'])

interface StoreYaml {
  readonly offline_store: {
    readonly host: string
    readonly port: number
    readonly database: string
    readonly user: string
    readonly password: string
  }
}

const offlineStore = (yaml: string): StoreYaml['offline_store'] => (parse(yaml) as StoreYaml).offline_store

const urlOf = ({ user, password, host, port, database }: StoreYaml['offline_store']): string =>
  `postgresql://${user}:${password}@${host}:${port}/${database}`

const connect = async (url: string): Promise<string> => {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly name: string }>('SELECT current_user AS name')
    return rows[0]?.name ?? ''
  } catch (error) {
    return error instanceof pg.DatabaseError ? (error.code ?? '') : String(error)
  } finally {
    await client.end()
  }
}

/** Whether a session of this user is encrypted, whose server had to be vouched for by an authority. */
const connectVerified = async ({ user, password, host, port, database }: StoreYaml['offline_store'], ca: string): Promise<boolean> => {
  const client = new pg.Client({ user, password, host, port, database, ssl: { ca } })
  await client.connect()
  try {
    const { rows } = await client.query<{ readonly ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    return rows[0]?.ssl ?? false
  } finally {
    await client.end()
  }
}

/** Runs the example as a notebook would that has these files. */
const runWith = async (yaml: string) => {
  const feast = await mkdtemp(join(folder, 'feast-'))
  const files = publishedFiles()
  for (const [name, content] of new Map([...files, ['feature_store.yaml', yaml]])) {
    const local = toLocalPaths(Buffer.from(content), [...files.keys()], { folder: feast, mountPath: '/feast' })
    await writeFile(join(feast, name), local)
  }
  return runExample({ folder, env: { FEAST_FS_YAML_FILE_PATH: join(feast, 'feature_store.yaml') } }, new Date('2026-03-02T12:00:00Z'))
}

describe('Charmed Feast in the local model', () => {
  test('everything is active, at the first try', async () => {
    deployFeast(model)
    // No image of ours in this model: the UI's container is as Feast's own image has it, which knows none of these options.
    model.setConfig('feast-ui', { 'allow-data': null, 'allow-writes': null })
    await model.settle()
    expect(records.filter(({ failure }) => failure !== null)).toEqual([])
    expect(statuses()).toEqual({
      'offline-store/0': 'active Primary',
      'online-store/0': 'active Primary',
      'registry/0': 'active Primary',
      'feast-integrator/0': 'active',
      'feast-ui/0': 'active',
      'resource-dispatcher/0': 'active',
    })
    expect(model.state.objects.map(({ kind }) => kind)).toContain('DecoratorController')
  })

  test('the provider says what postgresql-k8s says: keys of the databag, and secrets granted to the relation', () => {
    const relation = relationOf('registry:database')
    const bag = relation.applicationData.registry ?? {}
    expect(Object.keys(bag).sort()).toEqual([
      'data',
      'database',
      'endpoints',
      'read-only-endpoints',
      'secret-tls',
      'secret-user',
      'version',
    ])
    expect(bag).toMatchObject({ database: 'registry', endpoints: `127.0.0.1:${postgres.port}` })
    expect(JSON.parse(bag.data ?? '')).toMatchObject({ database: 'registry', 'provided-secrets': '["mtls-chain"]' })
    const user = model.model.secrets.find(({ id }) => bag['secret-user']?.endsWith(id))
    expect(Object.keys(user?.revisions.at(-1)?.content ?? {}).sort()).toEqual(['password', 'read-only-uris', 'uris', 'username'])
    expect(user).toMatchObject({ label: `database.${relation.id}.user.secret`, grants: [{ target: 'application-feast-integrator' }] })
    const tls = model.model.secrets.find(({ id }) => bag['secret-tls']?.endsWith(id))
    const said = Object.entries(tls?.revisions.at(-1)?.content ?? {}).map(([key, text]) => [key, Buffer.from(text, 'base64').toString()])
    expect(Object.fromEntries(said)).toEqual({ tls: 'True', 'tls-ca': publishedFiles().get('registry-ca.crt') })
  })

  test('no password stands in a log line, nor in a databag but the one whose schema has no other way', () => {
    const { password } = offlineStore(publishedYaml())
    expect(password.length).toBeGreaterThan(15)
    const quiet = model.model.relations.filter(({ interface: spoken }) => spoken !== 'feast-configuration')
    const said = JSON.stringify([quiet, records.flatMap(({ log }) => log)])
    expect(said).not.toContain(password)
  })

  test('the published feature_store.yaml opens: applied, materialized, read from both stores', async () => {
    // The example's definitions name their project.
    model.setConfig('feast-integrator', { project: 'driver_stats' })
    await model.settle()
    const yaml = publishedYaml()
    await loadSample(urlOf(offlineStore(yaml)), new Date('2026-03-02T12:00:00Z'))
    const { training, vectors } = await runWith(yaml)
    expect(training.length).toBeGreaterThan(0)
    expect(vectors).toHaveLength(2)
  })

  test('after rotation the new file works, the old password does not, and the UI has the new one', async () => {
    const before = publishedYaml()
    const old = await runWith(before)
    const hooks = records.length
    const result = await model.runAction('offline-store/leader', 'rotate-password')
    const id = relationOf('offline-store:database').id
    expect(result).toMatchObject({ status: 'completed', results: { rotated: '1' } })
    expect(records.slice(hooks).some(({ unit, name }) => unit === 'feast-integrator/0' && name === 'secret-changed')).toBe(true)
    const after = publishedYaml()
    expect(await connect(urlOf(offlineStore(before)))).toBe('28P01')
    expect(await connect(urlOf(offlineStore(after)))).toBe(`relation_id_${id}`)
    expect((await runWith(after)).checksum).toBe(old.checksum)
    const ui = model.state.units['feast-ui/0']?.containers['feast-ui']
    expect(ui?.files['/home/ubuntu/feature_store.yaml']).toContain(offlineStore(after).password)
    expect(new Set(Object.values(statuses()))).toEqual(allActive)
    model.updateStatus()
    await model.settle()
    const secret = model.model.secrets.find(({ label }) => label === `database.${id}.user.secret`)
    expect(secret?.revisions.map(({ revision }) => revision)).toEqual([2])
    expect(await readFile(postgres.logFile, 'utf8')).not.toContain(offlineStore(after).password)
  })

  test('TLS that is turned on later reaches notebooks and UI, is insisted on, and goes again', async () => {
    expect([...publishedFiles().keys()].sort()).toEqual(['feature_store.yaml', 'registry-ca.crt'])
    const plain = offlineStore(publishedYaml())
    expect(await connect(`${urlOf(plain)}?sslmode=disable`)).toBe(plain.user)
    model.setConfig('offline-store', { tls: true })
    await model.settle()
    const files = publishedFiles()
    expect([...files.keys()].sort()).toEqual(['feature_store.yaml', 'offline-store-ca.crt', 'registry-ca.crt'])
    expect(offlineStore(publishedYaml())).toMatchObject({ sslmode: 'verify-full', sslrootcert_path: '/feast/offline-store-ca.crt' })
    const ui = model.state.units['feast-ui/0']?.containers['feast-ui']?.files ?? {}
    expect(ui['/home/ubuntu/offline-store-ca.crt']).toBe(files.get('offline-store-ca.crt'))
    expect(ui['/home/ubuntu/feature_store.yaml']).toContain('sslrootcert_path: "/home/ubuntu/offline-store-ca.crt"')
    expect(await connect(`${urlOf(plain)}?sslmode=disable`)).toBe('28000')
    expect((await runWith(publishedYaml())).vectors).toHaveLength(2)
    const stranger = makeCertificate(['127.0.0.1'], new Date()).authority
    await expect(connectVerified(plain, stranger)).rejects.toThrow(/certificate/)
    expect(await connectVerified(plain, files.get('offline-store-ca.crt') ?? '')).toBe(true)
    model.setConfig('offline-store', { tls: false })
    await model.settle()
    expect(await connect(`${urlOf(plain)}?sslmode=disable`)).toBe(plain.user)
    expect(offlineStore(publishedYaml())).toMatchObject({ sslmode: 'prefer' })
    expect([...publishedFiles().keys()].sort()).toEqual(['feature_store.yaml', 'registry-ca.crt'])
    // Whoever read an old revision last lets go of it.
    model.updateStatus()
    await model.settle()
  })

  test('a model opened from the state file has no hook to run, and goes on', async () => {
    const before = model.state
    const hash = createHash('sha256').update(JSON.stringify(before)).digest('hex')
    model = open()
    deployFeast(model)
    expect(await model.settle()).toEqual([])
    expect(createHash('sha256').update(JSON.stringify(model.state)).digest('hex')).toBe(hash)
    model.updateStatus()
    const ran = await model.settle()
    expect(ran.map(({ name, changed }) => [name, changed])).toEqual(ran.map(() => ['update-status', false]))
    expect(ran).toHaveLength(6)
  })

  test('status reads as that of Juju', () => {
    const text = formatStatus(model.state)
    expect(text).toMatch(/^Model +Controller +Type\nkubeflow +this machine +caas$/m)
    expect(text).toMatch(/^feast-ui +active +1 +feast-ui +local +0$/m)
    expect(text).toMatch(/^feast-ui\/0\* +active +idle +127\.\d+\.\d+\.5 +8888\/tcp$/m)
    expect(text).toMatch(/^registry:database +feast-integrator:registry +postgresql_client +regular$/m)
  })

  test('a database that goes takes its user along, and its successor has what was in it', async () => {
    const before = offlineStore(publishedYaml())
    model.removeRelation('feast-integrator:offline-store', 'offline-store:database')
    await model.settle()
    expect(statuses()['feast-integrator/0']).toBe('blocked [offline-store] Please add the missing relation: offline-store')
    expect(await connect(urlOf(before))).toBe('28P01')
    model.integrate('feast-integrator:offline-store', 'offline-store:database')
    await model.settle()
    expect(new Set(Object.values(statuses()))).toEqual(allActive)
    const after = offlineStore(publishedYaml())
    expect(after.user).not.toBe(before.user)
    expect((await runWith(publishedYaml())).vectors).toHaveLength(2)
  })

  test('without a dispatcher the integrator says what it lacks, until there is one again', async () => {
    model.removeRelation('feast-integrator:secrets', 'resource-dispatcher:secrets')
    await model.settle()
    expect(statuses()['feast-integrator/0']).toBe('blocked [secrets] Please add the missing relation: secrets')
    deployFeast(model)
    await model.settle()
    expect(new Set(Object.values(statuses()))).toEqual(allActive)
    expect(await connect(urlOf(offlineStore(publishedYaml())))).toMatch(/^relation_id_/)
  })
})
