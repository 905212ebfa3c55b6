import { formatUtc } from '../format/time.ts'
import { useWidth } from '../part/width.ts'
import { niceTicks, scaleLinear } from './scale.ts'
import './chart.css'

export interface Point {
  readonly at: string
  readonly value: number | null
}

export interface Series {
  readonly name: string
  readonly points: readonly Point[]
}

interface SeriesChartProps {
  readonly series: readonly Series[]
  readonly label: string
  readonly format: (value: number) => string
  /** The range need not hold zero, e.g. for a mean. */
  readonly free?: boolean
}

const height = 160
const pad = { left: 52, right: 72, top: 10, bottom: 22 }

function lineOf(points: readonly Point[], x: (value: number) => number, y: (value: number) => number): string {
  let pen = 'M'
  let path = ''
  for (const { at, value } of points) {
    if (value === null) {
      pen = 'M'
      continue
    }
    path += `${pen}${x(Date.parse(at)).toFixed(1)} ${y(value).toFixed(1)}`
    pen = 'L'
  }
  return path
}

/** Values over time, lines named at their end. */
export function SeriesChart(props: SeriesChartProps) {
  const [box, width] = useWidth<HTMLDivElement>()
  return (
    <div className="chart" ref={box}>
      {width === 0 ? null : <Lines {...props} width={width} />}
    </div>
  )
}

function Lines({ series, label, format, free = false, width }: SeriesChartProps & { readonly width: number }) {
  const points = series.flatMap((each) => each.points)
  const values = points.flatMap(({ value }) => (value === null ? [] : [value]))
  const times = points.map(({ at }) => Date.parse(at))
  if (values.length === 0) return <p className="quiet">Nothing measured yet.</p>
  const low = free ? Math.min(...values) : Math.min(0, ...values)
  const high = Math.max(...values)
  const room = high === low ? Math.abs(high) || 1 : 0
  const x = scaleLinear([Math.min(...times), Math.max(...times)], [pad.left, width - pad.right])
  const y = scaleLinear([low, high + room], [height - pad.bottom, pad.top])
  const first = new Date(Math.min(...times)).toISOString()
  const last = new Date(Math.max(...times)).toISOString()
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {niceTicks(low, high + room, 3).map((tick) => (
        <g key={tick}>
          <line className="grid" x1={pad.left} x2={width - pad.right} y1={y(tick)} y2={y(tick)} />
          <text className="tick end" x={pad.left - 6} y={y(tick) + 4}>
            {format(tick)}
          </text>
        </g>
      ))}
      {series.map((each, position) => {
        const end = each.points.findLast(({ value }) => value !== null)
        return (
          <g key={each.name} className={`line-${position + 1}`}>
            <path className="line" d={lineOf(each.points, x, y)} />
            {end?.value === undefined || end.value === null ? null : (
              <text className="line-name" x={x(Date.parse(end.at)) + 6} y={y(end.value) + 4}>
                {each.name}
              </text>
            )}
          </g>
        )
      })}
      <text className="tick" x={pad.left} y={height - 4}>
        {formatUtc(new Date(first)).slice(0, 10)}
      </text>
      <text className="tick end" x={width - pad.right} y={height - 4}>
        {formatUtc(new Date(last)).slice(0, 10)}
      </text>
    </svg>
  )
}
