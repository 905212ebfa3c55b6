import { PebbleRefusal } from './answer.ts'
import type { FakeLayer, PlanEntry } from './plan.ts'

/** What Pebble can be asked to do with services. */
export type ServiceAction = 'replan' | 'autostart' | 'start' | 'stop' | 'restart'

interface Running {
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

  /** Does what was asked; the result is one line for each task. */
  act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): string[] {
    if (action === 'replan' || action === 'autostart') {
      if (names.length > 0) throw new PebbleRefusal(400, `${action} accepts no service names`)
      return action === 'replan' ? this.#replan(plan) : this.#start(plan, enabled(plan))
    }
    if (names.length === 0) throw new PebbleRefusal(400, `no services to ${action} provided`)
    const unknown = names.find((name) => !plan.services[name])
    if (unknown !== undefined) throw new PebbleRefusal(400, `cannot ${action} services: service "${unknown}" does not exist`)
    if (action === 'stop') return this.#stop(names)
    return action === 'restart' ? [...this.#stop(names), ...this.#start(plan, names)] : this.#start(plan, names)
  }

  signal(names: readonly string[]): true {
    const idle = names.find((name) => this.#current(name) !== 'active')
    if (idle !== undefined) throw new PebbleRefusal(500, `cannot send signal to "${idle}": service is not running`)
    return true
  }

  /** Running services whose configuration changed are started anew, enabled ones that do not run are started. */
  #replan(plan: FakeLayer): string[] {
    const changed = [...this.#running].filter(([name, { started }]) => started !== configOf(plan.services[name])).map(([name]) => name)
    const stopped = this.#stop(changed)
    const wanted = new Set([...changed.filter((name) => plan.services[name]), ...enabled(plan)])
    return [...stopped, ...this.#start(plan, [...wanted].sort())]
  }

  #start(plan: FakeLayer, names: readonly string[]): string[] {
    const idle = names.filter((name) => !this.#running.has(name))
    for (const name of idle) {
      this.#running.set(name, { current: 'active', since: this.#now(), started: configOf(plan.services[name]) })
    }
    return names.map((name) => `Start service "${name}"`)
  }

  #stop(names: readonly string[]): string[] {
    const running = names.filter((name) => this.#running.delete(name))
    return running.map((name) => `Stop service "${name}"`)
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
