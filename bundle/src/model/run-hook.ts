import {
  type ActionResult,
  applyCommit,
  endHook,
  type Hook,
  HookContext,
  hookName,
  type KubernetesHandler,
  type LogLine,
  type ModelHolder,
  runTool,
  type ScenarioCharm,
} from '@charmed-feast/charm/testing'

import type { Containers } from './containers.ts'
import { planGoal } from './goal.ts'
import { type ModelState, withModel, withUnitRecord } from './state.ts'

/** Where the state of a model is: a hook changes it while it runs, and whoever manages the model may too. */
export interface StateHolder {
  state: ModelState
}

/** What a hook needs. */
export interface HookRun {
  readonly holder: StateHolder
  readonly unit: string
  readonly hook: Hook
  readonly charm: ScenarioCharm
  /** The Pebbles in this process; null where containers have sockets. */
  readonly containers: Containers | null
  readonly kubernetes: KubernetesHandler
  readonly clock: () => Date
}

/** How a hook went. */
export interface HookRecord {
  readonly unit: string
  /** As Juju calls it: `registry-relation-changed`. */
  readonly name: string
  readonly hook: Hook
  /** Why it failed; null when it did not. */
  readonly failure: string | null
  readonly action: ActionResult | null
  readonly log: readonly LogLine[]
  /** Names of the hook tools that were called, `juju-log` left out. */
  readonly tools: readonly string[]
  /** Whether anything of Juju's model is another than before. */
  readonly changed: boolean
}

/** Juju's model inside the state: what hook tools change counts up the versions of the settings. */
function modelOf(holder: StateHolder): ModelHolder {
  return {
    get model() {
      return holder.state.model
    },
    set model(model) {
      holder.state = withModel(holder.state, model)
    },
  }
}

/** The relations that the unit's agent has heard of, each with the units that joined; others do not exist for hook tools yet. */
function knownRelations({ holder: { state }, unit, hook }: HookRun): ReadonlyMap<number, readonly string[]> {
  const known = state.model.relations.filter(({ id, units }) => units.includes(unit) || id === hook.relation)
  return new Map(known.map(({ id }) => [id, Object.keys(state.units[unit]?.uniter.relations[id]?.members ?? {})]))
}

/** Runs a charm for one hook of a unit, and applies what it asks for at its end. */
export async function runHook(run: HookRun): Promise<HookRecord> {
  const { holder, unit, hook, charm } = run
  holder.state = planGoal(holder.state, unit)
  const before = holder.state.model
  const juju = modelOf(holder)
  const context = new HookContext({ holder: juju, unit, hook, clock: run.clock, relations: knownRelations(run) })
  const tools: string[] = []
  const { containers } = run
  const records = containers === null ? [] : Object.entries(holder.state.units[unit]?.containers ?? {})
  const pebbles = new Map(records.flatMap(([name, record]) => (containers ? [[name, containers.open(unit, name, record)]] : [])))
  const exit = await charm.run({
    context,
    runTool: (input) => {
      if (input.tool !== 'juju-log') tools.push(input.tool)
      return runTool(context, input)
    },
    pebbles,
    kubernetes: run.kubernetes,
    trace: [],
  })
  const ended = endHook(context, exit.exit, (commit) => {
    const { model, refusal } = applyCommit(juju.model, commit)
    juju.model = model
    return refusal
  })
  for (const [name, pebble] of pebbles) {
    if (containers) keepContainer(run, name, containers.record(pebble, bootIdOf(holder.state, unit, name)))
  }
  const endpoint = context.hookRelation?.side.own.endpoint
  const failure = ended.failure === null ? null : [ended.failure, exit.stderr.trim()].filter((text) => text !== '').join(': ')
  const changed = JSON.stringify(before) !== JSON.stringify(holder.state.model)
  return { unit, hook, name: hookName(hook, endpoint), failure, action: ended.action, log: context.log, tools, changed }
}

function bootIdOf(state: ModelState, unit: string, container: string): string {
  return state.units[unit]?.containers[container]?.bootId ?? ''
}

function keepContainer({ holder, unit }: HookRun, name: string, kept: ReturnType<Containers['record']>): void {
  holder.state = withUnitRecord(holder.state, unit, (record) => ({ ...record, containers: { ...record.containers, [name]: kept } }))
}
