import { active, blocked, defineCharm, waiting } from '../../../src/index.ts'

const metadata = {
  name: 'sample',
  requires: { db: { interface: 'postgresql_client' } },
  provides: { config: { interface: 'sample-config', limit: 1 } },
  peers: { peers: { interface: 'sample-peers' } },
  containers: { app: {} },
  config: { greeting: { type: 'string', default: 'hello' }, port: { type: 'int', default: 8080 }, 'cluster-object': { type: 'string' } },
} as const

/** A charm that uses a little of everything: databags, a secret of the other side and one of its own, a container, a port, the cluster. */
export const sample = defineCharm({
  metadata,
  observe: async (hook) => {
    const databases = await hook.relations('db', ['remoteApp', 'localApp'])
    const uri = databases[0]?.remoteApp['secret-user']
    const object = (await hook.config())['cluster-object']
    return {
      databases,
      configs: await hook.relations('config'),
      config: await hook.config(),
      user: uri === undefined ? null : await hook.findSecret({ id: uri, label: 'db.user', revision: 'refresh' }),
      container: await hook.container('app', ['services']),
      namespace:
        object === undefined
          ? null
          : await (await hook.kubernetes()).get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: object } }),
    }
  },
  reconcile: ({ databases, configs, config, user, namespace }) => ({
    relations: [
      ...databases.map((relation) => ({ relation, app: { database: 'sample' } })),
      ...configs.map((relation) => ({ relation, app: { greeting: config.greeting } })),
    ],
    ports: [`${config.port}/tcp`],
    containers: {
      app: {
        files: { '/etc/sample.conf': { content: `user: ${user?.username ?? 'nobody'}\n` } },
        layers: { app: { services: { app: { override: 'replace', startup: 'enabled', command: 'sample serve' } } } },
      },
    },
    ...(namespace
      ? {
          objects: [
            {
              kind: 'apply' as const,
              object: {
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name: 'sample', namespace: namespace.metadata.name },
                data: { greeting: config.greeting },
              },
            },
          ],
        }
      : {}),
    unitStatus: [databases.length === 0 ? blocked('Please add the missing relation: db') : user ? active() : waiting('Waiting for db')],
  }),
  actions: {
    greet: async ({ params, hook, log, set }) => {
      await log('greeting')
      await set({ greeting: `${(await hook.config()).greeting}, ${String(params.name)}` })
    },
  },
})
