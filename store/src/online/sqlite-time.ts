// Feast keeps times in SQLite as whole seconds, made from a UTC time without its zone that Python reads in the zone of the host. On a host
// in UTC that is the Unix time; elsewhere it is off by the host's offset, in both directions. Source: Feast 0.67, sqlite store, observed.

/** Seconds that the host's clock is ahead of UTC at a moment. */
export type HostOffset = (unixSeconds: number) => number

/** The offset of this host. */
export const hostOffset: HostOffset = (unixSeconds) => -new Date(unixSeconds * 1000).getTimezoneOffset() * 60

/** Microseconds since 1970 (UTC) as the seconds that Feast would store: the fraction is cut. */
export const storedSeconds = (microseconds: bigint, offset: HostOffset): number => {
  const utc = Number(microseconds / 1_000_000n)
  // The offset is that of the local time which reads as our UTC time; one step settles it but in the hour when clocks change.
  return utc - offset(utc - offset(utc))
}

/** Stored seconds as microseconds since 1970 (UTC). */
export const microsecondsOfStored = (seconds: number | bigint, offset: HostOffset): bigint =>
  (BigInt(seconds) + BigInt(offset(Number(seconds)))) * 1_000_000n
