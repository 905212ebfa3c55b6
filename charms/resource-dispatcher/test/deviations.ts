import type { Deviation, Fixture, Meaning } from '@charmed-feast/charm/testing'

import { related, secretOf } from './recorded.ts'

const isMapping = (value: Meaning | undefined): value is { readonly [key: string]: Meaning } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const reconciles = ({ event }: Fixture): boolean => event.name !== 'remove'

/** The Service is not as it must be, and Kubernetes does not let it be written. */
const lacksService = ({ state }: Fixture): boolean => {
  const { objects = [], errors = [] } = state.kubernetes ?? {}
  const service = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === state.app)
  const { ports = [] } = (service?.spec ?? {}) as { readonly ports?: readonly { readonly port: number; readonly targetPort: number }[] }
  const right = ports.length === 1 && ports[0]?.port === 80 && ports[0].targetPort === 8080
  return !right && errors.some(({ kind, access, status }) => kind === 'Service' && access === 'write' && status === 403)
}

/** Secrets that relations name, each with the relation's own label for it. */
const namedSecrets = (fixture: Fixture) =>
  related(fixture).flatMap((relation) => {
    const secret = secretOf(fixture, relation)
    return secret === undefined ? [] : [{ secret, label: `manifest.${relation.endpoint}.${relation.id}` }]
  })

/** Where this charm leaves something else than the Python one, on purpose. `docs/reference/charm-deviations.md` has a row for each. */
export const deviations: readonly Deviation[] = [
  {
    name: 'the dispatcher says that it reads manifests from Juju secrets',
    reason: 'the interface has no other way to tell, and credentials in clear text can be read by every unit (design 6)',
    when: (fixture) => fixture.state.leader && reconciles(fixture),
    paths: (fixture) => related(fixture).map(({ id }) => ['relations', String(id), 'localAppData', 'manifest-secrets']),
    value: () => 'true',
  },
  {
    name: 'a Service that cannot be written is said',
    reason: 'without it metacontroller finds nobody to ask, and no namespace gets anything',
    when: (fixture) => fixture.state.leader && reconciles(fixture) && lacksService(fixture),
    paths: () => [['unitStatus']],
    value: (_, { state }) => ({
      name: 'blocked',
      message: `Kubernetes does not let this application write Service: run "juju trust ${state.app} --scope=cluster"`,
    }),
  },
  {
    name: 'every unit reads the newest manifests in every hook',
    reason: 'each unit delivers to its own hook server; a secret is known by its label whichever hook read it first',
    when: (fixture) => reconciles(fixture) && namedSecrets(fixture).length > 0,
    paths: () => [['secrets']],
    value: (recorded, fixture) => {
      const read = namedSecrets(fixture).map(({ secret, label }) => {
        const { id, latestContent, content, latestRevision, revision } = secret
        return [id, { label, content: { ...(latestContent ?? content) }, revision: latestRevision ?? revision }] as const
      })
      return { ...(isMapping(recorded) ? recorded : {}), ...Object.fromEntries(read) }
    },
  },
]
