import { ageSeconds, formatAgo, formatExact, formatSpan } from '../format/time.ts'
import { useNow } from './clock.ts'

/** A time as an age, `2 h ago`; the exact time in UTC and here as its title. In columns, where the head says it all, `bare`. */
export function Age({
  time,
  bare = false,
  never = '–',
}: {
  readonly time: string | null | undefined
  readonly bare?: boolean
  readonly never?: string
}) {
  const now = useNow()
  const seconds = ageSeconds(time, now)
  if (!time || seconds === null) return <span className="quiet">{never}</span>
  return (
    <time dateTime={time} title={formatExact(time)} className="num">
      {bare ? formatSpan(Math.max(0, seconds)) : formatAgo(seconds)}
    </time>
  )
}
