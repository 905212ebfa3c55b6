import { expect } from 'vitest'

/** Expects what will be so in a while, on a machine that may be busy. */
export const eventually = <Value>(act: () => Value) => expect.poll(act, { timeout: 15_000 })
