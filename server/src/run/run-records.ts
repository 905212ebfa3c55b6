import type { Job } from '@charmed-feast/store'
import { serverError } from '../errors.ts'
import type { Row } from '../record/ground.ts'
import type { Records } from '../record/records.ts'
import { isActive, readRun, type StoredRun, writeRun } from './stored-run.ts'

/** How many runs of one user are queued or running. */
const runsPerUser = 8
/** A run whose server went away so often is not taken again. */
const mostTries = 3

/** The runs that servers share: each is some server's for as long as its lease is renewed. */
export interface RunRecords {
  /** @throws SERVER_BUSY when the user has too many under way */
  add(run: StoredRun): Promise<void>
  /** The oldest run that nobody works on, for this server; and whether another left it unfinished. */
  take(owner: string): Promise<StoredRun | undefined>
  /** Keeps how far a run is, and renews its lease. `undefined`: it is not this server's any more. */
  keep(run: StoredRun, owner: string): Promise<{ readonly cancelled: boolean } | undefined>
  /** Keeps a run that nobody works on any more: it has ended, or is to be gone on with. */
  release(run: StoredRun, owner: string): Promise<void>
  /** Asks a run to end. @throws SERVER_RECORD_NOT_FOUND, SERVER_CONFLICT when it has ended */
  cancel(id: string): Promise<StoredRun>
  get(id: string): Promise<StoredRun | undefined>
  /** Newest first. */
  list(project: string, limit: number): Promise<readonly StoredRun[]>
}

const columns = 'doc, state, changed_at'
const runOf = ({ doc, state, changed_at: at }: Row): StoredRun => readRun(doc, state, new Date(Number(at)).toISOString())

const one = (rows: readonly Row[]): StoredRun | undefined => {
  const [row] = rows
  return row === undefined ? undefined : runOf(row)
}

/** Opens them. Leases are seconds. */
export const runRecords = (
  records: Records,
  { project, leaseSeconds }: { readonly project: string; readonly leaseSeconds: number },
): RunRecords => {
  const lease = `{now} + ${Math.round(leaseSeconds * 1000)}`
  const get = async (id: string): Promise<StoredRun | undefined> =>
    one(await records.query(`SELECT ${columns} FROM {run} WHERE id = $1`, [id]))
  return {
    get,
    async add(run) {
      const user = run.order.user ?? ''
      const [row] = await records.query(
        `SELECT count(*) AS runs FROM {run} WHERE asked_by = $1 AND state IN ('queued', 'running', 'cancelling')`,
        [user],
      )
      const active = Number(row?.runs ?? 0)
      if (active >= runsPerUser) throw serverError('SERVER_BUSY', ['a run', String(active)])
      await records.write(
        `INSERT INTO {run} (id, project, asked_by, state, created_at, changed_at, doc) VALUES ($1, $2, $3, 'queued', {now}, {now}, $4)`,
        [run.id, run.order.project, user, writeRun(run)],
      )
      await records.tell(run.id)
    },
    async take(owner) {
      // Given up: a run that ends its server each time would be taken for ever.
      await records.query(
        `UPDATE {run} SET state = CASE cancelled WHEN 1 THEN 'cancelled' ELSE 'lost' END, owner = NULL, lease_until = NULL, changed_at = {now}
WHERE project = $1 AND state IN ('running', 'cancelling') AND lease_until < {now} AND (tries >= ${mostTries} OR cancelled = 1)`,
        [project],
      )
      return one(
        await records.query(
          `UPDATE {run} SET state = 'running', owner = $1, lease_until = ${lease}, changed_at = {now}, tries = tries + 1
WHERE id = (SELECT id FROM {run} WHERE project = $2 AND (state = 'queued' OR (state = 'running' AND lease_until < {now}))
ORDER BY created_at LIMIT 1 {skip taken}) RETURNING ${columns}`,
          [owner, project],
        ),
      )
    },
    async keep(run, owner) {
      const [row] = await records.write(
        `UPDATE {run} SET doc = $1, lease_until = ${lease}, changed_at = {now} WHERE id = $2 AND owner = $3 RETURNING cancelled`,
        [writeRun(run), run.id, owner],
      )
      if (row === undefined) return undefined
      await records.tell(run.id)
      return { cancelled: Number(row.cancelled) === 1 }
    },
    async release(run, owner) {
      const tries = run.state === 'queued' ? 'tries - 1' : 'tries'
      await records.write(
        `UPDATE {run} SET doc = $1, state = $2, owner = NULL, lease_until = NULL, tries = ${tries}, changed_at = {now} WHERE id = $3 AND owner = $4`,
        [writeRun(run), run.state, run.id, owner],
      )
      await records.tell(run.id)
    },
    async cancel(id) {
      const changed = await records.query(
        `UPDATE {run} SET cancelled = 1, changed_at = {now}, state = CASE state WHEN 'queued' THEN 'cancelled' ELSE 'cancelling' END
WHERE id = $1 AND state IN ('queued', 'running', 'cancelling') RETURNING ${columns}`,
        [id],
      )
      const run = one(changed)
      if (run !== undefined) {
        await records.tell(id)
        return run
      }
      const known = await get(id)
      if (known === undefined) throw serverError('SERVER_RECORD_NOT_FOUND', ['Run', id])
      throw serverError('SERVER_CONFLICT', ['cancel run', id, `it is ${known.state} already`])
    },
    async list(of, limit) {
      const rows = await records.query(`SELECT ${columns} FROM {run} WHERE project = $1 ORDER BY created_at DESC LIMIT $2`, [of, limit])
      return rows.map(runOf)
    },
  }
}

const isOfOrder = ({ order }: StoredRun, job: Pick<Job, 'start' | 'end'>): boolean =>
  order.mode === 'range' && order.start === job.start && order.end === job.end

/** Whether a job of the store is a part of one of the runs: those are shown as the run. Its id is known to the run only when it has ended. */
export const ownedJobs = (runs: readonly StoredRun[]) => {
  const ids = new Set(runs.flatMap(({ parts }) => parts.flatMap(({ job }) => job ?? [])))
  const active = runs.filter(isActive)
  return (job: Pick<Job, 'id' | 'state' | 'view' | 'start' | 'end'>): boolean =>
    ids.has(job.id) ||
    active.some(
      (run) =>
        (job.state === 'running' || isOfOrder(run, job)) && run.parts.some(({ state, view }) => state === 'running' && view === job.view),
    )
}
