/** Something that can be seen of a running bundle, by a client of its own. */
export interface Check {
  /** A sentence: what holds. */
  readonly name: string
  /** Looks; gives a few words on what it saw, and throws when it does not hold. */
  readonly look: () => Promise<string>
  /** Costs so much that it is looked at once. */
  readonly once?: boolean
  /** Checks that have to be over, well or not, before a look makes sense. */
  readonly after?: readonly string[]
}

/** What a check saw. */
export interface CheckRecord {
  readonly check: string
  readonly ok: boolean
  /** What was seen, or why it does not hold. */
  readonly detail: string
  readonly milliseconds: number
}

/** How {@link runChecks} looks. */
export interface CheckOptions {
  /** Told of each check that was looked at. */
  readonly tell?: (record: CheckRecord) => void
  /** For so long a check is looked at again, in milliseconds. */
  readonly patienceMs?: number
  /** Ends it. */
  readonly signal?: AbortSignal
}

/** For so long a check is looked at again: a workload that just started needs a moment. */
const patience = 30_000
const pause = 100

/** Looks until it holds, or patience or the signal ends it. */
const lookAt = async ({ name, look, once = false }: Check, { patienceMs = patience, signal }: CheckOptions): Promise<CheckRecord> => {
  const begun = performance.now()
  for (;;) {
    try {
      const detail = await look()
      return { check: name, ok: true, detail, milliseconds: Math.round(performance.now() - begun) }
    } catch (error) {
      const milliseconds = Math.round(performance.now() - begun)
      const detail = error instanceof Error ? error.message : String(error)
      if (once || milliseconds > patienceMs || signal?.aborted) return { check: name, ok: false, detail, milliseconds }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
}

/**
 * Looks at all things at once, those with something before them when that is over, and tells of each in their order.
 *
 * @throws the reason of the signal
 *
 * @example
 * const records = await runChecks(checks, { tell: ({ check, ok }) => console.log(ok, check) })
 */
export const runChecks = async (checks: readonly Check[], options: CheckOptions = {}): Promise<readonly CheckRecord[]> => {
  const { tell = () => undefined, signal } = options
  const looks = new Map<string, Promise<CheckRecord>>()
  for (const check of checks) {
    const before = (check.after ?? []).map((name) => looks.get(name))
    looks.set(
      check.name,
      Promise.all(before).then(() => lookAt(check, options)),
    )
  }
  for (const look of looks.values()) {
    const record = await look
    if (!signal?.aborted) tell(record)
  }
  signal?.throwIfAborted()
  return Promise.all(looks.values())
}
