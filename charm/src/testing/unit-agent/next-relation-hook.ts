import { applicationOf } from '../model/model.ts'
import type { AgentHook, AgentRelation, AgentState } from './state.ts'
import type { AgentView, RelationView } from './view.ts'

/** The next hook of any relation but `relation-created`, or null. */
export function nextRelationHook(state: AgentState, view: AgentView, unit: string): AgentHook | null {
  for (const relation of view.relations) {
    const known = state.relations[relation.id]
    const hook = known ? nextHookOf(known, relation, { view, unit }) : null
    if (hook) return hook
  }
  return null
}

interface Place {
  readonly view: AgentView
  readonly unit: string
}

function nextHookOf(known: AgentRelation, relation: RelationView, { view, unit }: Place): AgentHook | null {
  const ending = view.life !== 'alive' || relation.life === 'dying' || relation.suspended
  const members = ending ? {} : relation.members
  const hook = (kind: string, name: string, version: number): AgentHook => ({
    kind,
    relation: relation.id,
    remoteUnit: name,
    remoteApplication: applicationOf(name),
    version,
  })
  if (known.changedPending !== null) {
    return hook('relation-changed', known.changedPending, members[known.changedPending] ?? 0)
  }
  const gone = Object.keys(known.members)
    .sort()
    .find((name) => members[name] === undefined)
  if (gone !== undefined) {
    const selfLeaves = view.life !== 'alive' || view.applicationLife !== 'alive'
    return { ...hook('relation-departed', gone, known.members[gone] ?? 0), departingUnit: selfLeaves ? unit : gone }
  }
  if (ending && !relation.peer) return { kind: 'relation-broken', relation: relation.id, remoteApplication: relation.remoteApplication }
  return nextChange(known, relation, ending ? {} : relation.applications, members, hook)
}

function nextChange(
  known: AgentRelation,
  { id }: RelationView,
  applications: RelationView['applications'],
  members: RelationView['members'],
  hook: (kind: string, name: string, version: number) => AgentHook,
): AgentHook | null {
  const application = Object.keys(applications)
    .sort()
    .find((name) => applications[name] !== (known.applications[name] ?? 0))
  if (application !== undefined) {
    return { kind: 'relation-changed', relation: id, remoteApplication: application, version: applications[application] ?? 0 }
  }
  const names = Object.keys(members).sort()
  const joined = names.find((name) => known.members[name] === undefined)
  if (joined !== undefined) return hook('relation-joined', joined, members[joined] ?? 0)
  const changed = names.find((name) => known.members[name] !== members[name])
  return changed === undefined ? null : hook('relation-changed', changed, members[changed] ?? 0)
}
