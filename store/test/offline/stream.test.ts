import { expect, test } from 'vitest'
import { streamed } from '../../src/offline/stream.ts'
import { collect } from './point-in-time.ts'

test('gives what the work gives, and waits at each item until the next is wanted', async () => {
  const steps: string[] = []
  const items = streamed<number>(async (emit) => {
    for (const n of [1, 2]) {
      steps.push(`give ${n}`)
      await emit(n)
    }
    steps.push('end')
  })
  expect(steps).toEqual([])
  for await (const n of items) steps.push(`take ${n}`)
  expect(steps).toEqual(['give 1', 'take 1', 'give 2', 'take 2', 'end'])
})

test('an error of the work comes after what it gave', async () => {
  const items = streamed<number>(async (emit) => {
    await emit(1)
    throw new Error('broken')
  })
  const taken: number[] = []
  await expect(
    (async () => {
      for await (const n of items) taken.push(n)
    })(),
  ).rejects.toThrow('broken')
  expect(taken).toEqual([1])
})

test('breaking off tells the work, and waits for it to end', async () => {
  const steps: string[] = []
  const items = streamed<number>(async (emit, signal) => {
    try {
      for (let n = 1; ; n++) await emit(n)
    } finally {
      steps.push(`aborted: ${signal.aborted}`)
      await new Promise((resolve) => setImmediate(resolve))
      steps.push('ended')
    }
  })
  for await (const n of items) if (n === 2) break
  expect(steps).toEqual(['aborted: true', 'ended'])
})

test('an abort from outside reaches the work, and none is begun after it', async () => {
  const controller = new AbortController()
  const waiting = streamed<number>(
    (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    controller.signal,
  )
  const taken = collect(waiting)
  controller.abort(new Error('enough'))
  await expect(taken).rejects.toThrow('enough')
  let begun = false
  const never = streamed<number>(async () => {
    begun = true
  }, controller.signal)
  await expect(collect(never)).rejects.toThrow('enough')
  expect(begun).toBe(false)
})
