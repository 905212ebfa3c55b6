import { withApplication, withUnit } from './apply-change.ts'
import { applicationOf, type Bag, type Model, newApplication, newUnit, type Unit } from './model.ts'
import { orderEnds, type Relation, type RelationEnd, relationKey } from './relation.ts'
import { relationTag } from './tag.ts'

/**
 * The model with one application more.
 *
 * @example
 * addApplication(model, 'feast-ui', { config: { debug: false } })
 */
export function addApplication(model: Model, name: string, given: Parameters<typeof newApplication>[1] = {}): Model {
  if (model.applications[name]) throw new Error(`cannot deploy "${name}": application already exists`)
  return { ...model, applications: { ...model.applications, [name]: newApplication(name, given) } }
}

/** The model with one unit more; the first one leads. It waits for its agent, as Juju says. */
export function addUnit(model: Model, name: string, given: Partial<Unit> = {}): Model {
  const unit = newUnit(name, { status: { status: 'waiting', message: 'installing agent' }, ...given })
  const added = { ...model, units: { ...model.units, [name]: unit } }
  return withApplication(added, unit.application, (application) => ({ ...application, leader: application.leader ?? name }))
}

/**
 * The model with one relation more; nobody is in its scope yet.
 *
 * @throws when the two ends are related already.
 */
export function addRelation(model: Model, id: number, { ends, ...rest }: Pick<Relation, 'ends' | 'interface'>): Model {
  const relation: Relation = {
    ...rest,
    id,
    ends: orderEnds(ends),
    life: 'alive',
    suspended: false,
    units: [],
    applicationData: {},
    unitData: {},
  }
  const key = relationKey(relation)
  if (model.relations.some((each) => relationKey(each) === key)) throw new Error(`cannot relate "${key}": relation already exists`)
  return { ...model, relations: [...model.relations, relation] }
}

function withRelation(model: Model, id: number, change: (relation: Relation) => Relation): Model {
  return { ...model, relations: model.relations.map((relation) => (relation.id === id ? change(relation) : relation)) }
}

/** The model after a unit entered a relation's scope: from now on the other side sees it, with its addresses. */
export function enterScope(model: Model, id: number, unit: string, addresses: Bag): Model {
  return withRelation(model, id, (relation) => ({
    ...relation,
    units: [...relation.units.filter((name) => name !== unit), unit],
    unitData: { ...relation.unitData, [unit]: { ...addresses } },
  }))
}

/** The model after a unit left a relation. A dying relation goes with its last unit, and with it the secrets granted over it. */
export function leaveScope(model: Model, id: number, unit: string): Model {
  const left = withRelation(model, id, (relation) => ({ ...relation, units: relation.units.filter((name) => name !== unit) }))
  return removeEmpty(left, id)
}

function removeEmpty(model: Model, id: number): Model {
  const relation = model.relations.find((each) => each.id === id)
  if (!relation || relation.life === 'alive' || relation.units.length > 0) return model
  const scope = relationTag(relationKey(relation))
  const secrets = model.secrets.map((secret) => ({ ...secret, grants: secret.grants.filter((grant) => grant.scope !== scope) }))
  return { ...model, secrets, relations: model.relations.filter((each) => each.id !== id) }
}

/** The model after somebody removed a relation: its units are yet to leave. */
export function destroyRelation(model: Model, id: number): Model {
  return removeEmpty(
    withRelation(model, id, (relation) => ({ ...relation, life: 'dying' })),
    id,
  )
}

/** The model after somebody removed a unit: its agent is yet to tear it down. */
export function destroyUnit(model: Model, name: string): Model {
  return withUnit(model, name, (unit) => ({ ...unit, life: 'dying' }))
}

/** The model after somebody removed an application: its relations and units are yet to go. */
export function destroyApplication(model: Model, name: string): Model {
  const dying = withApplication(model, name, (application) => ({ ...application, life: 'dying' }))
  const isOwn = ({ application }: RelationEnd): boolean => application === name
  const relations = dying.relations.filter(({ ends }) => ends.some(isOwn)).map(({ id }) => id)
  const units = Object.values(dying.units).filter(({ application }) => application === name)
  const without = relations.reduce(destroyRelation, dying)
  return removeIfEmpty(
    units.reduce((each, unit) => destroyUnit(each, unit.name), without),
    name,
  )
}

/** The model without a unit whose agent has torn it down. Its leadership is free, its secrets are gone. */
export function removeUnit(model: Model, name: string): Model {
  const application = applicationOf(name)
  const left = model.relations.reduce((each, { id }) => leaveScope(each, id, name), model)
  const units = Object.fromEntries(Object.entries(left.units).filter(([unit]) => unit !== name))
  const secrets = left.secrets
    .filter(({ owner }) => owner.kind !== 'unit' || owner.name !== name)
    .map((secret) => ({
      ...secret,
      consumers: Object.fromEntries(Object.entries(secret.consumers).filter(([consumer]) => consumer !== name)),
    }))
  const freed = withApplication({ ...left, units, secrets }, application, (each) => ({
    ...each,
    leader: each.leader === name ? (nextLeader(units, application) ?? null) : each.leader,
  }))
  return removeIfEmpty(freed, application)
}

function nextLeader(units: Model['units'], application: string): string | undefined {
  return Object.values(units).find((unit) => unit.application === application && unit.life === 'alive')?.name
}

function removeIfEmpty(model: Model, name: string): Model {
  const application = model.applications[name]
  const inhabited = Object.values(model.units).some((unit) => unit.application === name)
  if (application?.life !== 'dying' || inhabited) return model
  const applications = Object.fromEntries(Object.entries(model.applications).filter(([each]) => each !== name))
  // Nobody is left to take a peer relation down.
  const relations = model.relations.filter(({ ends, units }) => units.length > 0 || ends.every((end) => end.application !== name))
  const secrets = model.secrets.filter(({ owner }) => owner.name !== name)
  return { ...model, applications, relations, secrets }
}

/** The model with another leader; null: nobody for now. */
export function setLeader(model: Model, name: string, leader: string | null): Model {
  return withApplication(model, name, (application) => ({ ...application, leader }))
}
