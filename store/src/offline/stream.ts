/** Gives one item to the reader; ends when the reader wants the next one. */
export type Emit<Item> = (item: Item) => Promise<void>

/**
 * Turns work that gives its results to a callback into an async iterable: for work that has to stay within a callback, as a transaction
 * does. The work runs only while somebody reads, and waits at each item until the next is wanted. Breaking off the loop aborts the signal
 * that the work was given, and waits until it has ended.
 *
 * @example
 * for await (const n of streamed<number>(async (emit) => { await emit(1); await emit(2) })) console.log(n)
 */
export async function* streamed<Item>(
  work: (emit: Emit<Item>, signal: AbortSignal) => Promise<void>,
  outer?: AbortSignal,
): AsyncGenerator<Item, void, undefined> {
  const stop = new AbortController()
  const signal = outer === undefined ? stop.signal : AbortSignal.any([outer, stop.signal])
  outer?.throwIfAborted()
  let wanted = Promise.withResolvers<void>()
  let given = Promise.withResolvers<{ readonly item: Item } | undefined>()
  const emit = async (item: Item): Promise<void> => {
    signal.throwIfAborted()
    given.resolve({ item })
    await wanted.promise
    signal.throwIfAborted()
  }
  const ended = work(emit, signal).then(
    () => given.resolve(undefined),
    (error: unknown) => given.reject(error),
  )
  try {
    for (;;) {
      const next = await given.promise
      if (next === undefined) return
      given = Promise.withResolvers()
      yield next.item
      const wake = wanted
      wanted = Promise.withResolvers()
      wake.resolve()
    }
  } finally {
    stop.abort(new Error('nobody reads any more'))
    wanted.resolve()
    given.promise.catch(() => undefined)
    await ended
  }
}
