/** Numbers that look random and are the same for the same seed. */
export interface Random {
  readonly seed: number
  /** From 0 up to 1. */
  readonly next: () => number
  /** A whole number from 0 up to `limit`. */
  readonly below: (limit: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item | undefined
  readonly shuffle: <Item>(items: readonly Item[]) => Item[]
}

/**
 * A generator of numbers: mulberry32 by Tommy Ettinger, in the public domain.
 *
 * @example
 * newRandom(7).pick(['a', 'b', 'c'])
 */
export function newRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const left = [...items]
    return items.flatMap(() => left.splice(below(left.length), 1))
  }
  return { seed, next, below, pick: (items) => items[below(items.length)], shuffle }
}
