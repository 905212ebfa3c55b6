import {
  checkSignal,
  describeChange,
  describeServices,
  describeTask,
  type FakeLayer,
  PebbleRefusal,
  planTasks,
  type ServiceAction,
} from '@charmed-feast/charm/testing'

import type { Changes, WorkTask } from './changes.ts'
import { isSignal } from './process.ts'
import { Service, type ServiceSurroundings } from './service.ts'

/** So many of its last lines say why a service would not start. */
const lastLines = 20

/** The services of a container. */
export class ServiceSet {
  readonly #around: ServiceSurroundings
  readonly #changes: Changes
  readonly #services = new Map<string, Service>()
  /** Changes of services wait for each other. */
  #busy: Promise<unknown> = Promise.resolve()

  constructor(around: ServiceSurroundings, changes: Changes) {
    this.#around = around
    this.#changes = changes
  }

  list(plan: FakeLayer, names: readonly string[]): readonly object[] {
    return describeServices(plan, names, this.#states())
  }

  /** Begins an action, and gives the id of its change. */
  act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): string {
    const tasks = planTasks(plan, action, names, this.#states())
    const work = { kind: action, summary: describeChange(action, tasks), tasks: tasks.map((task) => this.#work(plan, task)) }
    const id = this.#changes.begin(work, this.#busy)
    this.#busy = this.#changes.wait(id, null)
    return id
  }

  signal(names: readonly string[], signal: string): true {
    checkSignal(names, (name) => this.#services.get(name)?.state.current ?? 'inactive')
    if (!isSignal(signal)) throw new PebbleRefusal(400, `invalid signal name "${signal}"`)
    for (const name of names) this.#services.get(name)?.signal(signal)
    return true
  }

  /** A check went down. */
  async onCheckFailure(check: string): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.onCheckFailure(check)))
  }

  /** Ends them all. */
  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.stop()))
  }

  #states(): ReadonlyMap<string, Service['state']> {
    return new Map([...this.#services].map(([name, { state }]) => [name, state]))
  }

  #work(plan: FakeLayer, task: ReturnType<typeof planTasks>[number]): WorkTask {
    const { kind, service: name } = task
    const service = this.#services.get(name) ?? new Service(name, this.#around)
    this.#services.set(name, service)
    const lastWords = (): readonly string[] => {
      const lines = this.#around.logs.last(lastLines, [name]).map(({ message }) => `    ${message}`)
      return lines.length === 0 ? [] : [`Most recent service output:\n${lines.join('\n')}`]
    }
    const act = (): Promise<void> => (kind === 'start' ? service.start(plan.services[name] ?? {}) : service.stop())
    return { kind, summary: describeTask(task), work: () => act().then(() => undefined), lastWords }
  }
}
