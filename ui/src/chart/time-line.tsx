import type { RowExplanation } from '../api/contract.ts'
import { formatSpan, formatUtc } from '../format/time.ts'
import './chart.css'

const width = 432
const height = 104
const pad = 16
const axis = 62

/**
 * Why this value: the rows of the source on a line of time, the window that the TTL allows, the moment that was asked for, and
 * the row that was chosen. Times are spread evenly where they lie far apart, so that one row years ago does not squash the rest.
 */
export function WhyTimeLine({ explanation }: { readonly explanation: RowExplanation }) {
  const { asOf, windowStart, candidates } = explanation
  const moments = [asOf, ...(windowStart === null ? [] : [windowStart]), ...candidates.map(({ eventTime }) => eventTime)]
  const times = [...new Set(moments.map((moment) => Date.parse(moment)))].toSorted((a, b) => a - b)
  const x = placeTimes(times, pad, width - pad)
  const asOfX = x(Date.parse(asOf))
  const startX = windowStart === null ? pad : x(Date.parse(windowStart))
  return (
    <svg
      className="why"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${candidates.length} rows around ${formatUtc(new Date(asOf))}`}
    >
      <rect className="window" x={startX} width={Math.max(2, asOfX - startX)} y={20} height={axis - 20} />
      <line className="axis" x1={pad} x2={width - pad} y1={axis} y2={axis} />
      <line className="as-of" x1={asOfX} x2={asOfX} y1={12} y2={axis + 8} />
      {windowStart === null ? null : <line className="limit" x1={startX} x2={startX} y1={20} y2={axis + 4} />}
      {candidates.map(({ eventTime, created, verdict }) => (
        <circle
          key={`${eventTime} ${created ?? ''}`}
          className={`candidate ${verdict}`}
          cx={x(Date.parse(eventTime))}
          cy={axis - 18}
          r={verdict === 'chosen' ? 6 : 4}
        >
          <title>{`${verdict.replaceAll('_', ' ')}: ${formatUtc(new Date(eventTime))}`}</title>
        </circle>
      ))}
      <text className={`tick ${asOfX > width / 2 ? 'end' : ''}`} x={asOfX} y={axis + 22}>
        asked for {formatUtc(new Date(asOf))}
      </text>
      {windowStart === null ? null : (
        <text className="tick" x={Math.min(startX, width - 150)} y={axis + 36}>
          TTL {formatSpan((Date.parse(asOf) - Date.parse(windowStart)) / 1000)} back to {formatUtc(new Date(windowStart))}
        </text>
      )}
    </svg>
  )
}

/** Places sorted times from left to right: half by time, half evenly, so that neighbours stay apart and distance still counts. */
export function placeTimes(times: readonly number[], left: number, right: number): (time: number) => number {
  const first = times[0] ?? 0
  const span = (times.at(-1) ?? 0) - first
  const places = new Map(
    times.map((time, position) => {
      const even = times.length < 2 ? 0.5 : position / (times.length - 1)
      const share = span === 0 ? 0.5 : (time - first) / span
      return [time, left + ((even + share) / 2) * (right - left)]
    }),
  )
  return (time) => places.get(time) ?? left
}
