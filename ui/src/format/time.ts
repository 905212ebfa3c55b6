const steps = [
  [31_536_000, 'y'],
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** A span in one or two units: `2 h`, `1 d 6 h`, `45 s`. Rounded down, so that a limit is never shown as reached too early. */
export function formatSpan(seconds: number | null | undefined, parts = 1): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–'
  let left = Math.floor(Math.abs(seconds))
  const out: string[] = []
  for (const [size, unit] of steps) {
    const count = Math.floor(left / size)
    if (count === 0) {
      if (out.length > 0) break
      continue
    }
    out.push(`${count} ${unit}`)
    left -= count * size
    if (out.length === parts) break
  }
  return (seconds < 0 ? '−' : '') + (out.length === 0 ? '0 s' : out.join(' '))
}

/** How long something took: `430 ms`, `12 s`, `2 min 5 s`. */
export function formatTook(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–'
  return seconds < 1 ? `${Math.round(seconds * 1000)} ms` : formatSpan(seconds, 2)
}

/** Feast's durations: `"86400s"` → 86400; absent or zero means no limit: `null`. */
export function parseDuration(text: string | undefined): number | null {
  if (text === undefined) return null
  const seconds = Number.parseFloat(text)
  return Number.isFinite(seconds) && seconds > 0 ? seconds : null
}

export function parseTime(text: string | null | undefined): Date | null {
  if (!text) return null
  const time = new Date(text)
  return Number.isNaN(time.getTime()) ? null : time
}

export function ageSeconds(text: string | null | undefined, now: Date): number | null {
  const time = parseTime(text)
  return time === null ? null : (now.getTime() - time.getTime()) / 1000
}

/** `2 h ago`, `in 3 min`, `just now`. */
export function formatAgo(seconds: number): string {
  if (Math.abs(seconds) < 1) return 'just now'
  return seconds >= 0 ? `${formatSpan(seconds)} ago` : `in ${formatSpan(-seconds)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** `2026-11-24 10:00:00` in UTC; seconds left out where they are zero. */
export function formatUtc(time: Date): string {
  const day = `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`
  const seconds = time.getUTCSeconds()
  return `${day} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}${seconds === 0 ? '' : `:${two(seconds)}`}`
}

/** `2026-11-24 10:00 to 12:30` in UTC: to the minute, and the second day only where it is another. */
export function formatRange(start: Date, end: Date): string {
  const from = formatUtc(start).slice(0, 16)
  const to = formatUtc(end).slice(0, 16)
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to}`
}

/** The exact time in the reader's zone beside UTC: what a title shows. */
export function formatExact(text: string): string {
  const time = parseTime(text)
  if (time === null) return text
  const local = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long' }).format(time)
  return `${text}\n${local}`
}
