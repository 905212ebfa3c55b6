/** What a server answered. */
export interface RestAnswer {
  readonly status: number
  readonly body: unknown
}

/** Asks a server; a body that is no JSON is kept as its text. */
export const ask = async (base: string, path: string): Promise<RestAnswer> => {
  const response = await fetch(`${base}/api/v1/${path}`)
  const text = await response.text()
  try {
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  } catch {
    return { status: response.status, body: text }
  }
}

/** Members that ours has and Feast's has not, and code that each writes in its own way: `docs/reference/rest.md`. */
const ownMembers = new Set(['computed', 'definitions', 'featureDefinition'])

/** Request sources inside on-demand views get new times whenever Feast reads them. */
const isRequestSource = (value: object): boolean => 'requestDataOptions' in value

/** A value with everything that has no order in one order, as text. */
const canonical = (value: unknown): string => JSON.stringify(sortedValue(value))

const sortedValue = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value
      .map(sortedValue)
      .map((item) => JSON.stringify(item))
      .sort()
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => !ownMembers.has(key) && !(key === 'meta' && isRequestSource(value)))
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sortedValue(item)]))
}

const counts = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'relationships' || Array.isArray(Reflect.get(value, key)))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, counts(item)]),
  )
}

/** What two answers are compared by: errors by status and type, pages by their numbers, everything else whole. */
export const comparable = ({ status, body }: RestAnswer, compare: 'body' | 'counts'): string => {
  if (status < 400) return `${status} ${compare === 'counts' ? JSON.stringify(counts(body)) : canonical(body)}`
  const type = typeof body === 'object' && body !== null && 'error_type' in body ? String(body.error_type) : 'HTTPException'
  return `${status} ${type}`
}

/** A way in which our answers differ on purpose; `docs/reference/rest.md` says the same. */
export interface RestDifference {
  readonly path: RegExp
  readonly why: string
}

/** All of them. */
export const restDifferences: readonly RestDifference[] = [
  { path: /^lineage\/complete/, why: 'Feast puts the pagination object among the feature views' },
  {
    path: /^materialization_jobs\?(?!.*page=\d.*limit=\d)/,
    why: 'without page and limit Feast answers no job at all, and their number; ours answers all',
  },
  {
    path: /^feature_views\/trip_score/,
    why: 'Feast pickles the function of an on-demand view anew when one view is asked for; ours answers the stored bytes',
  },
]
