import {
  asTexts,
  type FakeCheck,
  FakeChecks,
  type FakeLayer,
  PebbleRefusal,
  type PlanEntry,
  parseGoDuration,
} from '@charmed-feast/charm/testing'

import { type ProbeOptions, probe } from './probe.ts'

/** What checks need around them. */
export interface CheckSurroundings extends Omit<ProbeOptions, 'timeoutMs' | 'serviceOf'> {
  readonly failed: (check: string) => void
}

interface Running {
  readonly config: string
  readonly name: string
  readonly entry: PlanEntry
  readonly timer: NodeJS.Timeout
  status: 'up' | 'down' | 'inactive'
  failures: number
  asked: Promise<string | null> | null
}

const milliseconds = (value: unknown, otherwise: number): number => {
  const parsed = typeof value === 'string' ? parseGoDuration(value) : undefined
  return parsed === undefined ? otherwise : parsed / 1e6
}

const thresholdOf = ({ threshold }: PlanEntry): number => (typeof threshold === 'number' ? threshold : 3)

/** The checks of a container: each is asked at once and then again and again, from when it is planned. */
export class CheckSet {
  readonly #around: CheckSurroundings
  readonly #running = new Map<string, Running>()
  #plan: FakeLayer = { services: {}, checks: {}, 'log-targets': {} }

  constructor(around: CheckSurroundings) {
    this.#around = around
  }

  /** Takes in a new plan: checks that are another than before begin anew. */
  planned(plan: FakeLayer): void {
    this.#plan = plan
    for (const [name, { config }] of this.#running) if (config !== JSON.stringify(plan.checks[name])) this.#end(name)
    for (const [name, entry] of Object.entries(plan.checks)) {
      if (entry.startup !== 'disabled' && !this.#running.has(name)) this.#begin(name, entry)
    }
  }

  describe(plan: FakeLayer, names: readonly string[], level: string | null): readonly object[] {
    return this.#view(plan).describe(plan, names, level)
  }

  healthy(plan: FakeLayer, level: string | null): boolean {
    return this.#view(plan).healthy(plan, level)
  }

  act(plan: FakeLayer, body: Readonly<Record<string, unknown>>): object {
    const { changed } = this.#view(plan).act(plan, body)
    for (const name of changed) {
      if (body.action === 'stop') this.#end(name)
      else this.#begin(name, plan.checks[name] ?? {})
    }
    return { changed }
  }

  /** Asks one now; what it gives is why it did not go well, or null. */
  async refresh(plan: FakeLayer, body: Readonly<Record<string, unknown>>): Promise<object> {
    const [name = ''] = asTexts([body.name])
    const entry = plan.checks[name]
    if (entry === undefined) throw new PebbleRefusal(404, `cannot find check with name "${name}"`)
    const running = this.#running.get(name)
    const error = running ? await this.#ask(running) : await this.#probe(entry)
    const [info] = this.describe(plan, [name], null)
    return { info, ...(error === null ? {} : { error }) }
  }

  stop(): void {
    for (const name of this.#running.keys()) this.#end(name)
  }

  /** The checks as they stand, in the words of Pebble's API. */
  #view(plan: FakeLayer): FakeChecks {
    const checks = Object.entries(plan.checks).map(([name, entry]): FakeCheck => {
      const { status = 'inactive', failures = 0 } = this.#running.get(name) ?? {}
      const level = typeof entry.level === 'string' ? { level: entry.level } : {}
      return { name, status, failures, threshold: thresholdOf(entry), ...level }
    })
    return new FakeChecks(checks)
  }

  #begin(name: string, entry: PlanEntry): void {
    const running: Running = {
      ...{ name, entry, config: JSON.stringify(this.#plan.checks[name]), status: 'up', failures: 0, asked: null },
      timer: setInterval(() => void this.#ask(running), milliseconds(entry.period, 10_000)),
    }
    this.#running.set(name, running)
  }

  #end(name: string): void {
    clearInterval(this.#running.get(name)?.timer)
    this.#running.delete(name)
  }

  #ask(running: Running): Promise<string | null> {
    running.asked ??= this.#judge(running).finally(() => {
      running.asked = null
    })
    return running.asked
  }

  async #judge(running: Running): Promise<string | null> {
    const { name, entry } = running
    const error = await this.#probe(entry)
    if (this.#running.get(name) !== running) return error
    running.failures = error === null ? 0 : running.failures + 1
    const down = running.failures >= thresholdOf(entry)
    if (down && running.status === 'up') this.#around.failed(name)
    running.status = down ? 'down' : 'up'
    return error
  }

  async #probe(entry: PlanEntry): Promise<string | null> {
    try {
      const serviceOf = (name: string): PlanEntry => this.#plan.services[name] ?? {}
      await probe(entry, { ...this.#around, serviceOf, timeoutMs: milliseconds(entry.timeout, 3000) })
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }
}
