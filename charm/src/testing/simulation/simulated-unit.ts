import { type DatabagVersions, databagVersion } from '../model/databag-version.ts'
import { applicationOf, type Model } from '../model/model.ts'
import { type Relation, relationSide } from '../model/relation.ts'
import { latestRevision, type Secret } from '../model/secret.ts'
import { isOwner } from '../model/secret-read.ts'
import type { AgentHook, AgentState } from '../unit-agent/state.ts'
import type { AgentView, RelationView } from '../unit-agent/view.ts'
import type { Pod } from './pod.ts'

/** A unit in a simulation: its agent, its pod, and what waits for it. */
export interface SimulatedUnit {
  readonly name: string
  agent: AgentState
  pod: Pod
  /** The pod is being ended in good order. */
  shutdown: boolean
  /** The timer of its failed hook has fired. */
  retry: boolean
  /** Containers whose `pebble-ready` failed: until the next poll nobody looks at them. */
  readonly unpolled: Set<string>
  updateStatus: number
  readonly actions: AgentHook[]
  readonly workloadEvents: AgentHook[]
}

/** What a unit's view is taken from. */
export interface Viewpoint {
  readonly model: Model
  readonly versions: DatabagVersions
  /** Revision of the application's charm. */
  readonly charm: number
  /** Juju looks at relations in no order: this one is taken. */
  readonly order: (relations: readonly Relation[]) => readonly Relation[]
}

/** What the controller and the pod show to a unit's agent now. */
export function viewOf(unit: SimulatedUnit, { model, versions, charm, order }: Viewpoint): AgentView {
  const { name, agent, pod } = unit
  const own = model.units[name]
  const application = model.applications[applicationOf(name)]
  const running = [...pod.containers].filter(([container]) => !unit.unpolled.has(container))
  const consumed = model.secrets.filter((secret) => secret.consumers[name] && latestRevision(secret).revision > 1)
  const remembered = Object.keys({ ...agent.consumedSecrets, ...agent.obsoleteSecrets })
  return {
    modelType: model.type,
    life: own?.life ?? 'dead',
    applicationLife: application?.life ?? 'dying',
    shutdown: unit.shutdown,
    leader: application?.leader === name,
    charm,
    config: JSON.stringify([application?.config, application?.trusted, own?.networks]),
    leaderSettings: 1,
    updateStatus: unit.updateStatus,
    retry: unit.retry,
    relations: order(model.relations).flatMap((relation) => relationView(relation, name, versions) ?? []),
    pebbles: Object.fromEntries(running.map(([container, { bootId }]) => [container, bootId])),
    workloadEvents: unit.workloadEvents,
    consumedSecrets: consumed.map((secret) => ({
      id: secret.id,
      latest: latestRevision(secret).revision,
      label: secret.consumers[name]?.label ?? '',
    })),
    expiredSecrets: [],
    secretRotations: [],
    obsoleteSecrets: model.secrets.filter((secret) => manages(model, secret, name)).flatMap(obsoleteRevisions),
    deletedSecrets: remembered.filter((id) => !model.secrets.some((secret) => secret.id === id)),
    actions: unit.actions,
    storage: [],
  }
}

function relationView(relation: Relation, unit: string, versions: DatabagVersions): RelationView | null {
  const side = relationSide(relation, applicationOf(unit))
  if (!side) return null
  const { remote, own } = side
  const members = relation.units.filter((name) => name !== unit && applicationOf(name) === remote.application)
  return {
    id: relation.id,
    life: relation.life,
    suspended: relation.suspended,
    peer: own.role === 'peer',
    remoteApplication: remote.application,
    members: Object.fromEntries(members.map((name) => [name, databagVersion(versions, relation.id, name)])),
    applications: { [remote.application]: databagVersion(versions, relation.id, remote.application) },
  }
}

function manages(model: Model, secret: Secret, unit: string): boolean {
  return isOwner(secret, unit) && (secret.owner.kind === 'unit' || model.applications[secret.owner.name]?.leader === unit)
}

function obsoleteRevisions(secret: Secret): { readonly id: string; readonly revision: number }[] {
  const tracked = new Set(Object.values(secret.consumers).map(({ revision }) => revision))
  const latest = latestRevision(secret).revision
  return secret.revisions.flatMap(({ revision }) => (revision === latest || tracked.has(revision) ? [] : [{ id: secret.id, revision }]))
}
