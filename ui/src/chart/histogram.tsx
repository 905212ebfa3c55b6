import type { FeatureStatistics } from '../api/contract.ts'
import { formatCompact, formatCount, formatMeasure } from '../format/number.ts'
import { useWidth } from '../part/width.ts'
import { niceTicks, scaleLinear } from './scale.ts'
import './chart.css'

type HistogramData = NonNullable<FeatureStatistics['histogram']>

interface HistogramProps {
  readonly data: HistogramData
  /** An earlier one, drawn as an outline over it. Same edges. */
  readonly baseline?: readonly number[] | undefined
  readonly label: string
}

const height = 200
const pad = { left: 44, right: 8, top: 8, bottom: 24 }

/** A numeric histogram in the accent, with axes; the counts of values as rows of bars. */
export function Histogram({ data, baseline, label }: HistogramProps) {
  const [box, width] = useWidth<HTMLDivElement>()
  if (data.kind === 'values') return <ValueBars data={data} label={label} />
  return (
    <div className="chart" ref={box}>
      {width === 0 ? null : <Bars data={data} baseline={baseline} label={label} width={width} />}
    </div>
  )
}

interface BarsProps extends Omit<HistogramProps, 'data'> {
  readonly data: Extract<HistogramData, { kind: 'numeric' }>
  readonly width: number
}

function Bars({ data, baseline, label, width }: BarsProps) {
  const { edges, counts } = data
  const low = edges[0] ?? 0
  const high = edges.at(-1) ?? 1
  const most = Math.max(1, ...counts, ...(baseline ?? []))
  const x = scaleLinear([low, high], [pad.left, width - pad.right])
  const y = scaleLinear([0, most], [height - pad.bottom, pad.top])
  const outline = baseline?.map((count, bin) => `L${x(edges[bin] ?? low)} ${y(count)}H${x(edges[bin + 1] ?? high)}`).join('')
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      {niceTicks(0, most, 3).map((tick) => (
        <g key={tick}>
          <line className="grid" x1={pad.left} x2={width - pad.right} y1={y(tick)} y2={y(tick)} />
          <text className="tick end" x={pad.left - 6} y={y(tick) + 4}>
            {formatCompact(tick)}
          </text>
        </g>
      ))}
      {counts.map((count, bin) => {
        const start = edges[bin] ?? low
        const end = edges[bin + 1] ?? high
        return (
          <rect
            key={start}
            className="bar"
            x={x(start) + 0.5}
            width={Math.max(0.5, x(end) - x(start) - 1)}
            y={y(count)}
            height={y(0) - y(count)}
          >
            <title>{`${formatMeasure(start)} to ${formatMeasure(end)}: ${formatCount(count)}`}</title>
          </rect>
        )
      })}
      {outline ? <path className="outline" d={`M${x(low)} ${y(0)}${outline}V${y(0)}`} /> : null}
      {niceTicks(low, high, width < 400 ? 3 : 6).map((tick) => (
        <text key={tick} className="tick middle" x={x(tick)} y={height - 6}>
          {formatMeasure(tick)}
        </text>
      ))}
    </svg>
  )
}

function ValueBars({ data, label }: { readonly data: Extract<HistogramData, { kind: 'values' }>; readonly label: string }) {
  const total = data.values.reduce((sum, { count }) => sum + count, data.other)
  const most = Math.max(1, ...data.values.map(({ count }) => count), data.other)
  const rows = data.other > 0 ? [...data.values, { value: 'other values', count: data.other }] : data.values
  return (
    <table className="value-bars" aria-label={label}>
      <tbody>
        {rows.map(({ value, count }) => (
          <tr key={value}>
            <th scope="row" title={value}>
              {value}
            </th>
            <td>
              <svg width="100%" height={12} aria-hidden="true">
                <rect className="bar" width={`${(count / most) * 100}%`} height={12} rx={2} />
              </svg>
            </td>
            <td className="num">{formatCount(count)}</td>
            <td className="num quiet">{total === 0 ? '–' : `${Math.round((count / total) * 100)} %`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The same, small enough for a table's cell: a shape, no axes. */
export function Sparkline({ data, label }: { readonly data: HistogramData; readonly label: string }) {
  const counts = data.kind === 'numeric' ? data.counts : data.values.map(({ count }) => count)
  const most = Math.max(1, ...counts)
  const step = 88 / Math.max(1, counts.length)
  return (
    <svg className="spark" width={88} height={20} role="img" aria-label={label}>
      {counts.map((count, bin) => {
        const size = count === 0 ? 0 : Math.max(1, (count / most) * 20)
        // biome-ignore lint/suspicious/noArrayIndexKey: bins have no other name
        return <rect key={bin} className="bar" x={bin * step} width={Math.max(1, step - 0.5)} y={20 - size} height={size} />
      })}
    </svg>
  )
}
