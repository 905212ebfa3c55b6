import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

import { type ActionResult, FakeKubernetes, type Hook, type Model } from '@charmed-feast/charm/testing'

import { bundleError } from '../errors.ts'
import { addApplication, charmOf, configure, type Deployment, type Options, parseOptions, refresh } from './application.ts'
import { jujuObjects } from './cluster.ts'
import { commitStep, failStep } from './commit-step.ts'
import { Containers } from './containers.ts'
import { endRelation, enterScope, integrate, leaveScope } from './integration.ts'
import type { LocalModelOptions } from './options.ts'
import { nextStep } from './resolver.ts'
import { type HookRecord, runHook, type StateHolder } from './run-hook.ts'
import { viewWorld } from './snapshot.ts'
import { type ModelState, newModelState, withUnitRecord } from './state.ts'
import { readState, writeState } from './state-file.ts'
import { Turns } from './turns.ts'
import {
  addUnit,
  buryUnit,
  endUnit,
  losePod,
  requireUnit,
  restartContainer,
  setLeader,
  unitsOf,
  wantedContainers,
  withFreshContainers,
} from './unit.ts'
import type { Snapshot, Step, Uniter } from './uniter.ts'

type Deploy = Deployment & { readonly units?: number }

/** So many steps on end nothing in this house needs. */
const restless = 10_000

/**
 * A Juju model on this machine: applications, units, relations, secrets and leaders as Juju keeps them; hooks in the order of Juju's agents
 * ({@link nextStep}); charms run as they are. The whole state is written after every hook.
 */
export class LocalModel {
  readonly #options: LocalModelOptions
  readonly #clock: () => Date
  readonly #containers = new Containers()
  readonly #kubernetes: FakeKubernetes
  readonly #holder: StateHolder
  readonly #results = new Map<string, ActionResult>()
  readonly #turns = new Turns()
  /** Applications for which it is not certain that the cluster has Juju's objects. */
  readonly #unseen: Set<string>
  #settling: Promise<unknown> = Promise.resolve()

  constructor(options: LocalModelOptions, state: ModelState) {
    this.#options = options
    this.#clock = options.clock ?? (() => new Date())
    this.#holder = { state: options.pods ? withFreshContainers(state) : state }
    this.#kubernetes = new FakeKubernetes({ objects: state.objects, errors: [] })
    this.#unseen = new Set(Object.keys(state.applications))
  }

  /** Juju's model as it is now. */
  get model(): Model {
    return this.#holder.state.model
  }

  /** The whole state as it is now. */
  get state(): ModelState {
    return this.#holder.state
  }

  /** Deploys an application, with one unit unless said otherwise. */
  deploy({ units = 1, ...deployment }: Deploy): void {
    this.#change((state) => addApplication(state, this.#options.charms, deployment))
    this.#unseen.add(deployment.application)
    for (let unit = 0; unit < units; unit += 1) this.addUnit(deployment.application)
  }

  /** Relates two applications: `application` or `application:endpoint` each. */
  integrate(left: string, right: string): void {
    this.#change((state) => integrate(state, this.#options.charms, [left, right]))
  }

  removeRelation(left: string, right: string): void {
    this.#change((state) => endRelation(state, [left, right]))
  }

  /** The values of an application's options. */
  configOf(application: string): Options {
    charmOf(this.state, this.#options.charms, application)
    return this.model.applications[application]?.config ?? {}
  }

  /** Options as a person types them. */
  parseOptions(application: string, typed: Readonly<Record<string, string>>): Options {
    return parseOptions(charmOf(this.state, this.#options.charms, application), typed)
  }

  /** Sets options; null takes one back to its default. */
  setConfig(application: string, options: Options): void {
    this.#change((state) => configure(state, this.#options.charms, application, options))
  }

  addUnit(application: string): void {
    this.#change((state) => addUnit(state, this.#options.charms, { application, since: this.#clock().toISOString() }))
  }

  /** Lets a unit go; it is gone once its last hooks ran. */
  removeUnit(unit: string): void {
    this.#change((state) => endUnit(state, unit))
  }

  /** `juju refresh`: the charm's code may be another now. */
  refresh(application: string): void {
    this.#change((state) => refresh(state, application))
  }

  /** Makes another unit lead, as a lost lease does. */
  setLeader(unit: string): void {
    requireUnit(this.state, unit)
    this.#change((state) => setLeader(state, state.model.units[unit]?.application ?? '', unit))
  }

  /** Makes one container of a unit anew, as Kubernetes does when its process ends. */
  restartContainer(unit: string, container: string): void {
    this.#change((state) => restartContainer(state, unit, container))
  }

  /** Makes a unit's pod anew, as Kubernetes does. */
  losePod(unit: string): void {
    this.#change((state) => losePod(state, unit))
  }

  /** Lets the timer of `update-status` fire for every unit. */
  updateStatus(): void {
    this.#change((state) =>
      Object.keys(state.units).reduce(
        (each, unit) => withUnitRecord(each, unit, (record) => ({ ...record, updateStatus: record.updateStatus + 1 })),
        state,
      ),
    )
  }

  /**
   * Runs an action and settles. `target` is a unit or `application/leader`.
   *
   * @throws BUNDLE_ACTION_NOT_FOUND, BUNDLE_UNIT_NOT_FOUND
   */
  async runAction(target: string, name: string, params: NonNullable<Hook['action']>['params'] = {}): Promise<ActionResult> {
    const [application = '', number] = target.split('/')
    const { actions = [] } = charmOf(this.state, this.#options.charms, application)
    const unit = number === 'leader' ? (this.model.applications[application]?.leader ?? target) : target
    requireUnit(this.state, unit)
    if (!actions.includes(name)) throw bundleError('BUNDLE_ACTION_NOT_FOUND', [name, actions.join(', ')])
    const id = String(this.state.nextAction)
    this.#change((state) => ({
      ...state,
      nextAction: state.nextAction + 1,
      actions: [...state.actions, { unit, name, id, params }],
    }))
    await this.settle()
    const result = this.#results.get(id)
    this.#results.delete(id)
    return result ?? { action: id, status: 'failed', message: 'the unit went before the action ran', results: {} }
  }

  /**
   * Runs hooks until no unit has anything to do, or until so many steps are done. Hooks that failed are tried once again.
   *
   * @throws the reason of the options' signal once that is aborted
   *
   * @returns the hooks that ran, in their order.
   */
  settle({ steps = Number.POSITIVE_INFINITY }: { readonly steps?: number } = {}): Promise<readonly HookRecord[]> {
    const settled = this.#settling.then(() => this.#settle(steps))
    this.#settling = settled.catch(() => undefined)
    return settled
  }

  /** Resolves when no hook runs any more of those that were asked for so far. */
  async settled(): Promise<void> {
    await this.#settling
  }

  async #settle(most: number): Promise<readonly HookRecord[]> {
    this.#options.signal?.throwIfAborted()
    await this.#makeObjects()
    for (const unit of Object.keys(this.state.units)) this.#remember(unit, (uniter) => ({ ...uniter, retry: uniter.failed !== null }))
    const records: HookRecord[] = []
    const running = new Map<string, Promise<void>>()
    try {
      for (let steps = 0; ; ) {
        this.#options.signal?.throwIfAborted()
        await this.#options.pods?.sync(wantedContainers(this.state))
        for (let next = this.#next(running); next !== null && steps < most; next = this.#next(running)) {
          steps += 1
          if (steps > restless) throw bundleError('BUNDLE_MODEL_RESTLESS', [next.seen.unit, String(restless)])
          const { unit } = next.seen
          running.set(
            unit,
            this.#take(next.step, next.seen, records).finally(() => running.delete(unit)),
          )
        }
        if (running.size === 0) return records
        await Promise.race(running.values())
      }
    } finally {
      await Promise.allSettled(running.values())
    }
  }

  async #take(step: Step, seen: Snapshot, records: HookRecord[]): Promise<void> {
    const record = await this.#perform(step, seen)
    if (this.#options.signal?.aborted) return
    this.#save()
    if (record === null) return
    records.push(record)
    this.#options.onHook?.(record)
  }

  #next(running: ReadonlyMap<string, unknown>): { readonly step: Step; readonly seen: Snapshot } | null {
    if (this.#options.signal?.aborted || running.size >= (this.#options.parallel ?? 1)) return null
    const ready = new Map<string, { readonly step: Step; readonly seen: Snapshot }>()
    for (const [unit, { uniter }] of Object.entries(this.state.units)) {
      if (running.has(unit)) continue
      const seen = viewWorld(this.state, unit, this.#clock())
      const step = seen && nextStep(seen, uniter)
      if (seen && step) ready.set(unit, { step, seen })
    }
    const units = [...ready.keys()].sort()
    if (units.length === 0) return null
    const unit = this.#options.pick?.(units) ?? this.#turns.take(units)
    return ready.get(unit) ?? null
  }

  async #perform(step: Step, seen: Snapshot): Promise<HookRecord | null> {
    const { unit } = seen
    if (step.kind === 'enter-scope') this.#holder.state = enterScope(this.state, step.relation, unit)
    if (step.kind === 'leave-scope') this.#holder.state = leaveScope(this.state, step.relation, unit)
    const record = step.kind === 'hook' ? await this.#run(unit, step.hook) : null
    if (record !== null && record.failure !== null) this.#remember(unit, (uniter) => failStep(step, uniter))
    else this.#conclude(step, seen)
    return record
  }

  async #run(unit: string, hook: Hook): Promise<HookRecord> {
    const charm = charmOf(this.state, this.#options.charms, this.model.units[unit]?.application ?? '')
    const containers = this.#options.pods ? null : this.#containers
    const world = { kubernetes: this.#options.cluster ?? this.#kubernetes, containers, clock: this.#clock }
    const record = await runHook({ holder: this.#holder, unit, hook, charm, ...world })
    this.#holder.state = { ...this.state, objects: this.#kubernetes.objects() }
    this.#remember(unit, (uniter) => this.#noteSecrets(unit, uniter))
    if (record.action) this.#results.set(record.action.action, record.action)
    const { action } = hook
    if (action) this.#holder.state = { ...this.state, actions: this.state.actions.filter(({ id }) => id !== action.id) }
    return record
  }

  /** A secret that is read for the first time is told only once it changes after that. */
  #noteSecrets(unit: string, uniter: Uniter): Uniter {
    const read = this.model.secrets.flatMap(({ id, consumers }) => {
      const revision = consumers[unit]?.revision
      return revision === undefined || uniter.secretRevisions[id] !== undefined ? [] : [[id, revision] as const]
    })
    return { ...uniter, secretRevisions: { ...uniter.secretRevisions, ...Object.fromEntries(read) } }
  }

  #conclude(step: Step, seen: Snapshot): void {
    const { unit } = seen
    this.#remember(unit, (uniter) => commitStep(step, seen, uniter))
    if (step.kind !== 'hook') return
    const { kind, relation } = step.hook
    if (kind === 'relation-broken' && relation !== undefined) this.#holder.state = leaveScope(this.state, relation, unit)
    if (kind === 'remove') this.#holder.state = buryUnit(this.state, unit)
  }

  #remember(unit: string, change: (uniter: Uniter) => Uniter): void {
    this.#holder.state = withUnitRecord(this.state, unit, (record) => ({ ...record, uniter: change(record.uniter) }))
  }

  #change(change: (state: ModelState) => ModelState): void {
    this.#holder.state = change(this.state)
    this.#save()
  }

  /** What a hook that was cut off has half done is not written, as if the power had gone. */
  #save(): void {
    const { file, signal } = this.#options
    if (file !== undefined && !signal?.aborted) writeState(file, this.state)
  }

  /** What Juju makes in the cluster; what is there stays. Looked at when the model is opened as well: somebody may have cleared the cluster. */
  async #makeObjects(): Promise<void> {
    const cluster = this.#options.cluster ?? this.#kubernetes
    for (const application of this.#unseen) {
      const trusted = this.model.applications[application]?.trusted ?? false
      for (const { path, object } of jujuObjects(this.model.name, application, { trusted })) {
        const { status, body } = await cluster.handle({ method: 'POST', path, body: JSON.stringify(object) })
        if (status >= 300 && status !== 409)
          throw bundleError('BUNDLE_OBJECT_REFUSED', [`${object.kind} ${object.metadata.name}`, body.trim()])
      }
      this.#unseen.delete(application)
    }
    if (!this.#options.cluster) this.#change((state) => ({ ...state, objects: this.#kubernetes.objects() }))
  }

  /** The units of an application, by number. */
  unitsOf(application: string): readonly string[] {
    return unitsOf(this.state, application)
  }
}

/**
 * Opens the model whose state a file holds, or a new one.
 *
 * @throws BUNDLE_STATE_INVALID when the file is no state.
 *
 * @example
 * const model = openLocalModel({ charms: { greeter: inProcess(greeter) }, file: '.state/model.json' })
 * model.deploy({ application: 'greeter', charm: 'greeter' })
 * await model.settle()
 */
export function openLocalModel(options: LocalModelOptions): LocalModel {
  const { file, name = 'kubeflow' } = options
  if (file !== undefined) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const kept = file === undefined ? undefined : readState(file)
  return new LocalModel(options, kept ?? newModelState({ name, uuid: randomUUID() }))
}
