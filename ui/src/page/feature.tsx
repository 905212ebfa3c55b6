import { Zap } from 'lucide-react'
import { segment } from '../api/client.ts'
import type { SearchAnswer, Usage } from '../api/contract.ts'
import type { Feature } from '../api/feast.ts'
import { isOn, useApi, useHost } from '../api/query.ts'
import { Histogram } from '../chart/histogram.tsx'
import { formatCount, formatPercent } from '../format/number.ts'
import { formatSpan } from '../format/time.ts'
import { formatType } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { ButtonLink } from '../part/button.tsx'
import { Figures } from '../part/figures.tsx'
import { FreshnessWord, freshnessTone } from '../part/health.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Failure, Skeleton } from '../part/state.tsx'
import { Tabs } from '../part/tabs.tsx'
import { Link } from '../route/link.tsx'
import { featurePath, listPath, objectPath, projectPath, withQuery } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { nullRate, useStatistics } from './view/statistics.ts'
import { FeatureDays, FeatureNumbers } from './view/statistics-tab.tsx'
import { UseTab } from './view/use-tab.tsx'
import './detail/related.css'

/** One feature: the shape of its values now, who reads it, how to read it. */
export function FeaturePage({ project, params }: PageProps) {
  const view = params.view ?? ''
  const name = params.feature ?? ''
  const use = params.tab === 'use'
  const { switches } = useHost()
  const query = useApi<Feature>(`features/${segment(view)}/${segment(name)}`, { project }, { keep: false })
  const feature = query.data
  const stored = feature !== undefined && feature.computed?.state !== null
  const statistics = useStatistics(project, view, { features: [name], stored })
  const own = statistics.data?.features.find(({ feature: other }) => other === name)
  const state = feature?.computed?.state ?? null
  const tone = state === null ? undefined : freshnessTone(state)
  const here = featurePath(project, view, name)
  const crumbs = [
    { name: 'Feature views', to: listPath(project, 'featureView') },
    { name: view, to: objectPath(project, 'featureView', view) },
    { name },
  ]
  if (query.isError) {
    return (
      <>
        <PageHead name={name} kind="feature" crumbs={crumbs} />
        <Failure error={query.error} what={`the feature "${name}"`} onRetry={() => void query.refetch()} />
      </>
    )
  }
  return (
    <>
      <PageHead
        name={name}
        kind="feature"
        copy
        crumbs={crumbs}
        health={state ? <FreshnessWord state={state} /> : undefined}
        owner={feature?.computed?.owner ?? feature?.owner}
        tags={feature?.tags}
        description={feature?.computed?.description ?? feature?.description}
        actions={
          isOn(switches.online) ? (
            <ButtonLink icon={Zap} to={withQuery(projectPath(project, 'playground'), { feature: `${view}:${name}` })}>
              Look up
            </ButtonLink>
          ) : undefined
        }
      />
      <Figures
        figures={[
          { label: 'Type', value: formatType(feature?.type), note: <Link to={objectPath(project, 'featureView', view)}>{view}</Link> },
          ...(feature?.computed
            ? [
                {
                  label: 'Age',
                  value: formatSpan(feature.computed.ageSeconds),
                  note: `of ${formatSpan(feature.computed.ttlSeconds)} allowed`,
                  tone: tone === 'bad' || tone === 'warn' ? tone : undefined,
                },
              ]
            : []),
          ...(own ? [{ label: 'Null', value: formatPercent(nullRate(own)), note: `of ${formatCount(own.rows)} rows` }] : []),
          ...(feature?.computed ? [{ label: 'Used by', value: formatCount(feature.computed.usedBy), note: 'services and views' }] : []),
        ]}
      />
      <Tabs
        label={`Parts of ${name}`}
        current={use ? `${here}/use` : here}
        tabs={[
          { name: 'Values', to: here },
          { name: 'Use it', to: `${here}/use` },
        ]}
      />
      {use ? (
        <UseTab project={project} features={[`${view}:${name}`]} service={null} />
      ) : (
        <div className="with-aside">
          <div className="stack wide">
            {!isOn(switches.data) ? (
              <p className="quiet">Values are not shown: {switches.data.state === 'on' ? '' : switches.data.reason}.</p>
            ) : feature && !stored ? (
              <p className="quiet">This feature is computed when it is read, so no values of it are stored.</p>
            ) : statistics.isError ? (
              <Failure error={statistics.error} what="statistics" onRetry={() => void statistics.refetch()} />
            ) : own ? (
              <>
                {own.histogram ? (
                  <Histogram data={own.histogram} label={`Distribution of ${name}`} />
                ) : (
                  <p className="quiet">No values to draw.</p>
                )}
                <FeatureDays statistics={own} />
              </>
            ) : (
              <Skeleton rows={6} label="Counting" />
            )}
          </div>
          <aside aria-label="About this feature">
            {own ? <FeatureNumbers statistics={own} /> : null}
            <Readers project={project} view={view} feature={name} />
            <NearNames project={project} view={view} feature={name} />
          </aside>
        </div>
      )}
    </>
  )
}

/** Who read it; only where the server counts reads. */
function Readers({ project, view, feature }: { readonly project: string; readonly view: string; readonly feature: string }) {
  const on = isOn(useHost().switches.usage)
  const { data } = useApi<Usage>('usage', { project, object: `feature:${view}:${feature}` }, { enabled: on })
  if (!data) return null
  return (
    <Section title="Read by">
      <Properties
        rows={[
          { name: 'Reads a day', value: formatCount(data.readsPerDay) },
          { name: 'Last read', value: data.lastRead ? <Age time={data.lastRead} /> : null },
          ...data.consumers.map((consumer) => ({ name: consumer.kind, value: consumer.name })),
        ]}
      />
    </Section>
  )
}

/** Features of the same or a similar name elsewhere: perhaps the same thing twice. */
function NearNames({ project, view, feature }: { readonly project: string; readonly view: string; readonly feature: string }) {
  const { data } = useApi<SearchAnswer>('search', { query: feature, projects: [project], kinds: 'feature', limit: 6 })
  const near = (data?.results ?? []).filter((hit) => hit.type === 'feature' && hit.featureView && hit.featureView !== view).slice(0, 3)
  if (near.length === 0) return null
  return (
    <Section title="Similar names">
      <ul className="related">
        {near.map((hit) => (
          <li key={`${hit.featureView}:${hit.name}`}>
            <Link to={featurePath(project, hit.featureView ?? '', hit.name)} className="clip">
              {hit.featureView}:{hit.name}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
