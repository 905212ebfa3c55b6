import type { FakeKubernetes, Hook, Model } from '@charmed-feast/charm/testing'

import type { ContainerRecord } from './containers.ts'
import type { Uniter } from './uniter.ts'

/** What the local model keeps of an application beside Juju's model. */
export interface ApplicationRecord {
  /** The charm's name. */
  readonly charm: string
  /** Counts refreshes. */
  readonly revision: number
  /** The number of the next unit; numbers are never used again. */
  readonly nextUnit: number
}

/** What the local model keeps of a unit beside Juju's model. */
export interface UnitRecord {
  readonly life: 'alive' | 'dying'
  /** The unit's own loopback address. */
  readonly address: string
  /** When the unit was made: RFC 3339. */
  readonly since: string
  /** Counts how often the timer of `update-status` fired. */
  readonly updateStatus: number
  readonly uniter: Uniter
  readonly containers: Readonly<Record<string, ContainerRecord>>
}

/** An action that was asked for and did not run yet. */
export interface PendingAction extends NonNullable<Hook['action']> {
  readonly unit: string
}

/** The whole state of a local model: plain data, never changed in place. */
export interface ModelState {
  readonly format: 1
  readonly model: Model
  readonly applications: Readonly<Record<string, ApplicationRecord>>
  readonly units: Readonly<Record<string, UnitRecord>>
  /** By relation and owner (`3 pg/0`, `3 pg`): counts the changes of their settings. */
  readonly versions: Readonly<Record<string, number>>
  readonly actions: readonly PendingAction[]
  /** What the charms made in the cluster. */
  readonly objects: ReturnType<FakeKubernetes['objects']>
  readonly nextRelation: number
  readonly nextAction: number
  readonly nextAddress: number
}

/**
 * The state of a model in which nothing is deployed.
 *
 * @example
 * newModelState({ name: 'kubeflow', uuid: randomUUID() })
 */
export function newModelState({ name, uuid }: Pick<Model, 'name' | 'uuid'>): ModelState {
  return {
    format: 1,
    model: { name, uuid, type: 'caas', cloud: null, applications: {}, units: {}, relations: [], secrets: [] },
    applications: {},
    units: {},
    versions: {},
    actions: [],
    objects: [],
    nextRelation: 1,
    nextAction: 1,
    nextAddress: 1,
  }
}

/** The state with one unit's record changed. */
export function withUnitRecord(state: ModelState, unit: string, change: (record: UnitRecord) => UnitRecord): ModelState {
  const record = state.units[unit]
  return record ? { ...state, units: { ...state.units, [unit]: change(record) } } : state
}

/** The state with Juju's model replaced, and the versions of the settings that differ counted up. */
export function withModel(state: ModelState, model: Model): ModelState {
  const before = new Map(state.model.relations.map((relation) => [relation.id, relation]))
  const changed = model.relations.flatMap((relation) => {
    const old = before.get(relation.id)
    const bags = { ...relation.applicationData, ...relation.unitData }
    const oldBags = { ...old?.applicationData, ...old?.unitData }
    return Object.keys(bags).flatMap((owner) => (isSameBag(bags[owner], oldBags[owner]) ? [] : [versionKey(relation.id, owner)]))
  })
  const versions = Object.fromEntries(changed.map((key) => [key, (state.versions[key] ?? 0) + 1]))
  return { ...state, model, versions: { ...state.versions, ...versions } }
}

/** The name under which a version is counted. */
export function versionKey(relation: number, owner: string): string {
  return `${relation} ${owner}`
}

function isSameBag(left: Readonly<Record<string, string>> = {}, right: Readonly<Record<string, string>> = {}): boolean {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}
