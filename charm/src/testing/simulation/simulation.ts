import { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts'
import { withUnit } from '../model/apply-change.ts'
import { enterScope, leaveScope, removeUnit } from '../model/lifecycle.ts'
import { applicationOf, type Model } from '../model/model.ts'
import { latestRevision, newSecretId } from '../model/secret.ts'
import type { ScenarioCharm } from '../scenario/run.ts'
import type { KubernetesState } from '../scenario/state.ts'
import type { ToolAnswer } from '../tool/run-tool.ts'
import { afterOperation } from '../unit-agent/after-operation.ts'
import { nextOperation } from '../unit-agent/next-operation.ts'
import type { AgentOperation } from '../unit-agent/operation.ts'
import { type AgentHook, type AgentState, newAgentState, restartAgent } from '../unit-agent/state.ts'
import type { AgentView } from '../unit-agent/view.ts'
import { Controller } from './controller.ts'
import { addressesOf, networksOf } from './network.ts'
import { type ContainerImage, type Pod, PodFactory } from './pod.ts'
import { newRandom, type Random } from './random.ts'
import { type HookRecord, runSimulatedHook } from './simulated-hook.ts'
import { type SimulatedUnit, viewOf } from './simulated-unit.ts'

/** Options of {@link Simulation}. */
export interface SimulationOptions {
  /** The same seed gives the same order of hooks and the same ids; 1 by default. */
  readonly seed?: number
  readonly modelName?: string
  readonly clock?: () => Date
  /** Absent: no charm talks to a cluster. */
  readonly kubernetes?: KubernetesState
}

/** How far {@link Simulation.settle} goes. */
export interface SettleOptions {
  /** Hooks; 5,000 by default. */
  readonly limit?: number
  /** How often failed hooks are tried again when there is nothing else; 10 times by default. */
  readonly retries?: number
}

const fixedTime = new Date('2026-01-01T00:00:00Z')

/**
 * A model on Kubernetes with applications, units and pods, in which charms run hook after hook in Juju's order, related to each other.
 * Nothing runs by itself: {@link Simulation.step} runs one hook of one unit, {@link Simulation.settle} all that there are. Which unit
 * comes next, and which of its relations, the seed decides.
 *
 * @example
 * const simulation = new Simulation({ seed: 7 })
 * simulation.controller.deploy('pg', postgresql)
 * simulation.controller.deploy('feast', integrator, { units: 2 })
 * simulation.controller.integrate('feast:registry', 'pg:database')
 * await simulation.settle()
 * simulation.model.units['feast/0']?.status   // { status: 'active', message: '' }
 */
export class Simulation {
  readonly random: Random
  readonly controller: Controller
  /** What ran, oldest first. */
  readonly records: HookRecord[] = []
  readonly kubernetes: FakeKubernetes | null
  /** Each number lets one hook to come fail at its tool call of that number, counted from 0. */
  readonly toolFailures: number[] = []
  readonly #clock: () => Date
  readonly #units = new Map<string, SimulatedUnit>()
  readonly #pods: PodFactory

  constructor(options: SimulationOptions = {}) {
    this.random = newRandom(options.seed ?? 1)
    this.#clock = options.clock ?? (() => fixedTime)
    this.#pods = new PodFactory(this.random, this.#clock)
    this.kubernetes = options.kubernetes ? new FakeKubernetes(options.kubernetes) : null
    this.controller = new Controller(options.modelName ?? 'kubeflow')
  }

  get model(): Model {
    return this.controller.model
  }

  /** Names of the units that are there. */
  get units(): readonly string[] {
    return Object.keys(this.model.units)
  }

  agent(unit: string): AgentState {
    return this.#unit(unit).agent
  }

  pod(unit: string): Pod {
    return this.#unit(unit).pod
  }

  /** Gives the unit a new pod: at once, or, when graceful, after the charm's `stop`. */
  losePod(unit: string, { graceful = false }: { readonly graceful?: boolean } = {}): void {
    if (graceful) this.#unit(unit).shutdown = true
    else this.#replacePod(this.#unit(unit))
  }

  /** Another revision of an application's charm. On Kubernetes each unit gets a new pod with it. */
  refresh(application: string, charm: ScenarioCharm, images?: Readonly<Record<string, ContainerImage>>): void {
    this.controller.refresh(application, charm, images)
    for (const name of this.units.filter((unit) => applicationOf(unit) === application)) this.losePod(name, { graceful: true })
  }

  /** A container's process ends, and Kubernetes starts it anew from its image. */
  restartContainer(unit: string, container: string): void {
    const found = this.#unit(unit)
    found.pod = this.#pods.restart(found.pod, container, this.controller.deployment(applicationOf(unit)).images[container])
  }

  /** Lets the timer of `update-status` fire. */
  updateStatus(unit: string): void {
    this.#unit(unit).updateStatus += 1
  }

  /** Queues an action, or a notice or check of a container. */
  queue(unit: string, hook: AgentHook): void {
    const { actions, workloadEvents } = this.#unit(unit)
    if (hook.action) actions.push(hook)
    else workloadEvents.push(hook)
  }

  /** Units that have something to do. */
  busy(): string[] {
    return this.units.filter((name) => {
      const unit = this.#unit(name)
      return nextOperation(unit.agent, this.#view(unit), name) !== null
    })
  }

  /** Runs the next hook or action of a unit; null when it has none. */
  async step(name: string): Promise<HookRecord | null> {
    while (this.model.units[name]) {
      const unit = this.#unit(name)
      const view = this.#view(unit)
      const operation = nextOperation(unit.agent, view, name)
      if (!operation) return null
      if (this.#startsCharm(unit, operation)) return this.#run(unit, operation, view)
      this.#enact(unit, operation)
      unit.agent = afterOperation(unit.agent, operation, view)
    }
    return null
  }

  /**
   * Runs hooks until nobody has anything to do.
   *
   * @throws when the limit of hooks is reached.
   */
  async settle({ limit = 5000, retries = 10 }: SettleOptions = {}): Promise<void> {
    let left = retries
    for (let hooks = 0; hooks < limit; ) {
      const next = this.random.pick(this.busy())
      if (next !== undefined) hooks += (await this.step(next)) ? 1 : 0
      else if (left === 0 || !this.retry()) return
      else left -= 1
    }
    throw new Error(`cannot settle: ${limit} hooks ran, and there are more`)
  }

  /** Lets the timers of failed hooks fire; false when nothing has failed. */
  retry(): boolean {
    const failed = [...this.#units.values()].filter(({ agent, unpolled }) => agent.task?.step === 'failed' || unpolled.size > 0)
    for (const unit of failed) {
      unit.retry = true
      unit.unpolled.clear()
    }
    return failed.length > 0
  }

  #unit(name: string): SimulatedUnit {
    const known = this.#units.get(name)
    if (known) return known
    if (!this.model.units[name]) throw new Error(`cannot find unit "${name}": it is not in the model`)
    const unit: SimulatedUnit = {
      name,
      agent: newAgentState(this.controller.deployment(applicationOf(name)).charms.length),
      pod: this.#newPod(name),
      shutdown: false,
      retry: false,
      unpolled: new Set(),
      updateStatus: 0,
      actions: [],
      workloadEvents: [],
    }
    this.#units.set(name, unit)
    return unit
  }

  #newPod(name: string): Pod {
    const { charms, images, service } = this.controller.deployment(applicationOf(name))
    const { metadata } = charms.at(-1) ?? charms[0]
    const pod = this.#pods.make(Object.keys(metadata.containers ?? {}), images)
    const networks = networksOf(metadata, pod.address, service)
    this.controller.model = withUnit(this.model, name, (unit) => ({ ...unit, networks }))
    return pod
  }

  #replacePod(unit: SimulatedUnit): void {
    const latest = this.model.secrets.map((secret) => [secret.id, latestRevision(secret).revision] as const)
    unit.pod = this.#newPod(unit.name)
    unit.shutdown = false
    unit.unpolled.clear()
    unit.agent = restartAgent(unit.agent, { charmPresent: false, latestSecrets: Object.fromEntries(latest) })
  }

  #view(unit: SimulatedUnit): AgentView {
    const { model, versions } = this.controller
    const charm = this.controller.deployment(applicationOf(unit.name)).charms.length
    return viewOf(unit, { model, versions, charm, order: this.random.shuffle })
  }

  /** Juju passes over a hook for the leader when the unit leads no more. */
  #startsCharm(unit: SimulatedUnit, operation: AgentOperation): operation is Extract<AgentOperation, { kind: 'run-hook' | 'run-action' }> {
    if (operation.kind === 'run-action') return true
    const leads = this.model.applications[applicationOf(unit.name)]?.leader === unit.name
    return operation.kind === 'run-hook' && (operation.hook.kind !== 'leader-elected' || leads)
  }

  #enact(unit: SimulatedUnit, operation: AgentOperation): void {
    const own = this.model.units[unit.name]
    if (operation.kind === 'enter-scopes' && own) {
      const addresses = addressesOf(own)
      this.controller.model = operation.relations.reduce((model, id) => enterScope(model, id, unit.name, addresses), this.model)
    }
    if (operation.kind === 'shut-down') this.#replacePod(unit)
    if (operation.kind === 'terminate') {
      this.#units.delete(unit.name)
      this.controller.model = removeUnit(this.model, unit.name)
    }
  }

  async #run(
    unit: SimulatedUnit,
    operation: Extract<AgentOperation, { kind: 'run-hook' | 'run-action' }>,
    view: AgentView,
  ): Promise<HookRecord> {
    const { hook } = operation
    const failAt = this.toolFailures.shift()
    const failure: ToolAnswer = { exit: 1, stdout: '', stderr: 'ERROR connection is shut down\n', stdinRead: false }
    const { charms } = this.controller.deployment(applicationOf(unit.name))
    const record = await runSimulatedHook(unit, hook, {
      holder: this.controller,
      charm: charms[unit.agent.charm - 1] ?? charms[0],
      kubernetes: this.kubernetes,
      clock: this.#clock,
      newSecretId: () => newSecretId(Uint8Array.from({ length: 12 }, () => this.random.below(256))),
      intercept: (_, index) => (index === failAt ? failure : undefined),
    })
    this.records.push(record)
    this.#settleEvent(unit, hook, record)
    const result = { failed: record.failure !== null, statusSet: record.unitStatusHistory.length > 0 }
    unit.agent = afterOperation(unit.agent, operation, view, result)
    return record
  }

  #settleEvent(unit: SimulatedUnit, hook: AgentHook, { failure }: HookRecord): void {
    unit.retry = false
    if (hook.action) unit.actions.shift()
    else if (failure !== null) {
      if (hook.kind === 'pebble-ready') unit.unpolled.add(hook.workload ?? '')
    } else {
      if (hook === unit.workloadEvents[0]) unit.workloadEvents.shift()
      if (hook.kind === 'relation-broken') this.controller.model = leaveScope(this.model, hook.relation ?? -1, unit.name)
    }
  }
}
