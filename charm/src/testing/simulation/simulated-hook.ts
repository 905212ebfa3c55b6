import { HookContext } from '../context/context.ts'
import { endHook } from '../context/end.ts'
import type { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts'
import { withUnit } from '../model/apply-change.ts'
import type { ActionResult, LogLine } from '../model/change.ts'
import { applyCommit } from '../model/commit.ts'
import { applicationOf, type ModelHolder } from '../model/model.ts'
import { type CharmExit, type ScenarioCharm, tracedTools } from '../scenario/run.ts'
import type { StatusState } from '../scenario/state.ts'
import type { TraceEntry } from '../scenario/trace.ts'
import type { ToolAnswer, ToolInput } from '../tool/run-tool.ts'
import type { AgentHook } from '../unit-agent/state.ts'
import { goalStateOf, refreshAddresses } from './network.ts'
import type { SimulatedUnit } from './simulated-unit.ts'

/** A hook or action that ran in a simulation. */
export interface HookRecord extends CharmExit {
  readonly unit: string
  /** As Juju names it: `db-relation-changed`. */
  readonly name: string
  readonly hook: AgentHook
  readonly failure: string | null
  readonly trace: readonly TraceEntry[]
  readonly log: readonly LogLine[]
  readonly unitStatusHistory: readonly StatusState[]
  readonly appStatusHistory: readonly StatusState[]
  readonly action: ActionResult | null
}

/** What a hook runs in. */
export interface HookPlaceInModel {
  readonly holder: ModelHolder
  readonly charm: ScenarioCharm
  readonly kubernetes: FakeKubernetes | null
  readonly clock: () => Date
  readonly newSecretId: () => string
  readonly intercept: (input: ToolInput, index: number) => ToolAnswer | undefined
}

/** Runs a charm for one hook of a unit, with the statuses that Juju itself sets around it. */
export async function runSimulatedHook(unit: SimulatedUnit, hook: AgentHook, place: HookPlaceInModel): Promise<HookRecord> {
  const { holder, clock, charm } = place
  const joined = Object.entries(unit.agent.relations).map(([id, { members }]) => [Number(id), Object.keys(members)] as const)
  setStatus(unit, holder, statusBefore(unit, hook))
  const goalState = goalStateOf(holder.model, applicationOf(unit.name), clock().toISOString())
  holder.model = withUnit(holder.model, unit.name, (own) => ({ ...own, goalState }))
  const relations = new Map(joined)
  const context = new HookContext({ holder, unit: unit.name, hook, relations, clock, newSecretId: place.newSecretId })
  const trace: TraceEntry[] = []
  const pebbles = new Map([...unit.pod.containers].map(([name, { pebble }]) => [name, pebble]))
  const runTool = tracedTools(context, trace, place.intercept)
  const exit = await charm.run({ context, pebbles, kubernetes: place.kubernetes, trace, runTool })
  const ended = endHook(context, exit.exit, (commit) => {
    const { model, refusal } = applyCommit(holder.model, commit)
    holder.model = refusal === null && commit.networkInfo ? refreshAddresses(model, unit.name) : model
    return refusal
  })
  const history = (kind: 'unit-status' | 'application-status'): StatusState[] =>
    context.changes.flatMap((change) => (change.kind === kind ? [{ name: change.status, message: change.message }] : []))
  const unitStatusHistory = history('unit-status')
  const statusSet = unit.agent.statusSet || unitStatusHistory.length > 0
  if (ended.failure === null) setStatus(unit, holder, statusAfter(hook, statusSet))
  return {
    ...exit,
    unit: unit.name,
    name: context.hookName,
    hook,
    failure: ended.failure,
    trace,
    log: context.log,
    unitStatusHistory,
    appStatusHistory: history('application-status'),
    action: ended.action,
  }
}

function setStatus(unit: SimulatedUnit, holder: ModelHolder, status: StatusState | null): void {
  if (status) {
    holder.model = withUnit(holder.model, unit.name, (own) => ({ ...own, status: { status: status.name, message: status.message } }))
  }
}

function statusBefore({ agent }: SimulatedUnit, { kind }: AgentHook): StatusState | null {
  if (kind === 'install' && !agent.statusSet) return { name: 'maintenance', message: 'installing charm software' }
  if (kind === 'stop') return { name: 'maintenance', message: 'stopping charm software' }
  return kind === 'remove' ? { name: 'maintenance', message: 'cleaning up prior to charm deletion' } : null
}

function statusAfter({ kind }: AgentHook, statusSet: boolean): StatusState | null {
  if (kind === 'start' && !statusSet) return { name: 'unknown', message: '' }
  if (kind === 'stop') return { name: 'maintenance', message: '' }
  return kind === 'remove' ? { name: 'terminated', message: '' } : null
}
