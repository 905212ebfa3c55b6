import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel'

/** What is told of: the store's calls that ask a database. */
export type StoreOperation = 'apply' | 'materialize' | 'push' | 'online-read'

/** What a subscriber is told of one call, and after it what Node adds: `result`, or `error`. No key and no value of a row is in it. */
export interface StoreEvent {
  readonly project: string
  readonly operation: StoreOperation
  /** What was asked for or named: references or a service, views, a push source. */
  readonly about: readonly string[]
  /** Rows that came along; 0 where none do. */
  readonly rows: number
}

type Channel = TracingChannel<unknown, StoreEvent>

const channels: Readonly<Record<StoreOperation, Channel>> = {
  apply: tracingChannel('charmed-feast:apply'),
  materialize: tracingChannel('charmed-feast:materialize'),
  push: tracingChannel('charmed-feast:push'),
  'online-read': tracingChannel('charmed-feast:online-read'),
}

/**
 * Runs an operation and tells `node:diagnostics_channel` of it, where somebody listens to `tracing:charmed-feast:<operation>:start`,
 * `:asyncEnd` or `:error`. Unheard, it costs a look at a flag: the event is not even made.
 *
 * @example
 * import { tracingChannel } from 'node:diagnostics_channel'
 * tracingChannel('charmed-feast:online-read').subscribe({ start: ({ about, rows }) => console.log(about, rows), ... })
 */
export const traced = <Result>(
  operation: StoreOperation,
  event: () => Omit<StoreEvent, 'operation'>,
  run: () => Promise<Result>,
): Promise<Result> => {
  const channel = channels[operation]
  return channel.hasSubscribers ? channel.tracePromise(run, { operation, ...event() }) : run()
}
