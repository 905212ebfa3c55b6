import type { FreshnessState } from '../api/contract.ts'
import { formatSpan } from '../format/time.ts'
import { freshnessTone } from './health.tsx'
import './freshness-bar.css'

interface FreshnessBarProps {
  readonly ageSeconds: number | null
  readonly allowedSeconds: number | null
  readonly state: FreshnessState
  readonly width?: number
}

/** Age against what is allowed, drawn the same everywhere: empty is new, full is expired. */
export function FreshnessBar({ ageSeconds, allowedSeconds, state, width = 72 }: FreshnessBarProps) {
  const known = ageSeconds !== null && allowedSeconds !== null && allowedSeconds > 0
  const share = known ? Math.min(1, Math.max(0, ageSeconds / allowedSeconds)) : 0
  const label = known ? `${formatSpan(ageSeconds)} of ${formatSpan(allowedSeconds)} allowed` : 'no age or no limit known'
  return (
    <svg className={`freshness-bar ${freshnessTone(state)}`} width={width} height={6} role="img" aria-label={label}>
      <title>{label}</title>
      <rect className="track" width={width} height={6} rx={3} />
      {known ? <rect className="fill" width={Math.max(2, Math.round(share * width))} height={6} rx={3} /> : null}
    </svg>
  )
}
