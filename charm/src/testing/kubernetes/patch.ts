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
 * Maps laid over each other; anything else is replaced, null too.
 *
 * @example
 * overlay({ a: 1, b: { c: 2 } }, { b: { d: 3 } })   // { a: 1, b: { c: 2, d: 3 } }
 */
export function overlay(live: unknown, wanted: unknown): unknown {
  if (!isMapping(wanted)) return wanted
  const laid = new Map(Object.entries(isMapping(live) ? live : {}))
  for (const [key, value] of Object.entries(wanted)) laid.set(key, overlay(laid.get(key), value))
  return Object.fromEntries(laid)
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
