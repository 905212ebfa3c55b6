import {
  type AgentHook,
  type AgentOperation,
  type AgentRelation,
  type AgentState,
  type AgentView,
  newAgentState,
  type RelationView,
} from '../../../src/testing/index.ts'

export const self = 'feast/1'

/** An agent at rest: installed, started, all told. */
export const settled: AgentState = {
  ...newAgentState(1),
  task: null,
  installed: true,
  started: true,
  statusSet: true,
  config: 'c1',
  leaderSettings: 1,
}

export const quiet: AgentView = {
  modelType: 'caas',
  life: 'alive',
  applicationLife: 'alive',
  shutdown: false,
  leader: false,
  charm: 1,
  config: 'c1',
  leaderSettings: 1,
  updateStatus: 0,
  retry: false,
  relations: [],
  pebbles: {},
  workloadEvents: [],
  consumedSecrets: [],
  expiredSecrets: [],
  secretRotations: [],
  obsoleteSecrets: [],
  deletedSecrets: [],
  actions: [],
  storage: [],
}

export const relation = (id: number, given: Partial<RelationView> = {}): RelationView => ({
  id,
  life: 'alive',
  suspended: false,
  peer: false,
  remoteApplication: 'pg',
  members: {},
  applications: { pg: 0 },
  ...given,
})

export const known = (given: Partial<AgentRelation> = {}): AgentRelation => ({
  created: true,
  members: {},
  applications: { pg: 0 },
  changedPending: null,
  ...given,
})

export const run = (hook: AgentHook): AgentOperation => ({ kind: 'run-hook', hook })
export const plain = (kind: string): AgentOperation => run({ kind })
export const created = (id: number, remoteApplication = 'pg'): AgentOperation =>
  run({ kind: 'relation-created', relation: id, remoteApplication })
export const unitHook = (kind: string, id: number, remoteUnit: string, version: number): AgentHook => ({
  kind,
  relation: id,
  remoteUnit,
  remoteApplication: remoteUnit.split('/')[0] ?? '',
  version,
})
export const queued = (kind: string): Partial<AgentState> => ({ task: { step: 'queued', hook: { kind } } })
export const failed = (hook: AgentHook): Partial<AgentState> => ({ task: { step: 'failed', hook } })
export const secretHook = (kind: string, id: string, given: object = {}): AgentOperation =>
  run({ kind, secret: { uri: `secret:${id}`, ...given } })

/** What an agent has, beyond one at rest; what it sees, beyond quiet; what it does next. */
export type Case = readonly [what: string, state: Partial<AgentState>, view: Partial<AgentView>, next: AgentOperation | null]

/** Something of everything that comes late. */
export const everything: Partial<AgentView> = {
  charm: 2,
  config: 'c2',
  updateStatus: 1,
  relations: [relation(3, { members: { 'pg/0': 0 } })],
}
