import fc from 'fast-check'
import { expect, test } from 'vitest'

import { active, blocked, maintenance, type Status, waiting, worstStatus } from '../src/status.ts'

test('the worst status wins, and of equals the first', () => {
  expect(worstStatus([active('a'), waiting('w'), blocked('b1'), maintenance('m'), blocked('b2')])).toEqual(blocked('b1'))
  expect(worstStatus([waiting('w'), maintenance('m')])).toEqual(maintenance('m'))
  expect(worstStatus([active('a'), active('b')])).toEqual(active('a'))
  expect(worstStatus([])).toBeNull()
})

test('the order is error, blocked, maintenance, waiting, active, unknown', () => {
  const order = ['error', 'blocked', 'maintenance', 'waiting', 'active', 'unknown'] as const
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...order), { minLength: 1 }), (kinds) => {
      const statuses: readonly Status[] = kinds.map((kind, index) => ({ kind, message: String(index) }))
      const first = order.find((kind) => kinds.includes(kind)) ?? 'unknown'
      expect(worstStatus(statuses)).toEqual({ kind: first, message: String(kinds.indexOf(first)) })
    }),
  )
})
