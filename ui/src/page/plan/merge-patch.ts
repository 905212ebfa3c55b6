import type { Value } from '../../api/contract.ts'

type Fields = { readonly [key: string]: Value }

function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The JSON merge patch (RFC 7396) that makes `before` into `after`: only what differs, `null` for what goes. So an edit never
 * touches what the form does not know.
 *
 * @example makePatch({ a: 1, b: { c: 2 } }, { a: 1, b: { d: 3 } }) // { b: { c: null, d: 3 } }
 */
export function makePatch(before: Fields, after: Fields): Fields {
  const patch: Record<string, Value> = {}
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const from = before[key]
    const to = after[key]
    if (to === undefined) patch[key] = null
    else if (isFields(from) && isFields(to)) {
      const inner = makePatch(from, to)
      if (Object.keys(inner).length > 0) patch[key] = inner
    } else if (JSON.stringify(from) !== JSON.stringify(to)) patch[key] = to
  }
  return patch
}

/** Puts a merge patch on, as the server does. */
export function applyPatch(before: Fields, patch: Fields): Fields {
  const after: Record<string, Value> = { ...before }
  for (const [key, value] of Object.entries(patch)) {
    const from = after[key]
    if (value === null) delete after[key]
    else if (isFields(value)) after[key] = applyPatch(isFields(from) ? from : {}, value)
    else after[key] = value
  }
  return after
}
