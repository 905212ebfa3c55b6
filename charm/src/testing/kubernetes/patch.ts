/**
 * JSON merge patch (RFC 7396): null takes a field away, lists are replaced.
 *
 * @example
 * merge({ a: 1, b: { c: 2 } }, { a: null, b: { d: 3 } })   // { b: { c: 2, d: 3 } }
 */
export function merge(live: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return patch
  const merged = new Map(Object.entries(isMapping(live) ? live : {}))
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key)
    else merged.set(key, merge(merged.get(key), value))
  }
  return Object.fromEntries(merged)
}

/**
 * Server-side apply, as far as one manager without conflicts sees it: what it says is so, what it said before and says no more goes,
 * fields of others stay. Lists are taken as atomic.
 *
 * @example
 * apply({ a: 1, b: 2 }, { b: 3 }, { a: 1 })   // { b: 3 }
 */
export function apply(live: unknown, wanted: unknown, before: unknown): unknown {
  if (!isMapping(wanted)) return wanted
  const applied = new Map(Object.entries(isMapping(live) ? live : {}))
  const earlier = isMapping(before) ? before : {}
  for (const key of Object.keys(earlier)) if (!(key in wanted)) applied.delete(key)
  for (const [key, value] of Object.entries(wanted)) applied.set(key, apply(applied.get(key), value, earlier[key]))
  return Object.fromEntries(applied)
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
