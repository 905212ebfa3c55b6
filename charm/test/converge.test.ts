import fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Desired, DesiredSecret } from '../src/desired.ts'
import { active, blocked, type CharmMetadata, defineCharm, secretUri } from '../src/index.ts'
import type { Relation } from '../src/relation.ts'
import { applyCommit, endHook, type Model } from '../src/testing/index.ts'
import { baseModel, runCharm } from './juju.ts'

const metadata = {
  name: 'feast-ui',
  requires: { db: { interface: 'x' } },
  peers: { peers: { interface: 'y' } },
} as const satisfies CharmMetadata

const key = fc.constantFrom('a', 'b', 'c', 'd')
const value = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 10 }), fc.constantFrom('1', 'true', '~'))
const bag = fc.dictionary(key, value, { noNullPrototype: true })
const label = fc.constantFrom('manifest.1', 'manifest.2', 'other')
const content = fc.dictionary(fc.constantFrom('password', 'manifests'), value, { minKeys: 1, noNullPrototype: true })

const stored = fc
  .uniqueArray(fc.record({ label, content, isGranted: fc.boolean(), isOwn: fc.boolean() }), { selector: (each) => each.label })
  .map((secrets): Model['secrets'] =>
    secrets.map((secret, index) => ({
      id: `appsec000000000000${index}0`.padStart(20, '0'),
      owner: secret.isOwn ? { kind: 'unit', name: 'feast-ui/0' } : { kind: 'application', name: 'feast-ui' },
      label: secret.label,
      description: '',
      rotate: '',
      expire: '',
      revisions: [
        {
          revision: 1,
          content: Object.fromEntries(Object.entries(secret.content).map(([name, text]) => [name, Buffer.from(text).toString('base64')])),
        },
      ],
      grants: secret.isGranted ? [{ target: 'application-pg', scope: 'relation-feast-ui.db#pg.database' }] : [],
      consumers: {},
    })),
  )

const world = fc.record({
  app: bag,
  unit: bag,
  secrets: stored,
  ports: fc.uniqueArray(fc.integer({ min: 1, max: 5 })),
  leads: fc.boolean(),
})

const buildModel = ({ app, unit, secrets, ports, leads }: typeof world extends fc.Arbitrary<infer World> ? World : never): Model => {
  const [relation, ...others] = baseModel.relations
  const before = baseModel.units['feast-ui/0']
  const application = baseModel.applications['feast-ui']
  if (relation === undefined || before === undefined || application === undefined) throw new Error('the base model is not what it was')
  const applicationData = { ...relation.applicationData, 'feast-ui': app }
  const unitData = { ...relation.unitData, 'feast-ui/0': unit }
  const open = ports.map((port) => ({ from: port, to: port, protocol: 'tcp' }))
  return {
    ...baseModel,
    applications: { ...baseModel.applications, 'feast-ui': { ...application, leader: leads ? 'feast-ui/0' : 'feast-ui/1' } },
    units: { ...baseModel.units, 'feast-ui/0': { ...before, ports: { '': open } } },
    relations: [{ ...relation, applicationData, unitData }, ...others],
    secrets,
  }
}

const db = { endpoint: 'db', id: 1, name: 'db:1' } as const

const wish = fc.record({
  app: fc.dictionary(key, fc.option(value), { noNullPrototype: true }),
  unit: fc.dictionary(key, fc.option(value), { noNullPrototype: true }),
  ports: fc.uniqueArray(fc.integer({ min: 1, max: 5 })),
  secrets: fc.uniqueArray(fc.record({ label: fc.constantFrom('manifest.1', 'manifest.2'), content, isGranted: fc.boolean() }), {
    selector: (each) => each.label,
  }),
  status: fc.constantFrom(active(), blocked('b'), active('with words')),
})

const buildDesired = ({
  app,
  unit,
  ports,
  secrets,
  status,
}: typeof wish extends fc.Arbitrary<infer Wish> ? Wish : never): Desired<typeof metadata> => {
  const present = secrets.map(
    (each): DesiredSecret => ({ label: each.label, owner: 'application', content: each.content, grants: each.isGranted ? [db] : [] }),
  )
  const uris = Object.fromEntries(present.map((each) => [`uri-${each.label}`, secretUri(each.label)]))
  return {
    ports: ports.map((port) => `${port}/tcp`),
    secrets: { owns: (each) => each.startsWith('manifest.'), present },
    relations: [{ relation: db, app: { ...app, ...uris }, unit }],
    unitStatus: [status],
  }
}

const readers = /^(?:relation-(?:ids|list|get)|secret-(?:get|ids|info-get)|is-leader|opened-ports|status-get)/

test('from any state, one hook brings what is wanted, the controller takes it, and the next hook writes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(world, wish, async (state, wanted) => {
      const desired = buildDesired(wanted)
      // A secret of the same label that a unit owns is another secret: Juju would refuse a second one.
      fc.pre(
        !state.secrets.some(
          ({ owner, label: each }) => owner.kind === 'unit' && desired.secrets?.present.some((secret) => secret.label === each),
        ),
      )
      const charm = defineCharm({ metadata, observe: async () => null, reconcile: () => desired })
      const first = await runCharm(charm, { model: buildModel(state) })
      expect({ exit: first.exit, errors: first.errors }).toEqual({ exit: 0, errors: [] })
      let model = first.context.model
      const end = endHook(first.context, first.exit, (commit) => {
        const outcome = applyCommit(model, commit)
        model = outcome.model
        return outcome.refusal
      })
      expect(end.failure).toBeNull()

      const second = await runCharm(charm, { model })
      expect({ exit: second.exit, writes: second.lines().filter((line) => !readers.test(line)) }).toEqual({ exit: 0, writes: [] })

      const seen = await runCharm(
        defineCharm({ metadata, observe: (hook) => hook.relations('db', ['localApp', 'localUnit']), reconcile: check(desired) }),
        { model },
      )
      expect({ exit: seen.exit, errors: seen.errors }).toEqual({ exit: 0, errors: [] })
    }),
    { numRuns: 300 },
  )
})

const check =
  ({ relations = [] }: Desired<typeof metadata>) =>
  ([relation]: readonly Relation<'localApp' | 'localUnit'>[]): Desired<typeof metadata> => {
    const [bags] = relations
    for (const [name, text] of Object.entries(bags?.unit ?? {})) expect(relation?.localUnit[name]).toBe(text ?? undefined)
    if (relation?.localApp == null) return {}
    for (const [name, text] of Object.entries(bags?.app ?? {})) {
      if (text === null || typeof text === 'string') expect(relation.localApp[name]).toBe(text ?? undefined)
      else expect(relation.localApp[name]).toMatch(/^secret:\/\//)
    }
    return {}
  }
