import type { Run } from '../api/contract.ts'
import { formatTook, formatUtc } from '../format/time.ts'
import './chart.css'

interface Timed {
  readonly run: Run
  readonly seconds: number
}

function timed(runs: readonly Run[]): readonly Timed[] {
  return runs.flatMap((run) =>
    run.startedAt !== null && run.finishedAt !== null
      ? [{ run, seconds: (Date.parse(run.finishedAt) - Date.parse(run.startedAt)) / 1000 }]
      : [],
  )
}

/** How long the last runs took, oldest left; failed ones in their own colour and hollow. */
export function DurationBars({ runs }: { readonly runs: readonly Run[] }) {
  const bars = timed(runs).slice(0, 60).toReversed()
  if (bars.length < 2) return null
  const most = Math.max(...bars.map(({ seconds }) => seconds), 0.001)
  const step = 100 / Math.max(20, bars.length)
  return (
    <figure className="durations">
      <figcaption className="label">
        Durations of the last {bars.length} runs, longest {formatTook(most)}
      </figcaption>
      <svg width="100%" height={48} role="img" aria-label={`Durations of ${bars.length} runs`}>
        {bars.map(({ run, seconds }, position) => {
          const size = Math.max(2, (seconds / most) * 48)
          return (
            <rect
              key={run.id}
              className={`run-${run.state}`}
              x={`${position * step}%`}
              width={`${step * 0.75}%`}
              y={48 - size}
              height={size}
              rx={1}
            >
              <title>{`${run.state}, ${formatTook(seconds)}, ${run.startedAt === null ? '' : formatUtc(new Date(run.startedAt))}`}</title>
            </rect>
          )
        })}
      </svg>
    </figure>
  )
}
