import type { Socket } from 'node:net'
import { StoreError, storeError } from '../errors.ts'
import { connectFailure, sqlState } from './failure.ts'
import { openSocket, type Route, routesTo } from './socket.ts'
import { describeTarget, type PostgresHost, type PostgresTarget, type TargetSessionAttrs } from './target.ts'

/** What a server says about itself, for `target_session_attrs`. */
export interface ServerState {
  readonly standby: boolean
  readonly readOnly: boolean
}

/** The statement that {@link ServerState} is read with: two booleans in one row. */
export const stateStatement = "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')::bool"

/** How a client makes a session of a socket. Two clients do it: `pg`, and our own wire. */
export interface Login<Session> {
  /** Starts the session; must give up, and free the socket, when `signal` aborts. */
  readonly open: (socket: Socket, route: Route, signal: AbortSignal) => Promise<Session>
  readonly inspect: (session: Session) => Promise<ServerState>
  readonly close: (session: Session) => void
}

const mismatch = (wanted: TargetSessionAttrs, { standby, readOnly }: ServerState): string | undefined => {
  if (wanted === 'primary' && standby) return 'it is a standby'
  if ((wanted === 'standby' || wanted === 'prefer-standby') && !standby) return 'it is no standby'
  if (wanted === 'read-write' && readOnly) return 'its sessions are read-only'
  return wanted === 'read-only' && !readOnly ? 'its sessions are not read-only' : undefined
}

/** Runs `act` with a signal that aborts with the caller's, or after `milliseconds` (0: never). */
const withDeadline = async <Value>(
  milliseconds: number,
  outer: AbortSignal | undefined,
  act: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> => {
  const deadline = new AbortController()
  const timer =
    milliseconds > 0 ? setTimeout(() => deadline.abort(new Error(`no answer within ${milliseconds} ms`)), milliseconds) : undefined
  const signal = outer === undefined ? deadline.signal : AbortSignal.any([outer, deadline.signal])
  try {
    return await act(signal)
  } catch (error) {
    if (deadline.signal.aborted && !outer?.aborted) throw deadline.signal.reason
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** A second way to the same host is tried where the first failed for its encryption, but not to have a wrong password refused twice. */
const mayTakeOtherRoute = (failure: StoreError): boolean =>
  failure.code === 'STORE_POSTGRES_TLS_REFUSED' || (failure.code === 'STORE_POSTGRES_LOGIN_REFUSED' && sqlState(failure) === '28000')

const connectHost = async <Session>(
  target: PostgresTarget,
  host: PostgresHost,
  login: Login<Session>,
  outer: AbortSignal | undefined,
): Promise<Session> => {
  let told: StoreError | undefined
  for (const route of routesTo(target, host)) {
    try {
      return await withDeadline(target.connectTimeoutMs, outer, async (signal) =>
        login.open(await openSocket(target, route, signal), route, signal),
      )
    } catch (error) {
      if (outer?.aborted) throw error
      const failure = connectFailure(error, { ...target, hosts: [host] })
      // A wrong password says more than the refusal of a route that was tried before it.
      if (told === undefined || sqlState(failure) === '28P01') told = failure
      if (!mayTakeOtherRoute(failure)) break
    }
  }
  throw told
}

const connectMatching = async <Session>(
  target: PostgresTarget,
  wanted: TargetSessionAttrs,
  login: Login<Session>,
  signal: AbortSignal | undefined,
): Promise<Session> => {
  const failures: StoreError[] = []
  for (const host of target.hosts) {
    try {
      const session = await connectHost(target, host, login, signal)
      const why = wanted === 'any' ? undefined : mismatch(wanted, await inspect(session, login))
      if (why === undefined) return session
      login.close(session)
      throw storeError('STORE_POSTGRES_UNREACHABLE', [describeTarget({ ...target, hosts: [host] }), why])
    } catch (error) {
      // As in libpq, only a server that cannot be had passes the turn on; a refused login is final.
      if (!(error instanceof StoreError) || error.code !== 'STORE_POSTGRES_UNREACHABLE') throw error
      failures.push(error)
    }
  }
  const [only] = failures
  if (failures.length === 1 && only !== undefined) throw only
  const why = `none of ${failures.length} hosts will do; ${failures.map((failure) => failure.message).join('; ')}`
  throw storeError('STORE_POSTGRES_UNREACHABLE', [describeTarget(target), why], { cause: new AggregateError(failures) })
}

const inspect = async <Session>(session: Session, login: Login<Session>): Promise<ServerState> => {
  try {
    return await login.inspect(session)
  } catch (error) {
    login.close(session)
    throw error
  }
}

/**
 * Opens a session on the first host of a target that is there and is of the wanted kind, by the route that `sslmode` allows.
 * Throws the `STORE_POSTGRES_…` error that says why none is; `STORE_POSTGRES_CANCELLED` when `signal` aborts.
 *
 * @example
 * const session = await connectAny(target, { open: startSession, inspect, close }, signal)
 */
export const connectAny = async <Session>(target: PostgresTarget, login: Login<Session>, signal?: AbortSignal): Promise<Session> => {
  const wanted = target.targetSessionAttrs
  try {
    return await connectMatching(target, wanted, login, signal)
  } catch (error) {
    if (signal?.aborted) {
      throw storeError('STORE_POSTGRES_CANCELLED', [describeTarget(target), 'the caller gave up while connecting'], {
        cause: signal.reason,
      })
    }
    const anyWillDo = wanted === 'prefer-standby' && error instanceof StoreError && error.code === 'STORE_POSTGRES_UNREACHABLE'
    if (anyWillDo) return await connectMatching(target, 'any', login, signal)
    throw error
  }
}
