import { storeError } from '../errors.ts'
import { isLost, isStale } from './failure.ts'
import type { Session } from './session.ts'
import { describeTarget } from './target.ts'

/** How much later than the server's own limit we step in: then the server or the network is not answering. */
const graceMs = 1_000

/**
 * Runs one statement on a session so that `signal` and the target's statement timeout stop it inside PostgreSQL.
 * `translate` makes our error of any other; work of several statements is not `timed`: PostgreSQL times each. A result that came in spite of an abort is given: what was done is done. The session is broken after any interruption or loss.
 *
 * @example
 * await runInterruptible(session, () => session.client.query('SELECT pg_sleep(9)'), (error) => error, { signal })
 */
export const runInterruptible = async <Result>(
  session: Session,
  run: () => Promise<Result>,
  translate: (error: unknown) => unknown,
  { signal, timed = true }: { readonly signal?: AbortSignal | undefined; readonly timed?: boolean } = {},
): Promise<Result> => {
  const { target } = session
  const where = describeTarget(target)
  const cancelled = (cause: unknown) => storeError('STORE_POSTGRES_CANCELLED', [where, 'the caller cancelled it'], { cause })
  if (signal?.aborted) throw cancelled(signal.reason)
  const { statementTimeoutMs } = target
  let late = false
  const stop = () => session.interrupt()
  const stopLate = () => {
    late = true
    session.interrupt()
  }
  const limit = statementTimeoutMs + (target.pooled ? 0 : graceMs)
  const timer = timed && statementTimeoutMs > 0 ? setTimeout(stopLate, limit) : undefined
  signal?.addEventListener('abort', stop, { once: true })
  try {
    return await run()
  } catch (error) {
    if (isLost(error)) session.cut()
    // `pg` would go on believing that the session has the statement.
    if (isStale(error)) session.broken = true
    if (signal?.aborted) throw cancelled(error)
    if (late) throw storeError('STORE_POSTGRES_TIMEOUT', [where, String(statementTimeoutMs)], { cause: error })
    throw translate(error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', stop)
  }
}
