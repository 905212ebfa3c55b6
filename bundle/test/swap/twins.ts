import { active, type Charm, defineCharm, type Hook, type Relation, type Status, type TextMap, waiting } from '@charmed-feast/charm'
import type { Service } from '@charmed-feast/charm/pebble'
import { inProcess, type ScenarioCharm } from '@charmed-feast/charm/testing'
import { parse, stringify } from 'yaml'

import { linkKeys, readConfiguration, readManifests } from './readers.ts'

// What the Python charms leave behind: databags, secrets' labels, files and layers as charm-compat §3, §4 and Appendix B have them, and readers that
// stumble where theirs do: a hook that meets what they cannot read fails. Nothing here is ours but the framework that runs it.

/** What each database is asked for. */
const databases = { 'offline-store': 'offline_store', 'online-store': 'online_store', registry: 'registry' } as const
const request = {
  'requested-secrets': '["username", "password", "tls", "tls-ca", "uris", "read-only-uris"]',
  'provided-secrets': '["mtls-chain"]',
}

type Store = keyof typeof databases

const integratorMetadata = {
  name: 'feast-integrator',
  requires: {
    'offline-store': { interface: 'postgresql_client' },
    'online-store': { interface: 'postgresql_client' },
    registry: { interface: 'postgresql_client' },
    secrets: { interface: 'kubernetes_manifest' },
    'pod-defaults': { interface: 'kubernetes_manifest' },
  },
  provides: { 'feast-configuration': { interface: 'feast-configuration', limit: 1 } },
} as const

interface Seen {
  readonly relation: Relation<'remoteApp'>
  readonly user: TextMap | null
}

/** The library looks its secrets up by the labels that it gave (§3.1, C3). */
const readDatabase = async (hook: Hook<typeof integratorMetadata>, endpoint: Store): Promise<readonly Seen[]> => {
  const seen: Seen[] = []
  for (const relation of await hook.relations(endpoint, ['remoteApp'])) {
    const id = relation.remoteApp['secret-user']
    const label = `${endpoint}.${relation.id}.user.secret`
    seen.push({ relation, user: id === undefined ? null : await hook.findSecret({ id, label, revision: 'refresh' }) })
  }
  return seen
}

const entriesOf = (prefix: string, { relation, user }: Seen): TextMap => {
  const [host = '', port = ''] = (relation.remoteApp.endpoints ?? '').split(':')
  const values = { host, port, database: relation.remoteApp.database ?? '', user: user?.username ?? '', password: user?.password ?? '' }
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`${prefix}_${key}`, value]))
}

/** The text of §4.1's template, by the fifteen keys. */
const yamlOf = (bag: TextMap): string => {
  const store = (prefix: string): string =>
    ['host', 'port', 'database', 'user', 'password'].map((key) => `  ${key}: ${bag[`${prefix}_${key}`]}\n`).join('')
  const path = `postgresql://${bag.registry_user}:${bag.registry_password}@${bag.registry_host}:${bag.registry_port}/${bag.registry_database}`
  const registry = `registry:\n  registry_type: sql\n  path: ${path}\n  cache_ttl_seconds: 60\n`
  const stores = ['offline_store', 'online_store'].map((name) => `${name}:\n  type: postgres\n  db_schema: public\n${store(name)}`)
  return `project: feast_project\n${registry}provider: local\n${stores.join('')}entity_key_serialization_version: 2`
}

const secretManifest = (yaml: string): object => ({
  ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'feature-store-yaml' }, type: 'Opaque' },
  stringData: { 'feature_store.yaml': yaml },
})
const podDefaultManifest = {
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name: 'feast-integrator-access-feast' },
  spec: {
    desc: 'Allow access to Feast',
    selector: { matchLabels: { 'access-feast': 'true' } },
    env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }],
    volumeMounts: [{ mountPath: '/feast', name: 'feature-store-yaml' }],
    volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml' } }],
  },
}

const integrator = defineCharm({
  metadata: integratorMetadata,
  observe: async (hook) => ({
    seen: {
      'offline-store': await readDatabase(hook, 'offline-store'),
      'online-store': await readDatabase(hook, 'online-store'),
      registry: await readDatabase(hook, 'registry'),
    },
    secrets: await hook.relations('secrets'),
    podDefaults: await hook.relations('pod-defaults'),
    configurations: await hook.relations('feast-configuration'),
  }),
  reconcile: ({ seen, secrets, podDefaults, configurations }) => {
    const stores = ['offline-store', 'online-store', 'registry'] as const
    const asked = stores.flatMap((endpoint) =>
      seen[endpoint].map(({ relation }) => {
        const { data: _, ...said } = relation.remoteApp
        return { relation, app: { ...request, database: databases[endpoint] }, unit: { ...request, data: JSON.stringify(said) } }
      }),
    )
    const ready = stores.every((endpoint) => seen[endpoint].some(({ user }) => user?.password !== undefined))
    if (!ready) return { relations: asked, unitStatus: [waiting('Waiting for offline-store relation data')] }
    const bag: TextMap = Object.assign(
      {},
      ...stores.flatMap((endpoint) => seen[endpoint].map((each) => entriesOf(databases[endpoint], each))),
    )
    const send = (manifest: object) => ({ kubernetes_manifests: JSON.stringify([manifest]) })
    return {
      relations: [
        ...asked,
        ...secrets.map((relation) => ({ relation, app: send(secretManifest(yamlOf(bag))) })),
        ...podDefaults.map((relation) => ({ relation, app: send(podDefaultManifest) })),
        ...configurations.map((relation) => ({ relation, app: bag })),
      ],
      unitStatus: [active()],
    }
  },
})

const uiMetadata = {
  name: 'feast-ui',
  containers: { 'feast-ui': {} },
  requires: {
    'dashboard-links': { interface: 'kubeflow_dashboard_links' },
    'feast-configuration': { interface: 'feast-configuration', limit: 1 },
    ingress: { interface: 'ingress' },
  },
} as const

const link = { text: 'Feast', link: '/feast/', location: 'external', icon: 'device:data-usage', type: 'item', desc: '' }

const ui = defineCharm({
  metadata: uiMetadata,
  observe: async (hook) => ({
    configurations: (await hook.relations('feast-configuration', ['remoteApp'])).map(({ remoteApp }) => readConfiguration(remoteApp)),
    links: await hook.relations('dashboard-links'),
    ingress: await hook.relations('ingress', ['remoteApp']),
    model: hook.context.modelName,
  }),
  reconcile: ({ configurations, links, ingress, model }) => {
    const [bag] = configurations
    const route = stringify({ namespace: model, port: 8888, prefix: '/feast/', rewrite: '/', service: 'feast-ui' })
    const spoken = ingress.filter(({ remoteApp }) => (parse(remoteApp._supported_versions ?? '[]') as readonly string[]).includes('v1'))
    const service: Service = {
      override: 'replace',
      summary: 'Entry point for feast-ui image',
      command: 'feast ui --host 0.0.0.0 --port 8888 --root_path /feast',
      startup: 'enabled',
      'working-dir': '/home/ubuntu',
    }
    const layer = { summary: 'feast-ui layer', description: 'Pebble config layer for feast-ui', services: { 'feast-ui': service } }
    return {
      ports: ['8888/tcp'],
      ...(bag === undefined || bag === null
        ? {}
        : {
            containers: {
              'feast-ui': { files: { '/home/ubuntu/feature_store.yaml': { content: yamlOf(bag) } }, layers: { 'feast-ui': layer } },
            },
          }),
      relations: [
        ...links.map((relation) => ({ relation, app: { dashboard_links: JSON.stringify([link]) } })),
        ...ingress.map((relation) => ({ relation, app: { _supported_versions: '- v1\n' } })),
        ...spoken.map((relation) => ({ relation, app: { _supported_versions: '- v1\n', data: route } })),
      ],
      unitStatus: [bag === undefined || bag === null ? waiting('Waiting for relation data') : active()],
    }
  },
})

const endpoints = ['config-maps', 'secrets', 'service-accounts', 'pod-defaults', 'roles', 'role-bindings'] as const
const dispatcherMetadata = {
  name: 'resource-dispatcher',
  containers: { 'resource-dispatcher': {} },
  provides: Object.fromEntries(endpoints.map((endpoint) => [endpoint, { interface: 'kubernetes_manifest' }])),
  config: { target_namespace_label: { type: 'string', default: 'user.kubeflow.org/enabled' } },
} as const
const resources = '/var/lib/pebble/default/resources'

const dispatcher = defineCharm({
  metadata: dispatcherMetadata,
  observe: async (hook) => {
    const files: Record<string, Record<string, { readonly content: string }>> = {}
    for (const endpoint of endpoints) {
      const held: Record<string, { readonly content: string }> = {}
      for (const { remoteApp } of await hook.relations(endpoint, ['remoteApp'])) {
        for (const manifest of readManifests(remoteApp)) {
          held[`_global/${manifest.metadata.name}.yaml`] = { content: stringify(manifest, { version: '1.1', sortMapEntries: true }) }
        }
      }
      files[`${resources}/${endpoint}`] = held
    }
    return files
  },
  reconcile: (folders) => {
    const command = `python3 main.py --port 8080 --label user.kubeflow.org/enabled --folder ${resources}`
    const service = {
      override: 'replace',
      summary: 'Entrypoint of resource-dispatcher-operator image',
      command,
      startup: 'enabled',
    } as const
    const status: readonly Status[] = [active()]
    return {
      containers: {
        'resource-dispatcher': {
          folders,
          layers: { 'resource-dispatcher': { summary: 'resource-dispatcher layer', services: { 'resource-dispatcher': service } } },
        },
      },
      unitStatus: status,
    }
  },
})

const dashboard = defineCharm({
  metadata: { name: 'kubeflow-dashboard', provides: { links: { interface: 'kubeflow_dashboard_links' } } },
  observe: async (hook) => {
    for (const { remoteApp } of await hook.relations('links', ['remoteApp'])) {
      const links: unknown = JSON.parse(remoteApp.dashboard_links ?? '[]')
      for (const each of links as readonly Readonly<Record<string, string>>[]) {
        const known = ['menu', 'external', 'quick', 'documentation'].includes(each.location ?? '')
        if (!known || Object.keys(each).sort().join() !== linkKeys.join())
          throw new TypeError('DashboardLink.__init__() got an unexpected argument')
      }
    }
    return null
  },
  reconcile: () => ({ unitStatus: [active()] }),
})

const runs = <Metadata extends Parameters<typeof defineCharm>[0]['metadata'], Observed>(charm: Charm<Metadata, Observed>): ScenarioCharm =>
  inProcess(charm)

/** The Python charms' stand-ins, by the names of the charms that replace them. */
export const twins: Readonly<Record<'feast-integrator' | 'feast-ui' | 'resource-dispatcher' | 'kubeflow-dashboard', ScenarioCharm>> = {
  'feast-integrator': runs(integrator),
  'feast-ui': runs(ui),
  'resource-dispatcher': runs(dispatcher),
  'kubeflow-dashboard': runs(dashboard),
}
