import type { Batch, Column } from '../definition/batch.ts'
import { storeError } from '../errors.ts'
import { sliceBatch } from './column-data.ts'
import { type EntityChunk, type EntityReaders, readEntityRows } from './entity-rows.ts'
import type { Lane } from './lane.ts'
import type { ColumnHeader, JoinKey, PointInTimeRequest, Retrieval, ViewPlan, ViewRequest } from './offline.ts'
import { type Probes, probesOf } from './probes.ts'
import { type Emit, streamed } from './stream.ts'

/** The answers of one view to a chunk: for each row the slot whose values are its own, or -1, and the values of each feature. */
export interface JoinedView {
  readonly answers: Int32Array
  /** In the order of the view's features. */
  readonly lanes: readonly Lane[]
}

/** What an engine does within one snapshot of its data. */
export interface JoinSession {
  readonly readers: EntityReaders
  join(view: ViewRequest, probes: Probes, signal: AbortSignal): Promise<JoinedView>
  plan(view: ViewRequest, probes: Probes): Promise<ViewPlan>
}

/** Opens a session, and closes it when `work` ends. */
export type OpenSession = (signal: AbortSignal | undefined, work: (session: JoinSession) => Promise<void>) => Promise<void>

/** Entity rows worked on at once: what bounds memory, since each view's source is read once for each chunk. */
export const chunkRows = 1_000_000
/** Rows of a batch that is given out. */
const batchRows = 65_536

const featureColumns = (views: readonly ViewRequest[]): readonly ColumnHeader[] =>
  views.flatMap(({ features }) => features.map(({ name, type }) => ({ name, type })))

const keyColumns = (views: readonly ViewRequest[]): readonly ColumnHeader[] => {
  const types = new Map(views.flatMap(({ joinKeys }) => joinKeys.map(({ rowColumn, type }) => [rowColumn, type] as const)))
  return [...types].map(([name, type]) => ({ name, type }))
}

/** Two columns of one name would make one of them unreachable. Throws STORE_FEATURE_NAMES_COLLIDE. */
const checkNames = (columns: readonly ColumnHeader[], views: readonly ViewRequest[]): void => {
  const taken = new Map(columns.map(({ name }) => [name, `column "${name}" of the entity rows`]))
  for (const view of views) {
    for (const { name } of view.features) {
      const owner = taken.get(name)
      if (owner !== undefined) throw storeError('STORE_FEATURE_NAMES_COLLIDE', [name, `${owner} and view "${view.name}"`])
      taken.set(name, `view "${view.name}"`)
    }
  }
}

const joinId = (joinKeys: readonly JoinKey[]): string => JSON.stringify(joinKeys.map(({ rowColumn, type }) => [rowColumn, type.name]))

/** Probes for the views of a chunk: views with the same keys share theirs. */
const probesFor = (chunk: EntityChunk): ((view: ViewRequest) => Probes) => {
  const made = new Map<string, Probes>()
  return ({ joinKeys }) => {
    const id = joinId(joinKeys)
    const probes = made.get(id) ?? probesOf(chunk, joinKeys)
    made.set(id, probes)
    return probes
  }
}

const headerOf = (chunk: Batch, views: readonly ViewRequest[]): readonly ColumnHeader[] => {
  const columns = chunk.columns.map(({ name, type }) => ({ name, type }))
  checkNames(columns, views)
  return [...columns, ...featureColumns(views)]
}

/** Gives a chunk out: its own columns, and beside them what the views answered. */
const emitChunk = async (chunk: EntityChunk, views: readonly ViewRequest[], joined: readonly JoinedView[], emit: Emit<Batch>) => {
  for (let from = 0; from < chunk.rows || from === 0; from += batchRows) {
    const to = Math.min(from + batchRows, chunk.rows)
    const features = views.flatMap((view, place): readonly Column[] => {
      const { answers = new Int32Array(), lanes = [] } = joined[place] ?? {}
      const rows = answers.subarray(from, to)
      return view.features.map(({ name, type }, feature) => ({ name, type, values: lanes[feature]?.read(rows) ?? [] }))
    })
    await emit({ rows: to - from, columns: [...sliceBatch(chunk, from, to).columns, ...features] })
  }
}

/** A view that no row can ask: all keys or times are null, or there are no rows. Nothing is read for it. */
const nothing = (view: ViewRequest, probes: Probes): JoinedView => ({
  answers: probes.rowSlots,
  lanes: view.features.map(() => ({ take: () => undefined, compare: () => 0, read: (rows) => new Array(rows.length).fill(null) })),
})

/** Entity rows cut to what their columns are told from. */
const oneRow = (rows: PointInTimeRequest['entityRows']): PointInTimeRequest['entityRows'] =>
  'sql' in rows ? { sql: `SELECT * FROM (${rows.sql}\n) AS q LIMIT 1` } : rows

/**
 * Makes the retrieval of a point-in-time join over an engine's sessions. Nothing runs before it is read; each reading is one session.
 *
 * @throws STORE_ENTITY_ROWS_INVALID, STORE_FEATURE_NAMES_COLLIDE when read
 */
export const pointInTimeOf = (open: OpenSession, request: PointInTimeRequest): Retrieval => {
  const { views, eventTimestampColumn, signal } = request
  const keys = keyColumns(views)
  const chunks = (session: JoinSession, size: number, rows = request.entityRows): AsyncGenerator<EntityChunk> =>
    readEntityRows(rows, { eventTimestampColumn, readers: session.readers, size, keys })

  const work = async (emit: Emit<Batch>, stop: AbortSignal): Promise<void> =>
    open(stop, async (session) => {
      let rows = 0
      for await (const chunk of chunks(session, chunkRows)) {
        headerOf(chunk, views)
        const probes = probesFor(chunk)
        const joined: JoinedView[] = []
        for (const view of views) {
          const asked = probes(view)
          joined.push(asked.slots === 0 ? nothing(view, asked) : await session.join(view, asked, stop))
        }
        await emitChunk(chunk, views, joined, emit)
        rows += chunk.rows
        request.onProgress?.(rows)
      }
    })

  /** The first chunk, and what is made of it. */
  const first = async <Result>(
    size: number,
    use: (chunk: EntityChunk, session: JoinSession) => Promise<Result>,
    rows = request.entityRows,
  ): Promise<Result> => {
    const results: Result[] = []
    await open(signal, async (session) => {
      for await (const chunk of chunks(session, size, rows)) {
        results.push(await use(chunk, session))
        return
      }
    })
    const [result] = results
    if (result === undefined) throw storeError('STORE_ENTITY_ROWS_INVALID', ['', 'there is no batch, so no column either'])
    return result
  }

  return {
    header: () => first(1, async (chunk) => headerOf(chunk, views), oneRow(request.entityRows)),
    batches: () => streamed(work, signal),
    plan: () =>
      first(chunkRows, async (chunk, session) => {
        headerOf(chunk, views)
        const probes = probesFor(chunk)
        const plans: ViewPlan[] = []
        for (const view of views) plans.push(await session.plan(view, probes(view)))
        return plans
      }),
  }
}
