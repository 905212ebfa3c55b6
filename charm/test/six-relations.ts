import { active, type CharmMetadata, defineCharm, type Hook } from '../src/index.ts'

// The shape of the integrator: three databases with credentials in secrets, and three relations that it publishes on.
/** Endpoints that give credentials. */
export const databases = ['offline-store', 'online-store', 'registry'] as const
/** Endpoints that get what is published. */
export const consumers = ['secrets', 'pod-defaults', 'feast-configuration'] as const

const metadata = {
  name: 'feast-ui',
  requires: {
    'offline-store': { interface: 'postgresql_client' },
    'online-store': { interface: 'postgresql_client' },
    registry: { interface: 'postgresql_client' },
    secrets: { interface: 'kubernetes_manifest' },
    'pod-defaults': { interface: 'kubernetes_manifest' },
  },
  provides: { 'feast-configuration': { interface: 'feast-configuration' } },
  config: { project: { type: 'string', default: 'feast_project' } },
} as const satisfies CharmMetadata

const observeDatabase = async (hook: Hook<typeof metadata>, endpoint: (typeof databases)[number]) => {
  const [relation] = await hook.relations(endpoint, ['remoteApp', 'localApp', 'localUnit'])
  if (relation === undefined) throw new Error(`no ${endpoint}`)
  const user = relation.remoteApp['secret-user'] ?? ''
  const tls = relation.remoteApp['secret-tls'] ?? ''
  const content = await hook.findSecret({ id: user, label: `${relation.endpoint}.${relation.id}.user.secret`, revision: 'refresh' })
  await hook.findSecret({ id: tls, label: `${relation.endpoint}.${relation.id}.tls.secret`, revision: 'refresh' })
  return { relation, content }
}

/** A charm with the relations and the reads of feast-integrator. */
export const sixRelations = defineCharm({
  metadata,
  observe: async (hook) => {
    const found = []
    for (const endpoint of databases) found.push(await observeDatabase(hook, endpoint))
    const readers = []
    for (const endpoint of consumers) readers.push(...(await hook.relations(endpoint, ['remoteApp', 'localApp'])))
    return { config: await hook.config(), found, readers, leader: await hook.isLeader() }
  },
  reconcile: ({ found, readers, config }) => {
    const published = JSON.stringify([config.project, found.map(({ content }) => content?.password)])
    return {
      relations: [
        ...found.map(({ relation }) => ({
          relation,
          app: { database: relation.endpoint },
          unit: { data: relation.remoteApp.endpoints ?? null },
        })),
        ...readers.map((relation) => ({ relation, app: { published } })),
      ],
      unitStatus: [active()],
    }
  },
})
