import type { Probes } from './probes.ts'

/** Microseconds since 1970 as 64 bits: what is beyond is the end of them. */
const bits = (moment: number): bigint => BigInt(Math.max(Math.min(moment, 2 ** 63 - 1024), -(2 ** 63)))

/** The window of event times that can matter to any probe, both inclusive. `ttl` in microseconds; 0: for ever. */
export const windowOf = ({ times, slots }: Probes, ttl: number): { readonly start: bigint | undefined; readonly end: bigint } => {
  let earliest = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (let slot = 0; slot < slots; slot++) {
    earliest = Math.min(earliest, times[slot] ?? 0)
    latest = Math.max(latest, times[slot] ?? 0)
  }
  return { start: ttl > 0 ? bits(earliest - ttl) : undefined, end: bits(latest) }
}
