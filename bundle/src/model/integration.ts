import { type Bag, orderEnds, type Relation, type RelationEnd, relationKey } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import { type Charms, charmOf } from './application.ts'
import { type ModelState, versionKey, withModel } from './state.ts'

interface Candidate {
  readonly end: RelationEnd
  readonly interface: string
  readonly limit: number
}

/** The endpoints that `application` or `application:endpoint` can mean. */
function candidates(state: ModelState, charms: Charms, name: string): readonly Candidate[] {
  const [application = '', endpoint] = name.split(':')
  const { requires, provides } = charmOf(state, charms, application).metadata
  const of = (role: 'requirer' | 'provider', endpoints: typeof requires): Candidate[] =>
    Object.entries(endpoints ?? {}).map(([each, { interface: spoken, limit }]) => ({
      end: { application, endpoint: each, role },
      interface: spoken,
      limit: limit ?? Number.POSITIVE_INFINITY,
    }))
  return [...of('requirer', requires), ...of('provider', provides)].filter(({ end }) => endpoint === undefined || end.endpoint === endpoint)
}

const isAt = (relation: Relation, { application, endpoint }: RelationEnd): boolean =>
  relation.ends.some((end) => end.application === application && end.endpoint === endpoint)

function checkFree(state: ModelState, pair: readonly Candidate[], names: string): void {
  const [one, other] = pair
  if (one && other && state.model.relations.some((relation) => isAt(relation, one.end) && isAt(relation, other.end))) {
    throw bundleError('BUNDLE_RELATION_INVALID', [names, 'they are related already, or their last relation still ends'])
  }
  for (const { end, limit } of pair) {
    const taken = state.model.relations.filter((relation) => isAt(relation, end)).length
    if (taken >= limit)
      throw bundleError('BUNDLE_RELATION_INVALID', [names, `${end.application}:${end.endpoint} allows ${limit} relation at most`])
  }
}

/**
 * The state with a relation more. Names are `application:endpoint`; the endpoint may be left out where only one fits.
 *
 * @example
 * integrate(state, charms, ['feast-integrator:registry', 'registry:database'])
 */
export function integrate(state: ModelState, charms: Charms, [left, right]: readonly [string, string]): ModelState {
  const names = `${left} ${right}`
  const pairs = candidates(state, charms, left).flatMap((one) =>
    candidates(state, charms, right)
      .filter((other) => other.interface === one.interface && other.end.role !== one.end.role)
      .map((other) => [one, other] as const),
  )
  const [pair, ...more] = pairs
  if (!pair) throw bundleError('BUNDLE_RELATION_INVALID', [names, 'no endpoints of theirs speak the same interface'])
  if (more.length > 0) {
    const found = pairs.map(([one, other]) => `${one.end.application}:${one.end.endpoint} ${other.end.application}:${other.end.endpoint}`)
    throw bundleError('BUNDLE_RELATION_INVALID', [names, `several relations are possible; say which: ${found.join(', ')}`])
  }
  checkFree(state, pair, names)
  const relation: Relation = {
    id: state.nextRelation,
    interface: pair[0].interface,
    ends: orderEnds(pair.map(({ end }) => end)),
    life: 'alive',
    suspended: false,
    units: [],
    applicationData: {},
    unitData: {},
  }
  return {
    ...state,
    model: { ...state.model, relations: [...state.model.relations, relation] },
    nextRelation: state.nextRelation + 1,
  }
}

/** The state in which the relation of these two ends ends. */
export function endRelation(state: ModelState, [left, right]: readonly [string, string]): ModelState {
  const matches = (relation: Relation, name: string): boolean =>
    relation.ends.some(({ application, endpoint }) => name === application || name === `${application}:${endpoint}`)
  const found = state.model.relations.filter(
    (relation) => relation.ends.length === 2 && matches(relation, left) && matches(relation, right),
  )
  const [relation, ...more] = found
  if (!relation || more.length > 0) throw bundleError('BUNDLE_RELATION_NOT_FOUND', [`${left} ${right}`])
  return withRelation(state, relation.id, (each) => ({ ...each, life: 'dying' }))
}

function withRelation(state: ModelState, id: number, change: (relation: Relation) => Relation): ModelState {
  const relations = state.model.relations.map((relation) => (relation.id === id ? change(relation) : relation))
  return dropEnded(withModel(state, { ...state.model, relations }))
}

/** The state with a unit in a relation's scope, its addresses in its databag. */
export function enterScope(state: ModelState, id: number, unit: string): ModelState {
  const address = state.units[unit]?.address ?? ''
  const seeded: Bag = { 'egress-subnets': `${address}/32`, 'ingress-address': address, 'private-address': address }
  return withRelation(state, id, (relation) => ({
    ...relation,
    units: [...relation.units, unit],
    unitData: { ...relation.unitData, [unit]: seeded },
  }))
}

/** The state with a unit out of a relation's scope. Its databag stays for those who still hear of its leaving. */
export function leaveScope(state: ModelState, id: number, unit: string): ModelState {
  return withRelation(state, id, (relation) => ({ ...relation, units: relation.units.filter((each) => each !== unit) }))
}

/** Ended relations that everybody has left go, and with them what was granted over them. */
function dropEnded(state: ModelState): ModelState {
  const ended = state.model.relations.filter(({ life, units }) => life === 'dying' && units.length === 0)
  if (ended.length === 0) return state
  const scopes = new Set(ended.map((relation) => `relation-${relationKey(relation).replaceAll(':', '.').replace(' ', '#')}`))
  const keys = new Set(
    ended.flatMap(({ id, applicationData, unitData }) =>
      Object.keys({ ...applicationData, ...unitData }).map((owner) => versionKey(id, owner)),
    ),
  )
  return {
    ...state,
    model: {
      ...state.model,
      relations: state.model.relations.filter((relation) => !ended.includes(relation)),
      secrets: state.model.secrets.map((secret) => ({ ...secret, grants: secret.grants.filter(({ scope }) => !scopes.has(scope)) })),
    },
    versions: Object.fromEntries(Object.entries(state.versions).filter(([key]) => !keys.has(key))),
  }
}
