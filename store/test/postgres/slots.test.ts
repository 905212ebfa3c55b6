import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Slots } from '../../src/postgres/slots.ts'

interface Thing {
  broken: boolean
  closed: boolean
  lent: boolean
}

const slotsOf = (max: number) => {
  const made: Thing[] = []
  let most = 0
  const slots = new Slots<Thing>({
    max,
    min: 0,
    idleMs: 60_000,
    open: async () => {
      const thing = { broken: false, closed: false, lent: false }
      made.push(thing)
      most = Math.max(most, made.filter(({ closed }) => !closed).length)
      return thing
    },
    close: async (thing) => {
      thing.closed = true
    },
    closedError: () => new Error('closed'),
  })
  return { slots, made, most: () => most }
}

const step = fc.record({ fresh: fc.boolean(), breaks: fc.boolean(), gives: fc.boolean(), turns: fc.integer({ min: 0, max: 5 }) })

test('whoever asks gets one that is whole and nobody else’s, never more than max are open, and closing ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 30 }), async (max, steps) => {
      const { slots, made, most } = slotsOf(max)
      const work = steps.map(async ({ fresh, breaks, gives, turns }) => {
        const caller = new AbortController()
        const asked = slots.acquire({ fresh, signal: caller.signal })
        if (gives) caller.abort(new Error('gave up'))
        const thing = await asked
        expect([thing.lent, thing.broken, thing.closed]).toEqual([false, false, false])
        thing.lent = true
        for (let turn = 0; turn < turns; turn++) await undefined
        thing.lent = false
        thing.broken = breaks
        slots.release(thing)
      })
      const outcomes = await Promise.allSettled(work)
      const wrong = outcomes.filter((outcome) => outcome.status === 'rejected' && outcome.reason.message !== 'gave up')
      expect(wrong).toEqual([])
      expect(most()).toBeLessThanOrEqual(max)
      await slots.close()
      expect(made.every(({ closed }) => closed)).toBe(true)
      await expect(slots.acquire()).rejects.toThrow('closed')
    }),
  )
})

test('an opening that fails wakes the next who waits', async () => {
  let opened = 0
  const slots = new Slots<Thing>({
    max: 1,
    min: 0,
    idleMs: 60_000,
    open: async () => {
      if (++opened === 1) throw new Error('first')
      return { broken: false, closed: false, lent: false }
    },
    close: async () => undefined,
    closedError: () => new Error('closed'),
  })
  const [first, second] = await Promise.allSettled([slots.acquire(), slots.acquire()])
  expect([first.status, second.status]).toEqual(['rejected', 'fulfilled'])
})
