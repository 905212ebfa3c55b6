import type { Registry } from './registry.ts'
import type { RegistrySnapshot } from './snapshot.ts'

/** Calls back whenever somebody wrote to the registry; resolves to what ends that. */
export type Subscribe = (changed: () => void) => Promise<() => Promise<void>> | (() => Promise<void>)

/** How long a snapshot is served before the registry is read again. */
export interface CacheOptions {
  /** The project to read; all when it is left out. */
  readonly project?: string | undefined
  /** Feast's `cache_ttl_seconds`: after it the next caller reads anew. 0: a snapshot never grows old. */
  readonly ttlSeconds: number
  /** The clock, in UTC microseconds. */
  readonly now: () => bigint
  /** Hears of other writers, so that their changes need not wait for the time to live: `LISTEN` on {@link registryChannel}. */
  readonly subscribe?: Subscribe | undefined
  /**
   * Whether a snapshot that is too old is still served when the registry cannot be read, as Feast does.
   * The error is then handed to `onError`. Default: `false`, the error reaches the caller.
   */
  readonly serveStale?: boolean | undefined
  /** Gets the error of a read that a stale snapshot stood in for. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The newest known snapshot of a registry, read when it is asked for. */
export interface Snapshots extends AsyncDisposable {
  /** The snapshot that is in hand while it is fresh, else a new one. Who asks at the same time shares one read. */
  current(): Promise<RegistrySnapshot>
  /** A snapshot that was read after the call. */
  refresh(): Promise<RegistrySnapshot>
  /** Makes the next {@link current} read anew. */
  invalidate(): void
}

/*
 * A snapshot is fresh while its generation is the newest and its time has not run out. `invalidate` begins a new generation. A read
 * belongs to the generation in which it began: what is written while it runs may be missing from it, so it is served to those who
 * waited for it, and is not fresh for who comes after.
 */

/**
 * Keeps a snapshot of a registry in memory. Nothing is read before the first call.
 *
 * @example
 * await using snapshots = cachedSnapshots(registry, { project: 'demo', ttlSeconds: 60, now: () => BigInt(Date.now()) * 1000n })
 * const snapshot = await snapshots.current()
 */
export const cachedSnapshots = (registry: Pick<Registry, 'snapshot'>, options: CacheOptions): Snapshots => {
  const { project, ttlSeconds, now, subscribe, serveStale = false, onError } = options
  const ttl = BigInt(Math.round(ttlSeconds * 1_000_000))
  let generation = 0
  let held: { readonly snapshot: RegistrySnapshot; readonly generation: number; readonly readAt: bigint } | undefined
  let reading: { readonly generation: number; readonly snapshot: Promise<RegistrySnapshot> } | undefined
  let subscription: Promise<() => Promise<void>> | undefined

  const invalidate = (): void => {
    generation++
  }

  const isFresh = (entry: NonNullable<typeof held>): boolean =>
    entry.generation === generation && (ttl === 0n || now() - entry.readAt < ttl)

  const listen = async (): Promise<void> => {
    if (subscribe === undefined) return
    // Heard before it is read: a change in between begins a new generation.
    subscription ??= Promise.resolve(subscribe(invalidate))
    const attempt = subscription
    try {
      await attempt
    } catch (error) {
      if (subscription === attempt) subscription = undefined
      throw error
    }
  }

  const read = async (began: number): Promise<RegistrySnapshot> => {
    await listen()
    const readAt = now()
    const snapshot = await registry.snapshot(project)
    if (held === undefined || held.generation <= began) held = { snapshot, generation: began, readAt }
    return snapshot
  }

  const shared = (): Promise<RegistrySnapshot> => {
    if (reading?.generation === generation) return reading.snapshot
    const entry = { generation, snapshot: read(generation) }
    reading = entry
    const done = (): void => {
      if (reading === entry) reading = undefined
    }
    entry.snapshot.then(done, done)
    return entry.snapshot
  }

  return {
    async current() {
      if (held && isFresh(held)) return held.snapshot
      const stale = held?.snapshot
      try {
        return await shared()
      } catch (error) {
        if (!serveStale || stale === undefined) throw error
        onError?.(error)
        return stale
      }
    },
    refresh() {
      invalidate()
      return shared()
    },
    invalidate,
    async [Symbol.asyncDispose]() {
      const end = await subscription?.catch(() => undefined) // whoever asked got this error already
      await end?.()
    },
  }
}
