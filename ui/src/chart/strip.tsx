import { useId } from 'react'
import type { Coverage, CoverageSegment } from '../api/contract.ts'
import { formatSpan, formatUtc } from '../format/time.ts'
import { useScreen } from '../part/screen.ts'
import './chart.css'

interface StripProps {
  readonly coverage: Coverage
  /** Called with a gap or a failed part that was clicked. */
  readonly onGap?: ((segment: CoverageSegment) => void) | undefined
  /** Of one line, in tables. */
  readonly small?: boolean
}

const width = 1000

function secondsBetween(start: string, end: string): number {
  return (Date.parse(end) - Date.parse(start)) / 1000
}

const words = { covered: 'covered', gap: 'gap', failed: 'failed', running: 'running', before: 'no data yet' } as const

export function segmentWords({ state, start, end }: CoverageSegment): string {
  return `${words[state]}, ${formatUtc(new Date(start))} to ${formatUtc(new Date(end))} (${formatSpan(secondsBetween(start, end), 2)})`
}

/** The days of a range, one mark each, at most sixteen named. */
function dayMarks({ from, to }: Coverage, names: number): readonly { readonly at: number; readonly name: string | null }[] {
  const days: number[] = []
  const start = new Date(from)
  start.setUTCHours(24, 0, 0, 0)
  for (let day = start.getTime(); day < Date.parse(to); day += 86_400_000) days.push(day)
  const every = Math.max(1, Math.ceil(days.length / names))
  return days.map((day, position) => ({ at: day, name: position % every === 0 ? new Date(day).toISOString().slice(5, 10) : null }))
}

/** What of a range of time is in the online store: covered plain, gaps hatched, so that they are seen without colour. */
export function CoverageStrip({ coverage, onGap, small = false }: StripProps) {
  const id = useId().replaceAll(':', '')
  const height = small ? 10 : 28
  const marks = dayMarks(coverage, useScreen() === 'narrow' ? 4 : 10)
  const total = secondsBetween(coverage.from, coverage.to)
  const x = (time: string | number) =>
    (((typeof time === 'number' ? time : Date.parse(time)) - Date.parse(coverage.from)) / 1000 / total) * width
  const gaps = coverage.segments.filter(({ state }) => state === 'gap' || state === 'failed').length
  const label = `Coverage: ${formatSpan(coverage.coveredSeconds, 2)} covered, ${gaps} ${gaps === 1 ? 'gap' : 'gaps'} of ${formatSpan(coverage.gapSeconds, 2)}`
  return (
    <div className={`strip ${small ? 'small' : ''}`}>
      <svg width="100%" height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
        <defs>
          <pattern id={id} width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect className="hatch-ground" width="8" height="8" />
            <rect className="hatch" width="3" height="8" />
          </pattern>
        </defs>
        {coverage.segments.map((segment) => {
          const broken = segment.state === 'gap' || segment.state === 'failed'
          return (
            // biome-ignore lint/a11y/noStaticElementInteractions: the gaps are listed as buttons below; this is a short cut for the pointer
            <rect
              key={segment.start}
              className={`part ${segment.state} ${broken && onGap ? 'can-fill' : ''}`}
              x={x(segment.start)}
              width={Math.max(broken ? 3 : 0, x(segment.end) - x(segment.start))}
              height={height}
              fill={broken ? `url(#${id})` : undefined}
              onClick={broken && onGap ? () => onGap(segment) : undefined}
            >
              <title>{segmentWords(segment)}</title>
            </rect>
          )
        })}
        {small
          ? null
          : marks.map(({ at }) => (
              <line key={at} className="day" x1={x(at)} x2={x(at)} y1={height - 5} y2={height} vectorEffect="non-scaling-stroke" />
            ))}
      </svg>
      {small ? null : (
        <svg width="100%" height={16} aria-hidden="true" className="strip-axis">
          {marks.map(({ at, name }) =>
            name === null ? null : (
              <text key={at} className="tick" x={`${x(at) / 10}%`} y={12}>
                {name}
              </text>
            ),
          )}
        </svg>
      )}
    </div>
  )
}
