import type { Bag } from '../model/model.ts'
import { relationKey } from '../model/relation.ts'
import { latestRevision, type Secret } from '../model/secret.ts'
import { addressKeys } from '../scenario/to-model.ts'
import type { Simulation } from './simulation.ts'

/** What a settled model is, whatever the way that led there: no ids, no revisions, no addresses. */
export interface SettledState {
  /** By application: its status and databags, whatever its units are. */
  readonly applications: Readonly<Record<string, unknown>>
  readonly units: Readonly<Record<string, unknown>>
  /** By Juju's name of the relation, then by unit or application. */
  readonly relations: Readonly<Record<string, Readonly<Record<string, Bag>>>>
  /** Owner, content, readers; sorted. */
  readonly secrets: readonly string[]
  readonly kubernetes: readonly unknown[]
}

/**
 * Describes a settled model for comparison: two orders of the same events must give the same. Ids of secrets in databags are replaced by
 * the secret's owner and content, so that ids may differ but what they lead to may not.
 *
 * @example
 * expect(settledState(one)).toEqual(settledState(other))
 */
export function settledState(simulation: Simulation): SettledState {
  const { model } = simulation
  const names = new Map(model.secrets.map((secret) => [secret.id, describeSecret(secret)]))
  const plain = (bag: Bag): Bag =>
    Object.fromEntries(
      Object.entries(bag)
        .filter(([key]) => !addressKeys.includes(key))
        .map(([key, value]) => [key, replaceIds(value, names)]),
    )
  const bags = (all: Readonly<Record<string, Bag>>): Record<string, Bag> =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([owner]) => model.units[owner] ?? model.applications[owner])
        .map(([owner, bag]) => [owner, plain(bag)] as const)
        .filter(([, bag]) => Object.keys(bag).length > 0),
    )
  const relations = model.relations.map((relation) => [relationKey(relation), bags({ ...relation.applicationData, ...relation.unitData })])
  return {
    applications: Object.fromEntries(Object.values(model.applications).map(({ name, status, leader }) => [name, { status, leader }])),
    units: Object.fromEntries(simulation.units.map((name) => [name, describeUnit(simulation, name)])),
    relations: Object.fromEntries(relations),
    secrets: [...names.values()].sort(),
    kubernetes: simulation.kubernetes?.objects() ?? [],
  }
}

function describeUnit(simulation: Simulation, name: string): unknown {
  const unit = simulation.model.units[name]
  const containers = [...simulation.pod(name).containers].map(([container, { pebble }]) => {
    const { plan, services, files } = pebble.state()
    return [container, { plan, services, files }]
  })
  return {
    status: unit?.status,
    ports: unit?.ports,
    workloadVersion: unit?.workloadVersion,
    failed: simulation.agent(name).task?.hook.kind ?? null,
    containers: Object.fromEntries(containers),
  }
}

function describeSecret(secret: Secret): string {
  const { content } = latestRevision(secret)
  const pairs = Object.entries(content).map(([key, value]) => `${key}=${Buffer.from(value, 'base64').toString()}`)
  const readers = secret.grants.map(({ target }) => target)
  return `${secret.owner.name} {${pairs.sort().join(', ')}} for ${readers.sort().join(', ')}`
}

function replaceIds(value: string, names: ReadonlyMap<string, string>): string {
  return value.replace(/secret:(?:\/\/[^/"]+\/)?([0-9a-v]{20})/g, (uri, id: string) => `secret:<${names.get(id) ?? `gone ${uri}`}>`)
}
