/** A row of a source, as the oracle sees it. Times are microseconds since 1970. */
export interface OracleRow {
  readonly keys: readonly (string | bigint | null)[]
  readonly time: bigint | null
  readonly created: bigint | null
  readonly values: readonly (number | bigint | string | null)[]
}

/** What an entity row asks. */
export interface OracleProbe {
  readonly keys: readonly (string | bigint | null)[]
  readonly time: bigint | null
}

const compareValue = (a: number | bigint | string | null, b: number | bigint | string | null): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  if (typeof a === 'string' || typeof b === 'string') return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
  return a < b ? -1 : a > b ? 1 : 0
}

const compareCreated = (a: bigint | null, b: bigint | null): number => {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null)
  return a < b ? -1 : a > b ? 1 : 0
}

/** Newest time, then newest created time (NULL lowest), then greatest values in order. */
const isNewer = (a: OracleRow, b: OracleRow): boolean => {
  if (a.time !== b.time) return (a.time ?? 0n) > (b.time ?? 0n)
  const created = compareCreated(a.created, b.created)
  if (created !== 0) return created > 0
  for (const [place, value] of a.values.entries()) {
    const order = compareValue(value, b.values[place] ?? null)
    if (order !== 0) return order > 0
  }
  return false
}

/** The point-in-time join by its definition: every source row is looked at for every entity row. */
export const answerOf = (probe: OracleProbe, rows: readonly OracleRow[], ttl: bigint): OracleRow | undefined => {
  const { time, keys } = probe
  if (time === null || keys.includes(null)) return undefined
  let best: OracleRow | undefined
  for (const row of rows) {
    if (row.time === null || row.time > time || (ttl > 0n && row.time < time - ttl)) continue
    if (row.keys.some((key, place) => key === null || key !== keys[place])) continue
    if (best === undefined || isNewer(row, best)) best = row
  }
  return best
}
