import { newUnit, type Unit } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import type { WantedContainer } from '../pod/pods.ts'
import { type Charms, charmOf } from './application.ts'
import { newContainer } from './containers.ts'
import { leaveScope } from './integration.ts'
import { type ModelState, withUnitRecord } from './state.ts'
import { newUniter } from './uniter.ts'

/** The state with a unit more, and its name. An application without a leader gets it as one. */
export function addUnit(state: ModelState, charms: Charms, options: { readonly application: string; readonly since: string }): ModelState {
  const { application: name, since } = options
  const { metadata } = charmOf(state, charms, name)
  const application = state.model.applications[name]
  const record = state.applications[name]
  if (!application || !record) return state
  const unit = `${name}/${record.nextUnit}`
  const address = loopbackAddress(state.model.uuid, state.nextAddress)
  const bindings = ['', ...Object.keys({ ...metadata.requires, ...metadata.provides, ...metadata.peers })]
  const networks = Object.fromEntries(bindings.map((binding) => [binding, networkOf(address)]))
  const containers = Object.fromEntries(Object.keys(metadata.containers ?? {}).map((container) => [container, newContainer()]))
  const status = { status: 'waiting', message: 'installing agent' }
  return {
    ...state,
    model: {
      ...state.model,
      applications: { ...state.model.applications, [name]: { ...application, leader: application.leader ?? unit } },
      units: { ...state.model.units, [unit]: newUnit(unit, { status, networks }) },
    },
    applications: { ...state.applications, [name]: { ...record, nextUnit: record.nextUnit + 1 } },
    units: {
      ...state.units,
      [unit]: { life: 'alive', address, since, updateStatus: 0, uniter: newUniter(), containers },
    },
    nextAddress: state.nextAddress + 1,
  }
}

/**
 * The loopback address of a model's nth unit. Every model has a part of 127.0.0.0/8 of its own, by its UUID: several bundles run side by side.
 *
 * @example
 * loopbackAddress('5d8a2f4e-9b1c-4e57-8f36-2c7d90a1b3e4', 1)   // '127.125.138.1'
 */
function loopbackAddress(uuid: string, count: number): string {
  const [first = 0, second = 0] = Buffer.from(uuid.slice(0, 4), 'hex')
  return `127.${(first % 192) + 32}.${(second + (count >> 8)) & 255}.${count & 255}`
}

function networkOf(address: string): Unit['networks'][string] {
  return {
    interfaces: [{ macAddress: '', interfaceName: 'lo', addresses: [{ hostname: '', value: address, cidr: `${address}/32` }] }],
    egressSubnets: [`${address}/32`],
    ingressAddresses: [address],
  }
}

/** The record of a unit, or an error that names those there are. */
export function requireUnit(state: ModelState, unit: string): void {
  if (!state.units[unit]) throw bundleError('BUNDLE_UNIT_NOT_FOUND', [unit, Object.keys(state.units).join(', ')])
}

/** The state in which a unit goes: its departing hooks, `stop` and `remove` follow. */
export function endUnit(state: ModelState, unit: string): ModelState {
  requireUnit(state, unit)
  return withUnitRecord(state, unit, (record) => ({ ...record, life: 'dying' }))
}

/** The state without a unit that has run `remove`: out of every scope, its secrets gone, another one leading. */
export function buryUnit(before: ModelState, unit: string): ModelState {
  const inside = before.model.relations.filter(({ units }) => units.includes(unit)).map(({ id }) => id)
  const state = inside.reduce((each, id) => leaveScope(each, id, unit), before)
  const { [unit]: gone, ...units } = state.model.units
  const { [unit]: _, ...records } = state.units
  if (!gone) return state
  const secrets = state.model.secrets
    .filter(({ owner }) => owner.kind !== 'unit' || owner.name !== unit)
    .map(({ consumers: { [unit]: __, ...consumers }, ...secret }) => ({ ...secret, consumers }))
  const actions = state.actions.filter((action) => action.unit !== unit)
  const buried = { ...state, model: { ...state.model, units, secrets }, units: records, actions }
  return state.model.applications[gone.application]?.leader === unit ? elect(buried, gone.application) : buried
}

/** The state with the first living unit leading, or nobody. */
function elect(state: ModelState, name: string): ModelState {
  const next = unitsOf(state, name).find((unit) => state.units[unit]?.life === 'alive')
  return setLeader(state, name, next ?? null)
}

/** The state with another leader. */
export function setLeader(state: ModelState, name: string, leader: string | null): ModelState {
  const application = state.model.applications[name]
  if (!application) throw bundleError('BUNDLE_APPLICATION_NOT_FOUND', [name, Object.keys(state.applications).join(', ')])
  return { ...state, model: { ...state.model, applications: { ...state.model.applications, [name]: { ...application, leader } } } }
}

/** The units of an application, by number. */
export function unitsOf(state: ModelState, application: string): readonly string[] {
  const number = (unit: string): number => Number(unit.slice(unit.lastIndexOf('/') + 1))
  const own = Object.values(state.model.units).filter((unit) => unit.application === application)
  return own.map(({ name }) => name).sort((left, right) => number(left) - number(right))
}

/** The state after Kubernetes made a unit's pod anew: containers are empty, and what the agent and the charm kept in the pod is gone. */
export function losePod(state: ModelState, unit: string): ModelState {
  requireUnit(state, unit)
  return withUnitRecord(state, unit, (record) => ({
    ...record,
    containers: Object.fromEntries(Object.keys(record.containers).map((name) => [name, newContainer()])),
    uniter: { ...record.uniter, charmRevision: -1, started: false },
  }))
}

/** The state in which one container of a unit has started anew. */
export function restartContainer(state: ModelState, unit: string, container: string): ModelState {
  return withUnitRecord(state, unit, (record) => ({ ...record, containers: { ...record.containers, [container]: newContainer() } }))
}

/** The state in which every container has just started: nothing of its life before is in it. */
export function withFreshContainers(state: ModelState): ModelState {
  return Object.keys(state.units).reduce(
    (each, unit) =>
      withUnitRecord(each, unit, (record) => ({
        ...record,
        containers: Object.fromEntries(Object.keys(record.containers).map((name) => [name, newContainer()])),
      })),
    state,
  )
}

/** The containers that shall run. */
export function wantedContainers(state: ModelState): readonly WantedContainer[] {
  return Object.entries(state.units).flatMap(([unit, { address, containers }]) =>
    Object.entries(containers).map(([name, { bootId }]) => ({ unit, name, bootId, address })),
  )
}
