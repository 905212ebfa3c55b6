import { PebbleRefusal } from './answer.ts'
import type { FakeLayer, PlanEntry } from './plan.ts'
import { startOrder, stopOrder } from './service-order.ts'

/** What Pebble can be asked to do with services. */
export type ServiceAction = 'replan' | 'autostart' | 'start' | 'stop' | 'restart'

/** A part of a change. */
export interface ServiceTask {
  readonly kind: 'start' | 'stop'
  readonly service: string
}

/** A task as Pebble describes it. */
export function describeTask({ kind, service }: ServiceTask): string {
  return `${kind === 'start' ? 'Start' : 'Stop'} service "${service}"`
}

/** A change as Pebble describes it: by the first of its services, and how many more there are. */
export function describeChange(action: ServiceAction, tasks: readonly ServiceTask[]): string {
  const verb = `${action.charAt(0).toUpperCase()}${action.slice(1)}`
  const [first, ...others] = new Set(tasks.map(({ service }) => service))
  if (first === undefined) return `${verb} - no services`
  return `${verb} service "${first}"${others.length === 0 ? '' : ` and ${others.length} more`}`
}

interface Running {
  /** Also `inactive`, once it ran. */
  readonly current: string
  readonly since: string
  /** The configuration that it was started with. */
  readonly started: string
}

/** Services that are only said to run. */
export class FakeServices {
  readonly #running = new Map<string, Running>()
  readonly #clock: () => Date

  constructor(plan: FakeLayer, statuses: Readonly<Record<string, string>>, clock: () => Date) {
    this.#clock = clock
    for (const [name, current] of Object.entries(statuses)) {
      if (current !== 'inactive') this.#running.set(name, { current, since: this.#now(), started: configOf(plan.services[name]) })
    }
  }

  state(plan: FakeLayer): Readonly<Record<string, { readonly startup: string; readonly current: string }>> {
    const services = Object.entries(plan.services)
    return Object.fromEntries(services.map(([name, service]) => [name, { startup: startupOf(service), current: this.#current(name) }]))
  }

  /** As `GET /v1/services` lists them. */
  list(plan: FakeLayer, names: readonly string[]): object[] {
    const services = Object.entries(plan.services).filter(([name]) => names.length === 0 || names.includes(name))
    return services.map(([name, service]) => {
      const running = this.#running.get(name)
      return { name, startup: startupOf(service), current: this.#current(name), ...(running ? { 'current-since': running.since } : {}) }
    })
  }

  /** Does what was asked; the result is what was done. */
  act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): readonly ServiceTask[] {
    if (action === 'replan' || action === 'autostart') {
      if (names.length > 0) throw new PebbleRefusal(400, `${action} accepts no service names`)
      if (action === 'replan') return this.#replan(plan)
      if (enabled(plan).length === 0) throw new PebbleRefusal(400, 'no default services', 'no-default-services')
      return this.#start(plan, enabled(plan))
    }
    if (names.length === 0) throw new PebbleRefusal(400, `must specify services for ${action} action`)
    const unknown = names.find((name) => !plan.services[name])
    if (unknown !== undefined) throw new PebbleRefusal(400, `cannot ${action} services: service "${unknown}" does not exist`)
    if (action === 'stop') return this.#stop(plan, names)
    return action === 'restart' ? [...this.#stop(plan, names, false), ...this.#start(plan, names)] : this.#start(plan, names)
  }

  signal(names: readonly string[]): true {
    if (names.length === 0) throw new PebbleRefusal(400, 'must specify one or more services')
    const idle = names.find((name) => this.#current(name) !== 'active')
    if (idle !== undefined) throw new PebbleRefusal(500, `cannot send signal to "${idle}": service is not running`)
    return true
  }

  /** Running services whose configuration changed are started anew, enabled ones that do not run are started. */
  #replan(plan: FakeLayer): readonly ServiceTask[] {
    const running = [...this.#running].filter(([, { current }]) => current !== 'inactive')
    const changed = running.filter(([name, { started }]) => started !== configOf(plan.services[name])).map(([name]) => name)
    const stopped = this.#stop(plan, changed)
    const wanted = new Set([...changed.filter((name) => plan.services[name]), ...enabled(plan)])
    return [...stopped, ...this.#start(plan, [...wanted])]
  }

  #start(plan: FakeLayer, names: readonly string[]): readonly ServiceTask[] {
    const order = startOrder(plan, names)
    for (const name of order.filter((each) => this.#current(each) === 'inactive')) {
      this.#running.set(name, { current: 'active', since: this.#now(), started: configOf(plan.services[name]) })
    }
    return order.map((service) => ({ kind: 'start', service }))
  }

  /** With a service goes what requires it, but for a restart. */
  #stop(plan: FakeLayer, names: readonly string[], dependents = true): readonly ServiceTask[] {
    const order = stopOrder(plan, names).filter((name) => dependents || names.includes(name))
    for (const name of order) {
      const running = this.#running.get(name)
      if (running && running.current !== 'inactive') this.#running.set(name, { ...running, current: 'inactive', since: this.#now() })
    }
    return order.map((service) => ({ kind: 'stop', service }))
  }

  #current(name: string): string {
    return this.#running.get(name)?.current ?? 'inactive'
  }

  #now(): string {
    return this.#clock().toISOString()
  }
}

function enabled(plan: FakeLayer): string[] {
  return Object.entries(plan.services).flatMap(([name, service]) => (startupOf(service) === 'enabled' ? [name] : []))
}

function startupOf(service: PlanEntry): string {
  return service.startup === 'enabled' ? 'enabled' : 'disabled'
}

function configOf(service: PlanEntry | undefined): string {
  if (!service) return ''
  const { override: _, ...config } = service
  return JSON.stringify(Object.entries(config).sort(([left], [right]) => (left < right ? -1 : 1)))
}
