import type { StoreError } from '../errors.ts'
import { storeError } from '../errors.ts'
import { quoteIdentifier } from '../postgres/identifier.ts'
import type { Strategy, ViewPlan } from './offline.ts'
import type { PostgresJoin } from './postgres-join.ts'
import type { SourceShape } from './postgres-shape.ts'
import { exportSql, lateralSql, scanSql, sortMergeSql } from './postgres-strategy.ts'
import { types } from './postgres-value.ts'
import type { Probes } from './probes.ts'

/** What a strategy sends to PostgreSQL beforehand: nothing, a row for each distinct key, or one for each key and time. */
export type Upload = 'none' | 'group' | 'slot'

/** A chosen strategy, ready to run. */
export interface PostgresPlan extends Omit<ViewPlan, 'sql'> {
  readonly upload: Upload
  /** The statement that reads the source; `from` stands for the probes. */
  readonly statement: (from: string) => string
}

/**
 * Costs in microseconds, measured on 2 cores with PostgreSQL 18 and warm caches (100 k probes × 1 M rows, 1 M × 10 M): a look into an
 * index; a row scanned; a row sent here and offered; a row joined with uploaded keys first; a row sorted; a probe uploaded; a byte sent.
 */
const cost = { look: 5, scan: 0.1, row: 0.45, join: 0.4, sort: 1.5, upload: 0.6, byte: 0.002 }

/** Text that is equal exactly when its bytes are, and whole numbers: what can be looked up here. */
const comparable: ReadonlySet<number> = new Set([types.int2, types.int4, types.int8, types.text, types.varchar, types.bytea])

const isComparableHere = (join: PostgresJoin, collated: boolean): boolean =>
  !collated && join.keys.every(({ column, probe }) => comparable.has(column.type) && !probe('e').includes('::'))

const count = (value: number): string => Math.round(value).toLocaleString('en')

interface Estimate {
  readonly strategy: ViewPlan['strategy']
  readonly upload: Upload
  readonly microseconds: number
  readonly reason: string
}

const estimates = (probes: Probes, shape: SourceShape, here: boolean): readonly Estimate[] => {
  const { rows, width, distinctKeys, index } = shape
  const { slots, groups } = probes
  // Without statistics half of the rows are taken to have one of the keys.
  const share = distinctKeys === undefined ? 0.5 : Math.min(1, groups / distinctKeys)
  const asked =
    distinctKeys === undefined
      ? `keys asked for: ${count(groups)}, of a number that nobody counted (ANALYZE does)`
      : `keys asked for: ${count(groups)} of about ${count(distinctKeys)}`
  const perRow = cost.row + width * cost.byte
  const filtered = rows * (cost.scan + cost.join + share * perRow) + groups * cost.upload
  const list: Estimate[] = [
    {
      strategy: 'export',
      upload: 'group',
      microseconds: filtered,
      reason: `${asked}, so ${count(rows)} rows are looked through there and about ${count(rows * share)} of them come`,
    },
    {
      strategy: 'sort-merge',
      upload: 'slot',
      microseconds: (rows + slots) * cost.sort + slots * (cost.upload + perRow),
      reason: `rows are ${count(width)} bytes wide, so ${count(rows)} of them are sorted there and only the answers come`,
    },
  ]
  if (here)
    list.push({
      strategy: 'scan',
      upload: 'none',
      microseconds: rows * (cost.scan + perRow),
      reason: `${asked}, so all ${count(rows)} rows of the window are read in one scan`,
    })
  if (index !== undefined)
    list.push({
      strategy: 'lateral',
      upload: 'slot',
      microseconds: slots * (cost.look + cost.upload + width * cost.byte),
      reason: `${count(slots)} looks into index ${index} cost less than reading ${count(rows)} rows`,
    })
  return list
}

const statementOf =
  (join: PostgresJoin, probes: Probes, ttl: number, { strategy }: Estimate) =>
  (from: string): string => {
    if (strategy === 'lateral') return lateralSql(join, from, ttl)
    if (strategy === 'sort-merge') return sortMergeSql(join, from, probes, ttl)
    return strategy === 'scan' ? scanSql(join, probes, ttl) : exportSql(join, from, probes, ttl)
  }

/** What is over in a tenth of a second needs no index. */
const slow = 100_000

/** An index to make, when it would save most of the time. Views without keys are read whole anyway. */
const recommendation = (join: PostgresJoin, probes: Probes, shape: SourceShape, best: Estimate): string | undefined => {
  const { table } = join.table.source
  const withIndex = probes.slots * (cost.look + cost.upload)
  if (shape.index !== undefined || table === '' || join.keys.length === 0) return undefined
  if (best.microseconds < slow || withIndex * 3 > best.microseconds) return undefined
  const columns = [...join.keys.map(({ column }) => column.name), join.time.name].map(quoteIdentifier)
  return `CREATE INDEX CONCURRENTLY ON ${table} (${columns.join(', ')})`
}

const impossible = (view: string, strategy: string): StoreError =>
  storeError('STORE_STRATEGY_UNKNOWN', [
    view,
    strategy,
    'allowed on PostgreSQL: auto, export, lateral, sort-merge, and scan where keys are whole numbers, text or bytes',
  ])

/**
 * Chooses how a view is joined: what is estimated to take the least time, unless a strategy is forced.
 *
 * @throws STORE_STRATEGY_UNKNOWN when a forced strategy is not one of PostgreSQL's
 */
export const planJoin = (
  join: PostgresJoin,
  probes: Probes,
  shape: SourceShape,
  options: { readonly strategy: Strategy; readonly ttl: number; readonly collated: boolean },
): PostgresPlan => {
  const { strategy, ttl, collated } = options
  const all = estimates(probes, shape, isComparableHere(join, collated))
  const allowed = strategy === 'auto' ? all : all.filter((each) => each.strategy === strategy)
  const forced: Estimate = { strategy: 'lateral', upload: 'slot', microseconds: 0, reason: '' }
  const [first, ...rest] = allowed.length === 0 && strategy === 'lateral' ? [forced] : allowed
  if (first === undefined) throw impossible(join.view.name, strategy)
  const best = rest.reduce((a, b) => (b.microseconds < a.microseconds ? b : a), first)
  const recommends = recommendation(join, probes, shape, best)
  return {
    view: join.view.name,
    strategy: best.strategy,
    upload: best.upload,
    reason: strategy === 'auto' ? best.reason : `asked for${best.reason === '' ? '' : `; ${best.reason}`}`,
    statement: statementOf(join, probes, ttl, best),
    ...(recommends === undefined ? {} : { recommends }),
  }
}
