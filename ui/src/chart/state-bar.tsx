import type { FreshnessState } from '../api/contract.ts'
import { formatCount } from '../format/number.ts'
import { freshnessName, freshnessTone } from '../part/health.tsx'
import { Link } from '../route/link.tsx'
import './chart.css'

const order: readonly FreshnessState[] = ['late', 'ageing', 'fresh', 'never', 'unknown']

/** How many views are in which state, worst first; each part leads to its list. */
export function StateBar({
  counts,
  to,
}: {
  readonly counts: Readonly<Record<FreshnessState, number>>
  readonly to: (state: FreshnessState) => string
}) {
  const total = order.reduce((sum, state) => sum + counts[state], 0)
  const shown = order.filter((state) => counts[state] > 0)
  let x = 0
  return (
    <div className="state-bar">
      <svg width="100%" height={8} aria-hidden="true">
        {shown.map((state) => {
          const share = (counts[state] / total) * 100
          const start = x
          x += share
          return (
            <rect
              key={state}
              className={`tone-${freshnessTone(state)}`}
              x={`${start}%`}
              width={`${Math.max(0.4, share - 0.2)}%`}
              height={8}
            />
          )
        })}
      </svg>
      <ul>
        {shown.map((state) => (
          <li key={state}>
            <Link to={to(state)}>
              <svg width={8} height={8} aria-hidden="true">
                <rect className={`tone-${freshnessTone(state)}`} width={8} height={8} rx={2} />
              </svg>
              {freshnessName(state)} <span className="num">{formatCount(counts[state])}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** The room that a {@link StateBar} takes, before its counts are there. */
export function StateBarRoom() {
  return (
    <div className="state-bar" aria-hidden="true">
      <svg width="100%" height={8} />
      <ul>
        <li>&nbsp;</li>
      </ul>
    </div>
  )
}
