import { charmError } from '../errors.ts'
import { asObject, asObjects, asText, callPebble, type PebbleClient, PebbleError, type PebbleObject } from './client.ts'

/** One step of a change. */
export interface Task {
  readonly id: string
  readonly kind: string
  readonly summary: string
  readonly status: string
  /** What Pebble wrote down about it, oldest first. */
  readonly log: readonly string[]
  readonly data: PebbleObject
}

/** Work that Pebble does on its own time. */
export interface Change {
  readonly id: string
  readonly kind: string
  readonly summary: string
  /** `Do`, `Doing`, `Done`, `Error`, `Hold`, `Abort`… */
  readonly status: string
  readonly ready: boolean
  /** What went wrong; null when nothing did. */
  readonly error: string | null
  readonly tasks: readonly Task[]
}

const parseTask = (task: PebbleObject): Task => ({
  id: asText(task.id),
  kind: asText(task.kind),
  summary: asText(task.summary),
  status: asText(task.status),
  log: Array.isArray(task.log) ? task.log.map(asText) : [],
  data: asObject(task.data),
})

/** Reads a change as Pebble writes it. */
const parseChange = (value: unknown): Change => {
  const change = asObject(value)
  return {
    id: asText(change.id),
    kind: asText(change.kind),
    summary: asText(change.summary),
    status: asText(change.status),
    ready: change.ready === true,
    error: asText(change.err) || null,
    tasks: asObjects(change.tasks).map(parseTask),
  }
}

/**
 * Gets a change by its id.
 *
 * @example
 * (await getChange(client, '7')).status // 'Done'
 */
export const getChange = async (client: PebbleClient, id: string): Promise<Change> =>
  parseChange((await callPebble(client, { method: 'GET', path: `/v1/changes/${encodeURIComponent(id)}` })).result)

/**
 * Lists changes: those in progress, those that are ready, or all; of one service if named.
 *
 * @example
 * await listChanges(client, { select: 'all', service: 'feast-ui' })
 */
export const listChanges = async (
  client: PebbleClient,
  { select, service }: { readonly select?: 'all' | 'in-progress' | 'ready'; readonly service?: string } = {},
): Promise<readonly Change[]> => {
  const query = { select, for: service }
  return asObjects((await callPebble(client, { method: 'GET', path: '/v1/changes', query })).result).map(parseChange)
}

/** What a failed change says: its error and what its tasks wrote down. */
const explain = ({ error, tasks }: Change): string => {
  const logs = tasks.filter(({ status }) => status === 'Error').flatMap(({ summary, log }) => log.map((line) => `${summary}: ${line}`))
  return [error ?? 'unknown', ...logs].join('\n')
}

/** How long one request waits inside Pebble before it says 504; then we ask again. */
const waitSeconds = 4

/**
 * Waits until a change is ready, and throws when it failed.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED`, with the logs of the tasks that failed; `CHARM_PEBBLE_TIMEOUT` after `seconds` (30).
 *
 * @example
 * await waitChange(client, '7', { seconds: 60 })
 */
export const waitChange = async (
  client: PebbleClient,
  id: string,
  { seconds = 30 }: { readonly seconds?: number } = {},
): Promise<Change> => {
  for (let left = seconds; left > 0; left -= waitSeconds) {
    const change = await waitOnce(client, id, Math.min(left, waitSeconds))
    if (change === null) continue
    if (change.error !== null) throw charmError('CHARM_PEBBLE_CHANGE_FAILED', [change.summary, explain(change)])
    return change
  }
  throw charmError('CHARM_PEBBLE_TIMEOUT', [id, String(seconds)])
}

const waitOnce = async (client: PebbleClient, id: string, seconds: number): Promise<Change | null> => {
  const path = `/v1/changes/${encodeURIComponent(id)}/wait`
  try {
    const query = { timeout: `${Math.ceil(seconds * 1000)}ms` }
    const change = parseChange((await callPebble(client, { method: 'GET', path, query, timeoutMs: seconds * 1000 + 10_000 })).result)
    return change.ready ? change : null
  } catch (error) {
    if (error instanceof PebbleError && error.status === 504) return null
    throw error
  }
}
