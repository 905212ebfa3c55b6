import { beforeAll, describe, expect, test } from 'vitest'
import { feastCharms } from '../../src/feast.ts'
import { runOrder, runPlain } from './order.ts'

describe('any order of events ends in the same place', () => {
  let expected: readonly string[] = []
  beforeAll(async () => {
    expected = await runPlain()
  })

  test.each(Array.from({ length: 30 }, (_, seed) => seed + 1))('seed %i', async (seed) => {
    expect(await runOrder(seed, feastCharms)).toEqual(expected)
  })
})
