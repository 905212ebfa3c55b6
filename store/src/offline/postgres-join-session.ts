import type pg from 'pg'
import type { BatchSource } from '../definition/source.ts'
import type { KeyKind } from './key-encoder.ts'
import { tieOrder } from './lane.ts'
import { type Strategy, ttlOf, type ViewPlan, type ViewRequest } from './offline.ts'
import type { JoinedView, JoinSession } from './point-in-time.ts'
import { readTuples } from './postgres-copy-out.ts'
import { compileJoin, joinReader, type PostgresJoin } from './postgres-join.ts'
import { type PostgresPlan, planJoin } from './postgres-plan.ts'
import { shapeOf } from './postgres-shape.ts'
import { describeTable, type PostgresTable, postgresSourceOf } from './postgres-table.ts'
import { probeTable, sendProbes } from './postgres-upload.ts'
import type { Probes } from './probes.ts'
import { Slots } from './slots.ts'
import { windowOf } from './window.ts'

/** Slots from one (inclusive) to another (exclusive). */
type Part = readonly [first: number, end: number]

/** Runs something on a second connection that sees the same as the first; undefined when there is none. */
export type Beside = (
  first: pg.ClientBase,
  signal: AbortSignal | undefined,
  read: (client: pg.ClientBase) => Promise<void>,
) => Promise<object | undefined>

/** Slots that are worth a second connection: a tenth of a second of looks. */
const worthTwo = 20_000

/** Runs the joins of one training set on one connection, within one snapshot. */
export class PostgresJoinSession implements JoinSession {
  readonly readers: JoinSession['readers']
  readonly #client: pg.ClientBase
  readonly #beside: Beside
  readonly #strategy: Strategy
  /** Whether a temporary table can be made. */
  readonly #temporary: boolean
  readonly #tables = new Map<BatchSource, Promise<PostgresTable>>()
  #collated: Promise<boolean> | undefined

  constructor(
    client: pg.ClientBase,
    options: {
      readonly strategy: Strategy
      readonly temporary: boolean
      readonly beside: Beside
      readonly readers: JoinSession['readers']
    },
  ) {
    this.#client = client
    this.#beside = options.beside
    this.#strategy = options.strategy
    this.#temporary = options.temporary
    this.readers = options.readers
  }

  async plan(view: ViewRequest, probes: Probes): Promise<ViewPlan> {
    const { upload: _, statement, ...plan } = await this.#plan(await this.#compile(view, probes.kinds), probes)
    return { ...plan, sql: statement(probeTable) }
  }

  async join(view: ViewRequest, probes: Probes, signal: AbortSignal): Promise<JoinedView> {
    const join = await this.#compile(view, probes.kinds)
    const plan = await this.#plan(join, probes)
    const ttl = ttlOf(view)
    const lead = plan.strategy === 'scan' ? join.keys.length : 1
    const reader = joinReader(join, probes, lead)
    const slots = new Slots(probes, tieOrder(view, reader.lanes))
    const onRow = offering(plan, probes, slots, reader, lead)
    const read = async (client: pg.ClientBase, part?: Part): Promise<void> => {
      const { upload: per } = plan
      const counted = plan.strategy !== 'lateral'
      const shape = { ttl, temporary: this.#temporary, counted, ...(part === undefined ? {} : { part }) }
      const from = per === 'none' ? '' : await sendProbes(client, join, probes, { per, ...shape })
      // What the network brings is read to its end at once, so that two connections can share one cursor.
      await readTuples(client, plan.statement(from), reader.cursor, onRow, { signal })
    }
    if (plan.strategy === 'lateral' && this.#temporary && probes.slots >= worthTwo) await this.#readTwice(read, probes.slots, signal)
    else await read(this.#client)
    return { answers: slots.answers(ttl), lanes: reader.lanes }
  }

  /** Reads one half of the slots on a second connection, where there is one: a look keeps one of PostgreSQL's processors busy. */
  async #readTwice(read: (client: pg.ClientBase, part: Part) => Promise<void>, slots: number, signal: AbortSignal): Promise<void> {
    const half = slots >>> 1
    const other: Part = [half, slots]
    const [first, second] = await Promise.allSettled([
      read(this.#client, [0, half]),
      this.#beside(this.#client, signal, (client) => read(client, other)),
    ])
    for (const each of [first, second]) if (each.status === 'rejected') throw each.reason
    if (second.status === 'fulfilled' && second.value === undefined) await read(this.#client, other)
  }

  async #compile(view: ViewRequest, kinds: readonly KeyKind[]): Promise<PostgresJoin> {
    const table = this.#tables.get(view.source) ?? describeTable(this.#client, postgresSourceOf(view.source))
    this.#tables.set(view.source, table)
    return compileJoin(view, await table, kinds)
  }

  async #plan(join: PostgresJoin, probes: Probes): Promise<PostgresPlan> {
    const ttl = ttlOf(join.view)
    const { start, end } = windowOf(probes, ttl)
    const shape = await shapeOf(this.#client, join, start, end)
    this.#collated ??= hasOwnEquality(this.#client)
    return planJoin(join, probes, shape, { strategy: this.#strategy, ttl, collated: await this.#collated })
  }
}

/** Whether some collation of this database calls texts equal that differ in their bytes: then PostgreSQL alone can compare keys. */
const hasOwnEquality = async (client: pg.ClientBase): Promise<boolean> => {
  const { rows } = await client.query('SELECT EXISTS (SELECT FROM pg_collation WHERE NOT collisdeterministic) AS present')
  return rows[0]?.present === true
}

/** What is done with each row of a strategy's statement. */
const offering = (
  { strategy }: PostgresPlan,
  { keys }: Probes,
  slots: Slots,
  { cursor, time, created }: ReturnType<typeof joinReader>,
  lead: number,
): (() => void) => {
  const { offsets, lengths } = cursor
  if (strategy === 'export') return () => slots.offer(cursor.view.getInt32(offsets[0] ?? 0), time(), created())
  if (strategy !== 'scan') return () => slots.offerTo(cursor.view.getInt32(offsets[0] ?? 0), time(), created())
  return () => {
    // The fields of the key stand one after another as the probes' keys were encoded: each with its length before it.
    const last = lead - 1
    const from = lead === 0 ? 0 : (offsets[0] ?? 0) - 4
    const to = lead === 0 ? 0 : (offsets[last] ?? 0) + Math.max(lengths[last] ?? 0, 0)
    const group = keys.find(cursor.view, from, to)
    if (group >= 0) slots.offer(group, time(), created())
  }
}
