import { type Relation, relationSide, type Secret } from '@charmed-feast/charm/testing'

import { type ModelState, versionKey } from './state.ts'
import type { RelationView, SecretView, Snapshot } from './uniter.ts'

function viewRelation(state: ModelState, relation: Relation, unit: string, application: string): readonly RelationView[] {
  const side = relationSide(relation, application)
  if (!side) return []
  const { id, life, suspended, units } = relation
  const remote = side.remote.application
  const version = (owner: string): number => state.versions[versionKey(id, owner)] ?? 0
  const members = units.filter((each) => each !== unit && state.model.units[each]?.application === remote)
  return [
    {
      id,
      life,
      suspended,
      remoteApplication: remote,
      peer: side.own.role === 'peer',
      inScope: units.includes(unit),
      applicationVersion: version(remote),
      members: Object.fromEntries(members.map((each) => [each, version(each)])),
    },
  ]
}

const isOwn = ({ owner }: Secret, unit: string, application: string): boolean => owner.name === (owner.kind === 'unit' ? unit : application)

function newestOf({ revisions }: Secret): number {
  return Math.max(0, ...revisions.map(({ revision }) => revision))
}

/** Own revisions are those of the unit, and on the leader those of the application. */
function viewSecrets(
  state: ModelState,
  unit: string,
  options: { readonly application: string; readonly leader: boolean; readonly now: Date },
): Snapshot['secrets'] {
  const { application, leader, now } = options
  const { secrets } = state.model
  const consumed = secrets.flatMap((secret): SecretView[] => {
    const consumer = secret.consumers[unit]
    return consumer && !isOwn(secret, unit, application) ? [{ id: secret.id, label: consumer.label, revision: newestOf(secret) }] : []
  })
  const managed = secrets.filter((secret) => isOwn(secret, unit, application) && (secret.owner.kind === 'unit' || leader))
  const obsolete = managed.flatMap((secret): SecretView[] => {
    const read = new Set(Object.values(secret.consumers).map(({ revision }) => revision))
    const old = secret.revisions.filter(({ revision }) => revision !== newestOf(secret) && !read.has(revision))
    return old.map(({ revision }) => ({ id: secret.id, label: secret.label, revision }))
  })
  const late = managed.filter(({ expire }) => expire !== '' && Date.parse(expire) <= now.getTime())
  const expired = late.map((secret) => ({ id: secret.id, label: secret.label, revision: newestOf(secret) }))
  return { expired, consumed, obsolete }
}

/**
 * The world as a unit's agent sees it now; null when there is no such unit.
 *
 * @example
 * nextStep(viewWorld(state, 'feast-ui/0', new Date()), uniter)
 */
export function viewWorld(state: ModelState, unit: string, now: Date): Snapshot | null {
  const record = state.units[unit]
  const application = state.model.units[unit]?.application ?? ''
  const kept = state.applications[application]
  const juju = state.model.applications[application]
  if (!record || !kept || !juju) return null
  const leader = juju.leader === unit
  return {
    unit,
    life: record.life,
    charmRevision: kept.revision,
    configHash: JSON.stringify([Object.entries(juju.config).sort(), juju.trusted, record.address]),
    leader,
    leaderSettings: 0,
    relations: state.model.relations.flatMap((relation) => viewRelation(state, relation, unit, application)),
    containers: Object.fromEntries(Object.entries(record.containers).map(([name, { bootId }]) => [name, bootId])),
    secrets: viewSecrets(state, unit, { application, leader, now }),
    actions: state.actions.filter((action) => action.unit === unit).map(({ unit: _, ...action }) => action),
    storage: {},
    updateStatus: record.updateStatus,
  }
}
