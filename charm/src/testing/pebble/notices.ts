import { EventEmitter, once } from 'node:events'

import { asRecord, PebbleRefusal } from './answer.ts'

interface FakeNotice {
  readonly id: string
  readonly 'user-id': number
  readonly type: string
  readonly key: string
  readonly 'first-occurred': string
  readonly 'last-occurred': string
  readonly 'last-repeated': string
  readonly occurrences: number
  readonly 'expire-after': string
  readonly 'last-data'?: Readonly<Record<string, unknown>>
}

/** Notices: one for each type and key, counted. */
export class FakeNotices {
  readonly #notices = new Map<string, FakeNotice>()
  readonly #clock: () => Date
  readonly #added = new EventEmitter()

  constructor(clock: () => Date) {
    this.#clock = clock
  }

  /** `POST /v1/notices`: the id of the notice. */
  add(body: Readonly<Record<string, unknown>>): string {
    const key = String(body.key)
    if (body.action !== 'add') throw new PebbleRefusal(400, `invalid action "${String(body.action)}"`)
    if (body.type !== 'custom') throw new PebbleRefusal(400, `invalid type "${String(body.type)}" (can only add "custom" notices)`)
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+(\/[a-z0-9]+(-[a-z0-9]+)*)+$/.test(key)) {
      throw new PebbleRefusal(400, `invalid key "${key}" (must be in "example.com/path" format)`)
    }
    const now = this.#clock().toISOString()
    const earlier = this.#notices.get(key)
    const id = earlier?.id ?? String(this.#notices.size + 1)
    const data = Object.keys(asRecord(body.data)).length === 0 ? {} : { 'last-data': asRecord(body.data) }
    const first = earlier?.['first-occurred'] ?? now
    const times = { 'first-occurred': first, 'last-occurred': now, 'last-repeated': now }
    const occurrences = (earlier?.occurrences ?? 0) + 1
    this.#notices.set(key, { id, 'user-id': 0, type: 'custom', key, ...times, occurrences, ...data, 'expire-after': '168h0m0s' })
    this.#added.emit('added')
    return id
  }

  /** Waits for the next one, or until the signal says enough. */
  async next(limit: AbortSignal): Promise<void> {
    try {
      await once(this.#added, 'added', { signal: limit })
    } catch (error) {
      if (!limit.aborted) throw error
    }
  }

  get(id: string): FakeNotice {
    const notice = [...this.#notices.values()].find((each) => each.id === id)
    if (!notice) throw new PebbleRefusal(404, `cannot find notice with ID "${id}"`)
    return notice
  }

  list(query: URLSearchParams): FakeNotice[] {
    const chosen = (name: string): readonly string[] => query.getAll(name).flatMap((text) => text.split(','))
    const [types, keys] = [chosen('types'), chosen('keys')]
    const after = query.get('after') ?? ''
    return [...this.#notices.values()].filter(
      (notice) =>
        (types.length === 0 || types.includes(notice.type)) &&
        (keys.length === 0 || keys.includes(notice.key)) &&
        (after === '' || notice['last-repeated'] > after),
    )
  }
}
