import { asObject, asObjects, asText, callPebble, type PebbleClient } from './client.ts'

/** Something that happened, kept by Pebble until it expires. */
export interface Notice {
  readonly id: string
  /** `custom` (anyone may add one), `change-update`, `warning`. */
  readonly type: string
  readonly key: string
  /** RFC 3339. */
  readonly firstOccurred: string
  readonly lastOccurred: string
  readonly lastRepeated: string
  readonly occurrences: number
  readonly lastData: Readonly<Record<string, string>>
}

const parseNotice = (value: unknown): Notice => {
  const notice = asObject(value)
  const data = Object.entries(asObject(notice['last-data']))
  return {
    id: asText(notice.id),
    type: asText(notice.type),
    key: asText(notice.key),
    firstOccurred: asText(notice['first-occurred']),
    lastOccurred: asText(notice['last-occurred']),
    lastRepeated: asText(notice['last-repeated']),
    occurrences: Number(notice.occurrences ?? 0),
    lastData: Object.fromEntries(data.map(([key, each]) => [key, asText(each)])),
  }
}

/**
 * Adds a custom notice, or counts it again; gives its id. A charm with this container gets the hook pebble-custom-notice.
 *
 * @throws {PebbleError} for a key that is not `domain/path`.
 *
 * @example
 * await addNotice(client, 'example.com/backup-done', { data: { path: '/tmp/x' }, repeatAfter: '1h' })
 */
export const addNotice = async (
  client: PebbleClient,
  key: string,
  { data, repeatAfter }: { readonly data?: Readonly<Record<string, string>>; readonly repeatAfter?: string } = {},
): Promise<string> => {
  const json = { action: 'add', type: 'custom', key, data, 'repeat-after': repeatAfter }
  return asText(asObject((await callPebble(client, { method: 'POST', path: '/v1/notices', json })).result).id)
}

/**
 * Gets a notice by its id.
 *
 * @throws {PebbleError} with status 404 when there is none.
 *
 * @example
 * (await getNotice(client, '3')).key // 'example.com/backup-done'
 */
export const getNotice = async (client: PebbleClient, id: string): Promise<Notice> =>
  parseNotice((await callPebble(client, { method: 'GET', path: `/v1/notices/${encodeURIComponent(id)}` })).result)

/** Which notices. `after` (RFC 3339) leaves out those that were not repeated since; `waitSeconds` waits that long for the first one. */
export interface NoticeQuery {
  readonly types?: readonly string[]
  readonly keys?: readonly string[]
  readonly after?: string
  readonly waitSeconds?: number
}

/**
 * Lists notices, in the order in which they were last repeated.
 *
 * @example
 * await listNotices(client, { types: ['custom'] })
 */
export const listNotices = async (client: PebbleClient, query: NoticeQuery = {}): Promise<readonly Notice[]> => {
  const { types, keys, after, waitSeconds } = query
  const { result } = await callPebble(client, {
    method: 'GET',
    path: '/v1/notices',
    query: {
      types: types?.join(','),
      keys: keys?.join(','),
      after,
      timeout: waitSeconds === undefined ? undefined : `${waitSeconds * 1000}ms`,
    },
    timeoutMs: (waitSeconds ?? 0) * 1000 + 10_000,
  })
  return asObjects(result).map(parseNotice)
}
