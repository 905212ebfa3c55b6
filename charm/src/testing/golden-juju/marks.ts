/** Replaces the marks of a recording: `$REPEAT(x,300)`, `$CHARM_DIR`, `$ROOT`, `$CONTEXT_ID`. */
export function fillMarks(value: unknown, marks: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return fillText(value, marks)
  if (Array.isArray(value)) return value.map((item) => fillMarks(item, marks))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [fillText(key, marks), fillMarks(item, marks)]))
}

function fillText(text: string, marks: Readonly<Record<string, string>>): string {
  const repeated = text.replace(/\$REPEAT\((.*?),(\d+)\)/gs, (_, part: string, times: string) => part.repeat(Number(times)))
  return Object.entries(marks).reduce((filled, [mark, value]) => filled.replaceAll(mark, value), repeated)
}

/** A value with its parts merged over another's, as `world_patch` does. */
export function deepMerge(base: unknown, patch: unknown): unknown {
  if (!isRecord(base) || !isRecord(patch)) return patch
  const merged = Object.entries(patch).map(([key, value]) => [key, key in base ? deepMerge(base[key], value) : value] as const)
  return { ...base, ...Object.fromEntries(merged) }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** One text for every value that means the same: keys sorted, and lists too, because Juju sends them in random order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join(',')}]`
  if (!isRecord(value)) return JSON.stringify(value) ?? 'undefined'
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}
