import pg from 'pg'

import { sendCommand } from '../control/client.ts'
import type { KubernetesConnection } from '../kubernetes/connection.ts'
import type { Check } from './check.ts'

/** What the checks look at. */
export interface FeastCheckOptions {
  /** The state folder: commands are sent to the bundle that runs on it. */
  readonly folder: string
  readonly kubernetes: KubernetesConnection
  /** The user's namespace. */
  readonly namespace: string
  /** The gateway's address that lets a browser in. */
  readonly firstUrl: string
  /** What the example in the notebook gave: applied, materialized, retrieved. */
  readonly example: () => Promise<Example>
}

/** Rows of the example. */
export interface Example {
  readonly training: readonly Readonly<Record<string, unknown>>[]
  readonly vectors: readonly Readonly<Record<string, unknown>>[]
  readonly checksum: string
}

/** Applications that a bundle has. */
const applications = [
  'offline-store',
  'online-store',
  'registry',
  'feast-integrator',
  'feast-ui',
  'resource-dispatcher',
  'istio-pilot',
  'kubeflow-dashboard',
] as const

const isActive = (folder: string, application: string): Check => ({
  name: `${application} is active`,
  look: async () => {
    const lines = (await sendCommand(folder, ['status'])).split('\n')
    const [, status = 'missing', ...rest] = lines.find((line) => line.startsWith(`${application}/`))?.split(/ +/) ?? []
    if (status !== 'active') throw new Error(`its unit is ${status}: ${rest.join(' ')}`)
    return status
  },
})

const decode = (value: unknown): string => Buffer.from(String(value), 'base64').toString()

/** The files that the namespace's Secret holds. */
const readFiles = async ({ kubernetes, namespace }: FeastCheckOptions): Promise<ReadonlyMap<string, string>> => {
  const path = `/api/v1/namespaces/${namespace}/secrets/feature-store-yaml`
  const { data } = await kubernetes.call({ method: 'GET', path })
  const entries = typeof data === 'object' && data !== null ? Object.entries(data) : []
  return new Map(entries.map(([name, content]) => [name, decode(content)]))
}

const readFile = async (options: FeastCheckOptions): Promise<string> => {
  const file = (await readFiles(options)).get('feature_store.yaml') ?? ''
  if (!file.includes('offline_store:')) throw new Error('its feature_store.yaml names no offline store')
  return file
}

const secretCheck = (namespace: string): string => `namespace ${namespace} has the Secret`
const podDefaultCheck = (namespace: string): string => `namespace ${namespace} has the PodDefault`
const exampleCheck = 'a notebook applies, materializes and retrieves history'

const hasSecret = (options: FeastCheckOptions): Check => ({
  name: secretCheck(options.namespace),
  look: async () => `feature_store.yaml of ${(await readFile(options)).length} characters`,
})

const hasPodDefault = ({ kubernetes, namespace }: FeastCheckOptions): Check => ({
  name: podDefaultCheck(namespace),
  look: async () => {
    const { items } = await kubernetes.list(`/apis/kubeflow.org/v1alpha1/namespaces/${namespace}/poddefaults`)
    const [found] = items.filter(({ spec }) => JSON.stringify(spec).includes('FEAST_FS_YAML_FILE_PATH'))
    if (found === undefined) throw new Error('none sets FEAST_FS_YAML_FILE_PATH')
    return found.metadata.name
  },
})

/** Comes in as a browser does: with the key in the first address, then with the cookie. */
const browse = async (firstUrl: string, path: string): Promise<string> => {
  const welcome = await fetch(firstUrl, { redirect: 'manual' })
  const cookie = (welcome.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const response = await fetch(new URL(path, firstUrl), { headers: { cookie, accept: 'text/html' } })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`HTTP status ${response.status}`)
  return text
}

/** Its page, and what it reads from the registry by its own file and its own copy of the authority. */
const showsPage = ({ firstUrl }: FeastCheckOptions): Check => ({
  name: 'the UI answers at /feast/ through the gateway',
  after: [exampleCheck],
  look: async () => {
    if (!(await browse(firstUrl, '/feast/')).includes('<base href="/feast/">')) throw new Error('its page has another base')
    if (!(await browse(firstUrl, '/feast/api/v1/projects')).includes('"driver_stats"'))
      throw new Error('it knows no project "driver_stats"')
    return new URL('/feast/', firstUrl).href
  },
})

const framesPage = ({ firstUrl }: FeastCheckOptions): Check => ({
  name: 'the dashboard links to the UI and frames it',
  look: async () => {
    const page = await browse(firstUrl, '/_/feast/')
    if (!page.includes('/_/feast/') || !/<iframe[^>]* src="\/feast\//.test(page)) throw new Error('its page has no link or no frame')
    return new URL('/_/feast/', firstUrl).href
  },
})

/** A notebook is given what its namespace has when it starts. */
const gives = (name: string, { namespace, example }: FeastCheckOptions, see: (example: Example) => string): Check => ({
  name,
  after: [secretCheck(namespace), podDefaultCheck(namespace)],
  look: async () => see(await example()),
  once: true,
})

const filled = (rows: readonly Readonly<Record<string, unknown>>[], column: string): string => {
  const empty = rows.filter((row) => row[column] === null || row[column] === undefined)
  if (rows.length === 0 || empty.length > 0) throw new Error(`${rows.length} rows, ${empty.length} of them without ${column}`)
  return `${rows.length} rows`
}

const inDatabase = (
  options: FeastCheckOptions,
  name: string,
  { section, sql }: { readonly section: string; readonly sql: string },
): Check => ({
  name,
  after: [exampleCheck],
  look: async () => {
    const ca = (await readFiles(options)).get(`${section.replace('_', '-')}-ca.crt`)
    const client = new pg.Client({ ...connectionOf(await readFile(options), section), ssl: ca === undefined ? false : { ca } })
    await client.connect()
    try {
      const { rows } = await client.query<{ readonly count: string }>(sql)
      if (Number(rows[0]?.count ?? 0) === 0) throw new Error('nothing is there')
      return `${rows[0]?.count} rows${ca === undefined ? '' : ', the server verified by its authority'}`
    } finally {
      await client.end()
    }
  },
})

/** The connection that a section of the file names, read without the store. */
const connectionOf = (file: string, section: string): pg.ClientConfig => {
  const lines = file.split('\n')
  const from = lines.findIndex((line) => line.startsWith(`${section}:`))
  const value = (key: string): string => {
    const line = lines.slice(from + 1).find((each) => each.trim().startsWith(`${key}: `))
    return (line ?? '').replace(/^[^:]*: /, '').replace(/^["']|["']$/g, '')
  }
  if (section === 'registry') return { connectionString: value('path').replace('postgresql+psycopg:', 'postgresql:').replace(/\?.*/, '') }
  return { host: value('host'), port: Number(value('port')), database: value('database'), user: value('user'), password: value('password') }
}

/**
 * All that a running bundle shall show, each seen by a client of its own.
 *
 * @example
 * await runChecks(feastChecks({ folder, kubernetes, namespace: 'alice', firstUrl, example }))
 */
export const feastChecks = (options: FeastCheckOptions): readonly Check[] => {
  const { folder } = options
  return [
    ...applications.map((application) => isActive(folder, application)),
    hasSecret(options),
    hasPodDefault(options),
    gives(exampleCheck, options, ({ training }) => filled(training, 'conv_rate')),
    gives('a notebook retrieves online features', options, ({ vectors }) => filled(vectors, 'expected_fare')),
    inDatabase(options, 'the registry has the feature views', { section: 'registry', sql: 'SELECT count(*) FROM feature_views' }),
    inDatabase(options, 'the offline store has the sample', { section: 'offline_store', sql: 'SELECT count(*) FROM driver_stats' }),
    showsPage(options),
    framesPage(options),
  ]
}
