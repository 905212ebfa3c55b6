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

/** Runs the joins of one training set on one connection, within one snapshot. */
export class PostgresJoinSession implements JoinSession {
  readonly readers: JoinSession['readers']
  readonly #client: pg.ClientBase
  readonly #strategy: Strategy
  /** Whether a temporary table can be made. */
  readonly #temporary: boolean
  readonly #tables = new Map<BatchSource, Promise<PostgresTable>>()
  #collated: Promise<boolean> | undefined

  constructor(
    client: pg.ClientBase,
    options: { readonly strategy: Strategy; readonly temporary: boolean; readonly readers: JoinSession['readers'] },
  ) {
    this.#client = client
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
    const temporary = this.#temporary
    const from = plan.upload === 'none' ? '' : await sendProbes(this.#client, join, probes, { per: plan.upload, ttl, temporary })
    const lead = plan.strategy === 'scan' ? join.keys.length : 1
    const reader = joinReader(join, probes, lead)
    const slots = new Slots(probes, tieOrder(view, reader.lanes))
    await readTuples(this.#client, plan.statement(from), reader.cursor, offering(plan, probes, slots, reader, lead), { signal })
    return { answers: slots.answers(ttl), lanes: reader.lanes }
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
