/** Something that can be seen of a running bundle, by a client of its own. */
export interface Check {
  /** A sentence: what holds. */
  readonly name: string
  /** Looks; gives a few words on what it saw, and throws when it does not hold. */
  readonly look: () => Promise<string>
  /** Costs so much that it is looked at once. */
  readonly once?: boolean
}

/** What a check saw. */
export interface CheckRecord {
  readonly check: string
  readonly ok: boolean
  /** What was seen, or why it does not hold. */
  readonly detail: string
  readonly milliseconds: number
}

/** For so long a check is looked at again: a workload that just started needs a moment. */
const patience = 30_000
const pause = 100

/** Looks until it holds or patience ends. */
const lookAt = async ({ name, look, once = false }: Check, patienceMs: number): Promise<CheckRecord> => {
  const begun = performance.now()
  for (;;) {
    try {
      const detail = await look()
      return { check: name, ok: true, detail, milliseconds: Math.round(performance.now() - begun) }
    } catch (error) {
      const milliseconds = Math.round(performance.now() - begun)
      const detail = error instanceof Error ? error.message : String(error)
      if (once || milliseconds > patienceMs) return { check: name, ok: false, detail, milliseconds }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/**
 * Looks at one thing after the other, and tells each at once.
 *
 * @example
 * const records = await runChecks(checks, { tell: ({ check, ok }) => console.log(ok, check) })
 */
export const runChecks = async (
  checks: readonly Check[],
  { tell = () => undefined, patienceMs = patience }: { readonly tell?: (record: CheckRecord) => void; readonly patienceMs?: number } = {},
): Promise<readonly CheckRecord[]> => {
  const records: CheckRecord[] = []
  for (const check of checks) {
    const record = await lookAt(check, patienceMs)
    records.push(record)
    tell(record)
  }
  return records
}
