/** Without repetitions, which Python's sets drop, and in an order that both sides can make. */
const sortedItems = (items: readonly unknown[]): readonly unknown[] =>
  [...new Map(items.map((item) => [JSON.stringify(item), item])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)

/** A value as `python/shown.py` shows it. */
export const shown = (value: unknown): unknown => {
  if (typeof value === 'bigint') return value < 2n ** 53n && value > -(2n ** 53n) ? Number(value) : String(value)
  if (Number.isNaN(value)) return 'nan'
  if (value === Infinity || value === -Infinity) return value > 0 ? 'inf' : '-inf'
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (value instanceof Date) return { seconds: value.getTime() / 1000 }
  if (Array.isArray(value)) return value.map(shown)
  if (value instanceof Set) return { set: sortedItems([...value].map(shown)) }
  if ('at' in value && 'zone' in value) return shown(value.at)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return { entries: sortedItems(entries.map(([key, item]) => [shown(key), shown(item)])) }
}

/** A value that is shown, with what has no order in one. */
export const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      Array.isArray(item) && key !== 'value' ? sortedItems(item.map(ordered)) : ordered(item),
    ]),
  )
}
