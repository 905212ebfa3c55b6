import { openRowReader, type RowReader } from '../postgres/read.ts'
import type { PostgresTarget } from '../postgres/target.ts'
import { encodeByteaArray, encodeTextArray } from '../postgres/wire/parameter.ts'
import type { ReadPlan } from './plan.ts'
import { type PlanStatements, planStatements } from './plan-statement.ts'
import type { OnlineReader } from './postgres-online.ts'
import type { Reading } from './read.ts'

/** How a reader reaches its database. */
export interface ReaderOptions {
  readonly connections: number
  /** Asked for a rotated password. */
  readonly reload: () => Promise<PostgresTarget>
  /** `pg` reads through that driver instead of our own wire: slower, and the same bytes. */
  readonly over?: 'wire' | 'pg'
}

/**
 * From as many keys on the groups of a plan are read side by side, over several connections: consistency is then per view. Below, one
 * statement is faster, since it starts PostgreSQL's executor once.
 */
const sideBySideFrom = 50

const keysOf = ({ keys }: Reading, keySet: number): Buffer => encodeByteaArray(keys[keySet]?.keys ?? [])

const compiled = new WeakMap<ReadPlan, PlanStatements>()

const statementsOf = (plan: ReadPlan): PlanStatements => {
  const known = compiled.get(plan)
  if (known !== undefined) return known
  const made = planStatements(plan)
  compiled.set(plan, made)
  return made
}

const readWhole = async (reader: RowReader, reading: Reading, signal: AbortSignal | undefined): Promise<void> => {
  const { plan, keys } = reading
  const features = plan.groups.flatMap((group) => (group.picks ? [encodeTextArray(group.features)] : []))
  await reader.read(statementsOf(plan).whole, [...keys.map((_, at) => keysOf(reading, at)), ...features], reading, { signal })
}

const readSideBySide = async (reader: RowReader, reading: Reading, signal: AbortSignal | undefined): Promise<void> => {
  const encoded = reading.keys.map((_, at) => keysOf(reading, at))
  await Promise.all(
    statementsOf(reading.plan).parts.map(async ({ group, statement }) => {
      const features = group.picks ? [encodeTextArray(group.features)] : []
      await reader.read(statement, [encoded[group.keySet] ?? Buffer.alloc(0), ...features], reading, { signal })
    }),
  )
}

/**
 * Opens the reader of an online store on PostgreSQL: one round trip for a small request, views side by side for a large one.
 * Parallel workers are off: starting them costs more than a read does (28 instead of 10–13 ms for 100 keys). Plans are generic: PostgreSQL
 * would else plan every read anew, because it takes an array for ten elements (2,400 → 4,000 reads a second of 1 entity × 50 features).
 */
export const postgresReader = (target: PostgresTarget, { connections, reload, over = 'wire' }: ReaderOptions): OnlineReader => {
  const reader = openRowReader(target, {
    over,
    size: connections,
    reload,
    settings: { max_parallel_workers_per_gather: '0', plan_cache_mode: 'force_generic_plan' },
  })
  return {
    async read(reading, { snapshot = false, signal }) {
      const keys = Math.max(...reading.keys.map((set) => set.keys.length))
      const whole = snapshot || reading.plan.groups.length === 1 || keys < sideBySideFrom
      await (whole ? readWhole : readSideBySide)(reader, reading, signal)
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  }
}
