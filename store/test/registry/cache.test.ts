import { describe, expect, test } from 'vitest'
import { listen } from '../../src/postgres/listen.ts'
import { parsePostgresUrl } from '../../src/postgres/url.ts'
import { type CacheOptions, cachedSnapshots } from '../../src/registry/cache.ts'
import { type RegistrySnapshot, snapshotOf } from '../../src/registry/snapshot.ts'
import { registryChannel } from '../../src/registry/write.ts'
import { freshRegistry } from './database.ts'
import { entity, everyKind } from './messages.ts'

/** A registry whose reads end when the test says so, and a clock in seconds. */
const staged = (options: Partial<CacheOptions> = {}) => {
  const reads: PromiseWithResolvers<RegistrySnapshot>[] = []
  const clock = { seconds: 0 }
  const registry = {
    snapshot: () => {
      const read = Promise.withResolvers<RegistrySnapshot>()
      reads.push(read)
      return read.promise
    },
  }
  const snapshots = cachedSnapshots(registry, { ttlSeconds: 10, now: () => BigInt(clock.seconds * 1_000_000), ...options })
  const answer = (index: number): RegistrySnapshot => {
    const snapshot = snapshotOf([], [])
    reads[index]?.resolve(snapshot)
    return snapshot
  }
  return { snapshots, reads, clock, answer }
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('a cached snapshot', () => {
  test('is read by the first who asks, and by no other until its time has run out', async () => {
    const { snapshots, reads, clock, answer } = staged()
    expect(reads).toHaveLength(0)
    const first = snapshots.current()
    await turn()
    const one = answer(0)
    expect(await first).toBe(one)
    clock.seconds = 9.9
    expect(await snapshots.current()).toBe(one)
    clock.seconds = 10
    const second = snapshots.current()
    await turn()
    const two = answer(1)
    expect(await second).toBe(two)
    expect(reads).toHaveLength(2)
  })

  test('never grows old with a time to live of 0', async () => {
    const { snapshots, clock, answer } = staged({ ttlSeconds: 0 })
    const first = snapshots.current()
    await turn()
    const one = answer(0)
    await first
    clock.seconds = 1e9
    expect(await snapshots.current()).toBe(one)
  })

  test('is read once for all who wait for it', async () => {
    const { snapshots, reads, answer } = staged()
    const all = [snapshots.current(), snapshots.current(), snapshots.current()]
    await turn()
    const one = answer(0)
    expect(await Promise.all(all)).toEqual([one, one, one])
    expect(reads).toHaveLength(1)
  })

  test('is read anew for who comes after a change, even while an older read runs', async () => {
    const { snapshots, reads, answer } = staged()
    const before = snapshots.current()
    await turn()
    snapshots.invalidate()
    const after = snapshots.current()
    await turn()
    expect(reads).toHaveLength(2)
    const two = answer(1)
    expect(await after).toBe(two)
    const one = answer(0)
    expect(await before).toBe(one)
    expect(await snapshots.current()).toBe(two)
  })

  test('that cannot be read is an error to all who wait, and the next one tries again', async () => {
    const { snapshots, reads, answer } = staged()
    const all = [snapshots.current(), snapshots.current()]
    await turn()
    reads[0]?.reject(new Error('no registry'))
    const ends = await Promise.allSettled(all)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const next = snapshots.current()
    await turn()
    const one = answer(1)
    expect(await next).toBe(one)
  })

  test('that is too old is an error when the registry is gone, unless stale ones may be served: then the error is told', async () => {
    for (const serveStale of [false, true]) {
      const told: unknown[] = []
      const { snapshots, reads, clock, answer } = staged({ serveStale, onError: (error) => told.push(error) })
      const first = snapshots.current()
      await turn()
      const one = answer(0)
      await first
      clock.seconds = 11
      const second = snapshots.current()
      const refreshed = snapshots.refresh()
      await turn()
      const gone = new Error('gone')
      for (const read of reads.slice(1)) read.reject(gone)
      if (serveStale) expect(await second).toBe(one)
      else await expect(second).rejects.toBe(gone)
      await expect(refreshed).rejects.toBe(gone)
      expect(told).toEqual(serveStale ? [gone] : [])
    }
  })

  test('does not serve what it never read, though stale ones may be served', async () => {
    const { snapshots, reads } = staged({ serveStale: true })
    const first = snapshots.current()
    await turn()
    reads[0]?.reject(new Error('gone'))
    await expect(first).rejects.toThrow('gone')
  })
})

describe('a subscription', () => {
  test('is made before the first read, and ended with the cache', async () => {
    const order: string[] = []
    let changed = (): void => expect.unreachable()
    const { snapshots, reads, answer } = staged({
      subscribe: async (callback) => {
        order.push('listen')
        changed = callback
        return async () => {
          order.push('end')
        }
      },
    })
    const first = snapshots.current()
    await turn()
    order.push('read')
    answer(0)
    await first
    changed()
    const second = snapshots.current()
    await turn()
    answer(1)
    await second
    expect(reads).toHaveLength(2)
    await snapshots[Symbol.asyncDispose]()
    expect(order).toEqual(['listen', 'read', 'end'])
  })

  test('that fails is an error, and is tried again', async () => {
    let attempts = 0
    const { snapshots, answer } = staged({
      subscribe: async () => {
        if (++attempts === 1) throw new Error('no LISTEN here')
        return async () => undefined
      },
    })
    await expect(snapshots.current()).rejects.toThrow('no LISTEN here')
    const next = snapshots.current()
    await turn()
    answer(0)
    await next
    expect(attempts).toBe(2)
  })

  test('to PostgreSQL shows what another process applied, without waiting for the time to live', async () => {
    const { registry, url } = await freshRegistry()
    await registry.apply({ project: 'demo', objects: everyKind() }, { now: 0n })
    const [listening, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    await using snapshots = cachedSnapshots(registry, {
      project: 'demo',
      ttlSeconds: 0,
      now: () => 0n,
      subscribe: async (changed) => {
        const onPayload = (): void => {
          changed()
          heard.resolve()
        }
        const listener = listen(parsePostgresUrl(url), registryChannel, { onPayload, onListening: listening.resolve })
        await listening.promise
        return () => listener.close()
      },
    })
    expect((await snapshots.current()).get('entity', 'demo', 'driver')?.message.spec?.description).toBe('who drives')
    await registry.apply({ project: 'demo', objects: [entity('anew')] }, { now: 0n })
    await heard.promise
    expect((await snapshots.current()).get('entity', 'demo', 'driver')?.message.spec?.description).toBe('anew')
  })
})
