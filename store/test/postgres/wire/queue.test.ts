import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Queue } from '../../../src/postgres/wire/queue.ts'

test('a queue gives back in order what was put in, as an array does', () => {
  const steps = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3000, maxLength: 5000, size: 'max' })
  fc.assert(
    fc.property(steps, (steps) => {
      const [queue, oracle] = [new Queue<number>(), [] as number[]]
      for (const step of steps) {
        if (step > -2) {
          queue.push(step)
          oracle.push(step)
        } else expect(queue.shift()).toBe(oracle.shift())
        expect([queue.length, queue.first]).toEqual([oracle.length, oracle[0]])
      }
    }),
    { numRuns: 20 },
  )
})
