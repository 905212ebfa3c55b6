import type { FeatureView } from '../../api/feast.ts'
import { formatCount } from '../../format/number.ts'
import { formatSpan, parseDuration } from '../../format/time.ts'
import { Age } from '../../part/age.tsx'
import { type Figure, Figures } from '../../part/figures.tsx'
import { FreshnessBar } from '../../part/freshness-bar.tsx'
import { freshnessTone } from '../../part/health.tsx'
import { objectPath } from '../../route/path.ts'

function ageFigure(view: FeatureView, project: string): Figure | null {
  const { computed, spec, meta } = view
  const allowed = computed?.ttlSeconds ?? parseDuration(spec.ttl)
  const to = `${objectPath(project, 'featureView', spec.name)}/materialization`
  if (computed?.state) {
    const tone = freshnessTone(computed.state)
    return {
      label: 'Age of the newest value',
      value: computed.state === 'never' ? 'never loaded' : formatSpan(computed.ageSeconds),
      note: <FreshnessBar ageSeconds={computed.ageSeconds} allowedSeconds={allowed} state={computed.state} width={140} />,
      tone: tone === 'bad' || tone === 'warn' ? tone : undefined,
      to,
    }
  }
  const last = meta?.materializationIntervals?.at(-1)?.endTime
  return last ? { label: 'Materialized up to', value: <Age time={last} bare />, note: 'before now', to } : null
}

/** The four figures of a view; those that do not apply are left out. */
export function ViewFigures({ view, project }: { readonly view: FeatureView; readonly project: string }) {
  const { spec, computed, type = 'featureView' } = view
  const ttl = computed?.ttlSeconds ?? parseDuration(spec.ttl)
  const stored = type !== 'onDemandFeatureView'
  const figures: readonly (Figure | null)[] = [
    {
      label: 'Features',
      value: formatCount(spec.features?.length ?? 0),
      note: (spec.entities ?? []).filter((name) => name !== '__dummy').join(', ') || 'no entity',
    },
    stored ? ageFigure(view, project) : null,
    stored
      ? {
          label: 'Time to live',
          value: ttl === null ? 'no limit' : formatSpan(ttl, 2),
          note: spec.online ? 'served online' : 'offline only',
        }
      : null,
    stored ? null : { label: 'Mode', value: spec.mode ?? 'pandas', note: 'computed when it is read' },
    computed?.usedBy === undefined
      ? null
      : {
          label: 'Used by',
          value: formatCount(computed.usedBy),
          note: 'services and views',
          to: `${objectPath(project, 'featureView', spec.name)}/lineage`,
        },
  ]
  return <Figures figures={figures.filter((figure) => figure !== null)} />
}
