import { active, defineCharm, secretUri } from '../../../src/index.ts'

/** A provider of databases: one user for each relation, whose password is the configuration's. */
export const database = defineCharm({
  metadata: {
    name: 'database',
    provides: { database: { interface: 'postgresql_client' } },
    config: { password: { type: 'string', default: 'first-password' } },
  },
  observe: async (hook) => ({
    relations: await hook.relations('database', ['app', 'remoteApp']),
    password: String((await hook.config()).password),
  }),
  reconcile: ({ relations, password }) => {
    const asked = relations.filter(({ remoteApp }) => remoteApp.database !== undefined)
    return {
      secrets: {
        owns: (label) => label.startsWith('user.'),
        present: asked.map(({ app, remoteApp, ...relation }) => ({
          label: `user.${relation.id}`,
          owner: 'application' as const,
          content: { username: `${app}-${remoteApp.database}`, password },
          grants: [relation],
        })),
      },
      relations: asked.map((relation) => ({ relation, app: { 'secret-user': secretUri(`user.${relation.id}`) } })),
      unitStatus: [active()],
    }
  },
})
