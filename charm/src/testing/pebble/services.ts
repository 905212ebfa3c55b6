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

/** A service that was started, as far as planning needs it. */
export interface StartedService {
  /** Also `inactive`, once it ran. */
  readonly current: string
  /** The configuration that it was started with: {@link configOf}. */
  readonly started: string
}

/**
 * What has to be done for an action, in its order; refuses what Pebble refuses.
 *
 * @example
 * planTasks(plan, 'replan', [], new Map())   // [{ kind: 'start', service: 'ui' }]
 */
export function planTasks(
  plan: FakeLayer,
  action: ServiceAction,
  names: readonly string[],
  started: ReadonlyMap<string, StartedService>,
): readonly ServiceTask[] {
  if (action === 'replan' || action === 'autostart') {
    if (names.length > 0) throw new PebbleRefusal(400, `${action} accepts no service names`)
    if (action === 'replan') return planReplan(plan, started)
    if (enabled(plan).length === 0) throw new PebbleRefusal(400, 'no default services', 'no-default-services')
    return starts(plan, enabled(plan))
  }
  if (names.length === 0) throw new PebbleRefusal(400, `must specify services for ${action} action`)
  const unknown = names.find((name) => !plan.services[name])
  if (unknown !== undefined) throw new PebbleRefusal(400, `cannot ${action} services: service "${unknown}" does not exist`)
  if (action === 'stop') return stops(plan, names)
  // With a service goes what requires it, but for a restart.
  return action === 'restart'
    ? [...stops(plan, names).filter(({ service }) => names.includes(service)), ...starts(plan, names)]
    : starts(plan, names)
}

/** Running services whose configuration changed are started anew, enabled ones that do not run are started. */
function planReplan(plan: FakeLayer, services: ReadonlyMap<string, StartedService>): readonly ServiceTask[] {
  const running = [...services].filter(([, { current }]) => current !== 'inactive')
  const changed = running.filter(([name, { started }]) => started !== configOf(plan.services[name])).map(([name]) => name)
  const wanted = new Set([...changed.filter((name) => plan.services[name]), ...enabled(plan)])
  return [...stops(plan, changed), ...starts(plan, [...wanted])]
}

function starts(plan: FakeLayer, names: readonly string[]): readonly ServiceTask[] {
  return startOrder(plan, names).map((service) => ({ kind: 'start', service }))
}

function stops(plan: FakeLayer, names: readonly string[]): readonly ServiceTask[] {
  return stopOrder(plan, names).map((service) => ({ kind: 'stop', service }))
}

interface Running extends StartedService {
  readonly since: string
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

  list(plan: FakeLayer, names: readonly string[]): readonly object[] {
    return describeServices(plan, names, this.#running)
  }

  /** Does what was asked; the result is what was done. */
  act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): readonly ServiceTask[] {
    const tasks = planTasks(plan, action, names, this.#running)
    for (const { kind, service } of tasks) {
      const running = this.#running.get(service)
      if (kind === 'stop' && running && running.current !== 'inactive') {
        this.#running.set(service, { ...running, current: 'inactive', since: this.#now() })
      }
      if (kind === 'start' && this.#current(service) === 'inactive') {
        this.#running.set(service, { current: 'active', since: this.#now(), started: configOf(plan.services[service]) })
      }
    }
    return tasks
  }

  signal(names: readonly string[]): true {
    checkSignal(names, (name) => this.#current(name))
    return true
  }

  #current(name: string): string {
    return this.#running.get(name)?.current ?? 'inactive'
  }

  #now(): string {
    return this.#clock().toISOString()
  }
}

/** Services as `GET /v1/services` lists them. */
export function describeServices(
  plan: FakeLayer,
  names: readonly string[],
  running: ReadonlyMap<string, { readonly current: string; readonly since: string }>,
): readonly object[] {
  const services = Object.entries(plan.services).filter(([name]) => names.length === 0 || names.includes(name))
  return services.map(([name, service]) => {
    const { current = 'inactive', since } = running.get(name) ?? {}
    return { name, startup: startupOf(service), current, ...(since === undefined ? {} : { 'current-since': since }) }
  })
}

/** Refuses a signal to nobody, and to what does not run. */
export function checkSignal(names: readonly string[], currentOf: (name: string) => string): void {
  if (names.length === 0) throw new PebbleRefusal(400, 'must specify one or more services')
  const idle = names.find((name) => currentOf(name) !== 'active')
  if (idle !== undefined) throw new PebbleRefusal(500, `cannot send signal to "${idle}": service is not running`)
}

function enabled(plan: FakeLayer): string[] {
  return Object.entries(plan.services).flatMap(([name, service]) => (startupOf(service) === 'enabled' ? [name] : []))
}

function startupOf(service: PlanEntry): string {
  return service.startup === 'enabled' ? 'enabled' : 'disabled'
}

/** What tells one configuration of a service from another. */
export function configOf(service: PlanEntry | undefined): string {
  if (!service) return ''
  const { override: _, ...config } = service
  return JSON.stringify(Object.entries(config).sort(([left], [right]) => (left < right ? -1 : 1)))
}
