import { asTexts, PebbleRefusal } from './answer.ts'
import type { FakeLayer, PlanEntry } from './plan.ts'

/** A check as a scenario says it stands. */
export interface FakeCheck {
  readonly name: string
  readonly status: 'up' | 'down' | 'inactive'
  readonly failures: number
  readonly threshold: number
  readonly level?: string
}

/** Checks that run nothing: up unless a scenario says otherwise. */
export class FakeChecks {
  readonly #known: Map<string, FakeCheck>

  constructor(checks: readonly FakeCheck[]) {
    this.#known = new Map(checks.map((check) => [check.name, check]))
  }

  /** Every check of the plan, and those that the scenario names. */
  list(plan: FakeLayer): FakeCheck[] {
    const planned = Object.entries(plan.checks).map(([name, check]) => this.#known.get(name) ?? newCheck(name, check))
    const others = [...this.#known.values()].filter(({ name }) => !plan.checks[name])
    return [...planned, ...others].sort((left, right) => (left.name < right.name ? -1 : 1))
  }

  /** As `GET /v1/checks` lists them. */
  describe(plan: FakeLayer, names: readonly string[], level: string | null): object[] {
    const wanted = this.list(plan).filter(
      (check) => (names.length === 0 || names.includes(check.name)) && (!level || check.level === level),
    )
    return wanted.map(({ name, status, failures, threshold, level: own }) => ({
      name,
      ...(own === undefined ? {} : { level: own }),
      startup: plan.checks[name]?.startup === 'disabled' ? 'disabled' : 'enabled',
      status,
      successes: status === 'up' ? 1 : 0,
      ...(failures > 0 ? { failures } : {}),
      threshold,
      ...(status === 'inactive' ? {} : { 'change-id': `check-${name}` }),
    }))
  }

  healthy(plan: FakeLayer, level: string | null): boolean {
    if (level !== null && level !== '' && level !== 'alive' && level !== 'ready')
      throw new PebbleRefusal(400, 'level must be "alive" or "ready"')
    return this.list(plan).every((check) => check.status !== 'down' || (level !== null && check.level !== level))
  }

  /** `POST /v1/checks`: start or stop. */
  act(plan: FakeLayer, body: Readonly<Record<string, unknown>>): { readonly changed: readonly string[] } {
    const action = String(body.action)
    const names = asTexts(body.checks)
    if (action !== 'start' && action !== 'stop') throw new PebbleRefusal(400, `invalid action "${action}"`)
    if (names.length === 0) throw new PebbleRefusal(400, `must specify checks for ${action} action`)
    const unknown = names.filter((name) => !plan.checks[name])
    if (unknown.length > 0) throw new PebbleRefusal(400, `cannot ${action} checks: cannot find checks in plan: ${unknown.join(', ')}`)
    const wanted = action === 'stop' ? 'inactive' : 'up'
    const found = this.list(plan).filter(({ name }) => names.includes(name))
    const changed = found.filter(({ status }) => (status === 'inactive') !== (wanted === 'inactive'))
    for (const check of changed) this.#known.set(check.name, { ...check, status: wanted, failures: 0 })
    return { changed: changed.map(({ name }) => name) }
  }
}

function newCheck(name: string, check: PlanEntry): FakeCheck {
  const level = typeof check.level === 'string' ? { level: check.level } : {}
  const threshold = typeof check.threshold === 'number' ? check.threshold : 3
  return { name, status: check.startup === 'disabled' ? 'inactive' : 'up', failures: 0, threshold, ...level }
}
