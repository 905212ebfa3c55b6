/** What `<input type="datetime-local">` holds, read as UTC; `null` when empty or no time. */
export function readInputTime(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text)) return null
  const time = new Date(`${text}Z`)
  return Number.isNaN(time.getTime()) ? null : time.toISOString().replace('.000Z', 'Z')
}

/** A time as `<input type="datetime-local">` wants it, in UTC. */
export function writeInputTime(time: string | Date): string {
  return new Date(time).toISOString().slice(0, 16)
}
