import type { HookRecord } from '../model/run-hook.ts'

/** How many lines are kept. */
const longest = 5000

/** What charms logged, as `juju debug-log` shows it, the newest lines. */
export class HookLog {
  readonly #lines: { readonly unit: string; readonly text: string }[] = []
  readonly #clock: () => Date

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  /** Takes in what a hook logged. */
  add({ unit, name, log, failure }: HookRecord): void {
    const time = this.#clock().toISOString().slice(11, 19)
    const head = `unit-${unit.replace('/', '-')}: ${time}`
    for (const { level, module, message } of log) this.#lines.push({ unit, text: `${head} ${level} ${module} ${message}` })
    const end =
      failure === null
        ? `INFO juju.worker.uniter.operation ran "${name}" hook`
        : `ERROR juju.worker.uniter.operation hook "${name}" failed: ${failure}`
    this.#lines.push({ unit, text: `${head} ${end}` })
    this.#lines.splice(0, Math.max(0, this.#lines.length - longest))
  }

  /** The last lines, of one unit or of all. */
  last(count: number, unit?: string): readonly string[] {
    const chosen = this.#lines.filter((line) => unit === undefined || line.unit === unit)
    return chosen.slice(-count).map(({ text }) => text)
  }
}
