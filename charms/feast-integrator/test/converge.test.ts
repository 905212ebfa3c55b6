import type { ScenarioEvent, State } from '@charmed-feast/charm/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { database, databaseBySecret, published, reader, readers, reference, run, secretFile, settle, userSecret } from './reference.ts'

const asking = readers.map(
  (each) =>
    [...reader('secrets', { 'manifest-secrets': 'true' }), ...reader('feast-configuration', { 'configuration-secret': 'true' })].find(
      ({ id, remoteAppData }) => id === each.id && remoteAppData,
    ) ?? each,
)
const whole = reference({
  relations: [databaseBySecret(1, 'offline-store'), databaseBySecret(2, 'online-store'), database(3, 'registry'), ...asking],
  secrets: [userSecret(1), userSecret(2)],
})

const without = (state: State, id: number): State => ({ ...state, relations: state.relations.filter((each) => each.id !== id) })

const withRelation = (state: State, id: number): State => {
  const relation = whole.relations.find((each) => each.id === id)
  if (relation === undefined || state.relations.some((each) => each.id === id)) return state
  const fresh = { ...relation, localAppData: {}, localUnitData: {} }
  return { ...state, relations: [...state.relations, fresh] }
}

const ids = whole.relations.map(({ id }) => id)
const step = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), id: fc.constantFrom(...ids) }),
  fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...ids) }),
  fc.record({ kind: fc.constant('lead' as const), id: fc.constantFrom(0, 1) }),
  fc.record({ kind: fc.constant('hook' as const), id: fc.constantFrom(0, 1, 2, 3) }),
)

const hooks: readonly ScenarioEvent[] = [
  { name: 'update-status' },
  { name: 'config-changed' },
  { name: 'upgrade-charm' },
  { name: 'start' },
]

const isThere = (state: State, id: number): boolean => state.relations.some((each) => each.id === id)

/** What happens, as Juju would tell the unit: a relation that comes has its created hook, one that goes its broken hook. */
const happen = async (
  state: State,
  { kind, id }: { readonly kind: 'add' | 'remove' | 'lead' | 'hook'; readonly id: number },
): Promise<State> => {
  if (kind === 'add') return isThere(state, id) ? state : settle(withRelation(state, id), { name: 'relation-created', relation: id })
  if (kind === 'remove') return isThere(state, id) ? without(await settle(state, { name: 'relation-broken', relation: id }), id) : state
  if (kind === 'hook') return settle(state, hooks[id])
  return id === 1 ? settle({ ...state, leader: true }, { name: 'leader-elected' }) : { ...state, leader: false }
}

test('whatever happened before, all related and leading gives the same in the end', async () => {
  const expected = await settle(whole)
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      let state: State = { ...whole, relations: [], leader: false }
      for (const each of steps) state = await happen(state, each)
      for (const id of ids) state = await happen(state, { kind: 'add', id })
      state = await happen(state, { kind: 'lead', id: 1 })
      expect(state.unitStatus).toEqual({ name: 'active', message: '' })
      expect(secretFile(state)).toBe(secretFile(expected))
      expect(published(state)).toEqual(published(expected).map((bag) => withUris(bag, expected, state)))
      const idle = await run(state)
      expect(idle.state).toEqual(state)
    }),
    { numRuns: 100 },
  )
}, 120_000)

/** The URIs of own secrets are new in every run: they are compared by label. */
const withUris = (bag: Readonly<Record<string, string>>, from: State, to: State): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(bag).map(([key, value]) => {
      const label = from.secrets.find(({ id }) => id.slice(-20) === value.slice(-20))?.label
      const there = to.secrets.find((secret) => secret.label === label && label !== undefined)
      return [key, there?.owner === 'application' ? value.slice(0, -20) + there.id.slice(-20) : value]
    }),
  )
