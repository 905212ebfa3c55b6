import type { FieldChange, Value } from '../../api/contract.ts'

type Fields = { readonly [key: string]: Value }

function isFields(value: Value | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A list of things with names is compared by name, so that one new feature is one line. */
function byName(list: readonly Value[]): Fields | null {
  const named: Record<string, Value> = {}
  for (const item of list) {
    if (!isFields(item) || typeof item.name !== 'string' || item.name in named) return null
    named[item.name] = item
  }
  return named
}

function compare(path: string, before: Value | undefined, after: Value | undefined, out: FieldChange[]): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  if (isFields(before) && isFields(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      compare(path === '' ? key : `${path}.${key}`, before[key], after[key], out)
    return
  }
  const listed = Array.isArray(before) && Array.isArray(after)
  const from = listed ? byName(before) : null
  const to = listed ? byName(after) : null
  if (from && to) {
    for (const key of new Set([...Object.keys(from), ...Object.keys(to)])) compare(`${path}[${key}]`, from[key], to[key], out)
    return
  }
  out.push({ path, before: before ?? null, after: after ?? null })
}

/** What differs between two stored objects, field by field; the same wording as a plan's. */
export function diffValues(before: Value, after: Value): readonly FieldChange[] {
  const out: FieldChange[] = []
  compare('', before, after, out)
  return out
}
