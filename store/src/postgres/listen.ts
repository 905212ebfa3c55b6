import { setTimeout as delay } from 'node:timers/promises'
import { storeError } from '../errors.ts'
import { connectFailure, statementFailure } from './failure.ts'
import { quoteIdentifier } from './identifier.ts'
import { runQuery } from './query.ts'
import { type Reload, Rotation } from './rotation.ts'
import { openSession, type Session } from './session.ts'
import { describeTarget, type PostgresTarget } from './target.ts'

const firstPauseMs = 100
const longestPauseMs = 30_000

/** Options of {@link listen}. */
export interface ListenOptions {
  /** Called for each NOTIFY on the channel. */
  readonly onPayload: (payload: string) => void
  /** Called whenever listening begins, first and after each loss: what was notified in between was missed, so look for yourself. */
  readonly onListening?: () => void
  /** Called with each connection that failed or was lost; listening goes on with a new one. */
  readonly onError?: (error: unknown) => void
  readonly reload?: Reload
}

/** A channel that is listened to until it is closed. */
export interface Listener extends AsyncDisposable {
  close(): Promise<void>
}

class ChannelListener implements Listener {
  readonly #rotation: Rotation
  readonly #listen: string
  readonly #options: ListenOptions
  readonly #closing = new AbortController()
  readonly #running: Promise<void>

  constructor(target: PostgresTarget, channel: string, options: ListenOptions) {
    this.#rotation = new Rotation(target, options.reload)
    this.#listen = `LISTEN ${quoteIdentifier(channel)}`
    this.#options = options
    this.#running = this.#run()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing
    for (let pause = firstPauseMs; !signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
      try {
        const session = await this.#rotation.connect((target) => openSession(target, {}, signal))
        await this.#stay(session, () => {
          pause = firstPauseMs
        })
      } catch (error) {
        if (!signal.aborted) this.#options.onError?.(connectFailure(error, this.#rotation.target))
      }
      if (!signal.aborted) await delay(pause, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Ends, by an error, when the connection is lost, or quietly when the listener is closed. */
  async #stay(session: Session, onListening: () => void): Promise<void> {
    const { signal } = this.#closing
    const { client } = session
    const ended = Promise.withResolvers<void>()
    client.on('error', (error) => ended.reject(statementFailure(error, session.target, this.#listen)))
    client.on('end', () => ended.resolve())
    client.on('notification', ({ payload = '' }) => this.#options.onPayload(payload))
    const stop = () => ended.resolve()
    // It may be lost before anybody waits for it; the statement under way then says so.
    ended.promise.catch(() => undefined)
    signal.addEventListener('abort', stop, { once: true })
    try {
      await runQuery(session, this.#listen, [], {})
      onListening()
      this.#options.onListening?.()
      if (!signal.aborted) await ended.promise
    } finally {
      signal.removeEventListener('abort', stop)
      await session.close()
    }
  }
}

/**
 * Listens to a channel on a connection of its own, and goes on listening on a new one when that is lost.
 * Throws `STORE_POSTGRES_TARGET_INVALID` for a target behind a PgBouncer, where notifications do not arrive.
 *
 * @example
 * await using listener = listen(target, 'registry_changed', { onPayload: refresh, onListening: () => refresh() })
 */
export const listen = (target: PostgresTarget, channel: string, options: ListenOptions): Listener => {
  if (target.pooled) throw storeError('STORE_POSTGRES_TARGET_INVALID', [describeTarget(target), 'LISTEN does not work through a PgBouncer'])
  return new ChannelListener(target, channel, options)
}
