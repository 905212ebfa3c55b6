import type { KubernetesObject } from '../../kubernetes/object.ts'
import type { CharmMetadata } from '../../metadata.ts'
import { HookContext } from '../context/context.ts'
import { endHook } from '../context/end.ts'
import { FakeKubernetes, type KubernetesWrite } from '../kubernetes/fake-kubernetes.ts'
import type { KubernetesHandler } from '../kubernetes/server.ts'
import type { ActionResult, Change, LogLine } from '../model/change.ts'
import { applyCommit } from '../model/commit.ts'
import type { ModelHolder } from '../model/model.ts'
import type { Operation } from '../pebble/daemon.ts'
import { FakePebble, type FakePebbleState } from '../pebble/fake-pebble.ts'
import { runTool, type ToolAnswer, type ToolInput } from '../tool/run-tool.ts'
import { checkState } from './check.ts'
import { stateAfter } from './from-model.ts'
import type { ContainerState, ScenarioEvent, State, StatusState } from './state.ts'
import { hookOfEvent, modelOfState } from './to-model.ts'
import type { TraceEntry } from './trace.ts'

/** The world in which a charm runs for one hook. */
export interface HookWorld {
  readonly context: HookContext
  /** Runs a hook tool and puts it on the trace. */
  readonly runTool: (input: ToolInput) => ToolAnswer
  /** Containers that can be reached. */
  readonly pebbles: ReadonlyMap<string, FakePebble>
  readonly kubernetes: KubernetesHandler | null
  readonly trace: TraceEntry[]
}

/** How a charm's process ended. */
export interface CharmExit {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a charm for one hook: in this process, or as a real `dispatch`. */
export type CharmRunner = (world: HookWorld) => Promise<CharmExit>

/** A charm to put into scenarios. */
export interface ScenarioCharm {
  readonly metadata: CharmMetadata
  readonly run: CharmRunner
  /** Names of its actions. */
  readonly actions?: readonly string[]
}

/** Options of {@link runScenario}. */
export interface ScenarioOptions {
  /** The time; a fixed one by default, so that runs are equal. */
  readonly clock?: () => Date
  /** Lets a tool call answer otherwise: what it gives is answered instead. For charms that must survive failing tools. */
  readonly intercept?: (input: ToolInput, index: number) => ToolAnswer | undefined
}

/** What was done to a container. */
export interface ContainerOutcome extends FakePebbleState {
  readonly operations: readonly Operation[]
}

/** What a hook left behind. */
export interface Outcome extends CharmExit {
  /** Why the unit is in error: the exit, or what Juju refused at the hook's end. Null when all went well. */
  readonly failure: string | null
  readonly state: State
  /** Every status that the unit set, oldest first. */
  readonly unitStatusHistory: readonly StatusState[]
  readonly appStatusHistory: readonly StatusState[]
  /** Changes that would stay even if the hook had failed. */
  readonly immediate: readonly Change[]
  readonly action: (ActionResult & { readonly log: readonly string[] }) | null
  readonly log: readonly LogLine[]
  readonly trace: readonly TraceEntry[]
  /** Containers that could be reached, by name. */
  readonly containers: Readonly<Record<string, ContainerOutcome>>
  readonly kubernetes: KubernetesOutcome | null
}

/** What was done to the cluster. */
export interface KubernetesOutcome {
  readonly changed: readonly KubernetesObject[]
  readonly deleted: readonly KubernetesObject[]
  readonly writes: readonly KubernetesWrite[]
}

const fixedTime = new Date('2026-01-01T00:00:00Z')

/**
 * State in, state out: runs a charm for one hook in a world that behaves as Juju 3.6, and gives what it left. What a failed hook wrote
 * is gone, as Juju drops it; statuses, files and cluster objects stay.
 *
 * @throws when the state cannot be (a relation of an unknown endpoint, a secret event without its secret…).
 *
 * @example
 * const { state, failure } = await runScenario(charm, newState({ app: 'feast-ui' }), { name: 'install' })
 */
export async function runScenario(
  charm: ScenarioCharm,
  state: State,
  event: ScenarioEvent,
  options: ScenarioOptions = {},
): Promise<Outcome> {
  const problems = checkState(state, event, charm)
  if (problems.length > 0) throw new Error(`cannot run "${event.name}": ${problems.join('; ')}`)
  const clock = options.clock ?? (() => fixedTime)
  const holder: ModelHolder = { model: modelOfState(state, event, charm.metadata) }
  const context = new HookContext({ holder, unit: `${state.app}/${state.unit}`, hook: hookOfEvent(state, event), clock })
  const trace: TraceEntry[] = []
  const pebbles = new Map(state.containers.filter(({ canConnect }) => canConnect).map((each) => [each.name, newPebble(each, clock)]))
  const kubernetes = state.kubernetes ? new FakeKubernetes(state.kubernetes) : null
  const world: HookWorld = { context, pebbles, kubernetes, trace, runTool: tracedTools(context, trace, options.intercept) }
  const exit = await charm.run(world)
  const ended = endHook(context, exit.exit, (commit) => {
    const { model, refusal } = applyCommit(holder.model, commit)
    holder.model = model
    return refusal
  })
  return {
    ...exit,
    ...describe(world, kubernetes, stateAfter(state, { model: holder.model, pebbles, kubernetes })),
    failure: ended.failure,
    action: actionOf(context, ended.action),
  }
}

function newPebble({ layers, serviceStatuses, files, checks, replanError, bootId }: ContainerState, clock: () => Date): FakePebble {
  const optional = {
    ...(checks ? { checks } : {}),
    ...(replanError === undefined ? {} : { replanError }),
    ...(bootId === undefined ? {} : { bootId }),
  }
  return new FakePebble({ layers, serviceStatuses, files, clock, ...optional })
}

/** Runs hook tools and writes down each call. */
export function tracedTools(context: HookContext, trace: TraceEntry[], intercept: ScenarioOptions['intercept']): HookWorld['runTool'] {
  let calls = 0
  return (input) => {
    const { tool, args } = input
    let stdin: string | null = null
    const read = (): string => {
      stdin = typeof input.stdin === 'function' ? input.stdin() : (input.stdin ?? '')
      return stdin
    }
    const answer = intercept?.(input, calls) ?? runTool(context, { ...input, stdin: read })
    calls += 1
    trace.push({ kind: 'tool', tool, args, stdin, exit: answer.exit, stdout: answer.stdout, stderr: answer.stderr })
    return answer
  }
}

type Described = Omit<Outcome, keyof CharmExit | 'failure' | 'action'>

function describe({ context, trace, pebbles }: HookWorld, kubernetes: FakeKubernetes | null, state: State): Described {
  const history = (kind: 'unit-status' | 'application-status'): StatusState[] =>
    context.changes.flatMap((change) => (change.kind === kind ? [{ name: change.status, message: change.message }] : []))
  const containers = [...pebbles].map(([name, pebble]) => [name, { ...pebble.state(), operations: pebble.operations }] as const)
  return {
    state,
    unitStatusHistory: history('unit-status'),
    appStatusHistory: history('application-status'),
    immediate: context.changes,
    log: context.log,
    trace,
    containers: Object.fromEntries(containers),
    kubernetes: kubernetes && { changed: kubernetes.changed(), deleted: kubernetes.deleted(), writes: kubernetes.writes },
  }
}

function actionOf(context: HookContext, action: ActionResult | null): Outcome['action'] {
  const log = context.changes.flatMap((change) => (change.kind === 'action-message' ? [change.message] : []))
  return action && { ...action, log }
}
