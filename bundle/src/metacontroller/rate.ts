import type { Timer } from './queue.ts'

/** So many requests a second, and so many at once after a rest. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/**
 * Makes what keeps a rate: it resolves when the next request may go.
 *
 * @example
 * const turn = createLimiter({ perSecond: 5, burst: 10 }, { now: () => performance.now(), timer: machineTimer })
 * await turn()
 */
export const createLimiter = (
  { perSecond, burst }: Rate,
  { now, timer }: { readonly now: () => number; readonly timer: Timer },
): (() => Promise<void>) => {
  let tokens = burst
  let last = now()
  return () => {
    const time = now()
    tokens = Math.min(burst, tokens + ((time - last) / 1000) * perSecond) - 1
    last = time
    if (tokens >= 0) return Promise.resolve()
    return new Promise<void>((resolve) => void timer((-tokens / perSecond) * 1000, resolve))
  }
}
