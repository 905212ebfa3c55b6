import type { Registry } from '@charmed-feast/store'
import { type RegistryIndex, registryIndex } from './registry-index.ts'

/** Calls back whenever somebody wrote to the registry; what it returns ends that. */
export type Hear = (changed: () => void) => { close(): Promise<void> }

/** How a registry is followed. */
export interface FeedOptions {
  readonly registry: Pick<Registry, 'snapshot'>
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
  /** After so many seconds the registry is read anew by whoever asks next. 0: never. */
  readonly ttlSeconds: number
  /** Hears of other writers at once. Python's Feast tells nobody: its writes wait for the time to live. */
  readonly hear: Hear | undefined
  /** Told when reading failed behind an answer that was given from the index at hand. */
  readonly onError: (error: unknown) => void
}

/** The newest known state of the registry. */
export interface RegistryFeed extends AsyncDisposable {
  /** The index at hand; read first where there is none, or where it is too old. */
  current(): Promise<RegistryIndex>
  /** An index that was read after the call. */
  refresh(): Promise<RegistryIndex>
  /** Calls back with each index that differs from the one before. */
  onChange(listener: (index: RegistryIndex, before: RegistryIndex | undefined) => void): () => void
  readonly refreshed: 'listen' | 'poll'
}

/*
 * One index is at hand and swapped as a whole. A reading that is under way is shared by all who ask while it has not begun to read; who
 * asks for a refresh during a reading gets the next one, for what was written meanwhile may be missing from the first.
 */

/**
 * Follows a registry. Nothing is read before the first call.
 *
 * @example
 * await using feed = registryFeed({ registry, now, ttlSeconds: 60, hear: undefined, onError })
 * const index = await feed.current()
 */
export const registryFeed = ({ registry, now, ttlSeconds, hear, onError }: FeedOptions): RegistryFeed => {
  const ttl = BigInt(Math.round(ttlSeconds * 1_000_000))
  const listeners = new Set<(index: RegistryIndex, before: RegistryIndex | undefined) => void>()
  let held: RegistryIndex | undefined
  let checkedAt = 0n
  let reading: Promise<RegistryIndex> | undefined
  let next: Promise<RegistryIndex> | undefined

  const read = async (): Promise<RegistryIndex> => {
    const began = now()
    const snapshot = await registry.snapshot()
    checkedAt = began
    if (held?.snapshot.version === snapshot.version) return held
    const before = held
    const index = registryIndex(snapshot, began)
    held = index
    for (const listener of listeners) listener(index, before)
    return index
  }

  const start = (): Promise<RegistryIndex> => {
    const begun = read().finally(() => {
      if (reading === begun) reading = undefined
    })
    reading = begun
    return begun
  }

  const refresh = (): Promise<RegistryIndex> => {
    if (reading === undefined) return start()
    next ??= reading
      .catch(() => undefined)
      .then(() => {
        next = undefined
        return start()
      })
    return next
  }

  const heard = hear?.(() => void refresh().catch(onError))
  return {
    refreshed: heard === undefined ? 'poll' : 'listen',
    async current() {
      const isOld = ttl > 0n && now() - checkedAt >= ttl
      if (held !== undefined && !isOld) return held
      const begun = reading ?? start()
      if (held === undefined) return begun
      // Too old: whoever asks waits, unless it cannot be read now; then what is at hand is better than nothing, as Feast has it.
      const old = held
      return begun.catch((error) => {
        onError(error)
        return old
      })
    },
    refresh,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async [Symbol.asyncDispose]() {
      await heard?.close()
      await (next ?? reading)?.catch(onError)
    },
  }
}
