import { useEffect, useState } from 'react'
import type { ChangesAnswer, Freshness, FreshnessAnswer, ResourceCounts, RunsAnswer } from '../api/contract.ts'
import { isOn, useApi, useHost } from '../api/query.ts'
import { StateBar, StateBarRoom } from '../chart/state-bar.tsx'
import { formatCount } from '../format/number.ts'
import { formatSpan } from '../format/time.ts'
import { kinds } from '../kind/kind.ts'
import { Age } from '../part/age.tsx'
import { Boundary } from '../part/boundary.tsx'
import { type Figure, Figures } from '../part/figures.tsx'
import { FreshnessBar } from '../part/freshness-bar.tsx'
import { RunWord } from '../part/health.tsx'
import { KindIcon } from '../part/icon.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Section } from '../part/properties.tsx'
import { Empty, Failure, Skeleton } from '../part/state.tsx'
import { Link } from '../route/link.tsx'
import { listPath, objectPath, projectPath, withQuery } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { useCounts, useProjects } from '../shell/project.ts'
import { ProjectCards } from './projects/project-cards.tsx'
import { runName } from './runs/run-table.tsx'
import { snippets } from './snippet/teach.ts'
import './home.css'

const few = 6

/** Keeps the line of what is still to come, so that nothing moves when it does. */
const blank = '\u00a0'

function figuresOf(
  project: string,
  counts: ResourceCounts['counts'] | undefined,
  freshness: FreshnessAnswer | 'loading' | undefined,
): readonly Figure[] {
  const board = (state: string) => withQuery(projectPath(project, 'freshness'), { state })
  if (!freshness) {
    return [
      { label: 'Feature views', value: formatCount(counts?.featureViews), to: listPath(project, 'featureView') },
      { label: 'Features', value: formatCount(counts?.features), to: listPath(project, 'feature') },
      { label: 'Services', value: formatCount(counts?.featureServices), to: listPath(project, 'featureService') },
      { label: 'Entities', value: formatCount(counts?.entities), to: listPath(project, 'entity') },
    ]
  }
  if (freshness === 'loading') {
    const labels = ['Views late', 'Views fresh', 'Never materialized', 'Features']
    return labels.map((label) => ({ label, value: blank, note: blank }))
  }
  const { late, fresh, ageing, never } = freshness.counts
  return [
    {
      label: 'Views late',
      value: formatCount(late),
      tone: late > 0 ? 'bad' : undefined,
      note: late > 0 ? 'older than allowed' : 'none',
      to: board('late'),
    },
    {
      label: 'Views fresh',
      value: formatCount(fresh + ageing),
      note: ageing > 0 ? `${formatCount(ageing)} ageing` : 'within what is allowed',
      to: board('fresh'),
    },
    { label: 'Never materialized', value: formatCount(never), note: 'nothing online yet', to: board('never') },
    {
      label: 'Features',
      value: formatCount(counts?.features),
      note: `in ${formatCount(counts?.featureServices)} services`,
      to: listPath(project, 'feature'),
    },
  ]
}

/** A project at a glance: what is late, what changed, what ran. */
export function HomePage({ project }: PageProps) {
  return project === 'all' ? <AllProjects /> : <ProjectHome project={project} />
}

function AllProjects() {
  return (
    <>
      <PageHead name="All projects" kind="project" crumbs={[]} />
      <ProjectCards />
    </>
  )
}

/** Whether the browser has had time to spare since something held; it stays so. */
function useCalm(since: boolean): boolean {
  const [calm, setCalm] = useState(false)
  useEffect(() => {
    if (!since) return
    const id = requestIdleCallback(() => setCalm(true), { timeout: 500 })
    return () => cancelIdleCallback(id)
  }, [since])
  return calm
}

function ProjectHome({ project }: { readonly project: string }) {
  const { switches } = useHost()
  const withFreshness = isOn(switches.freshness)
  const counts = useCounts(project)
  const freshness = useApi<FreshnessAnswer>('freshness', { project, state: 'late', limit: few }, { enabled: withFreshness })
  // What is late comes first, and is shown: the words about the project can wait for it.
  const description = useProjects(useCalm(!counts.isLoading && !freshness.isLoading)).data?.projects.find(
    ({ spec }) => spec.name === project,
  )?.spec
  const empty = counts.data !== undefined && counts.data.counts.featureViews === 0 && counts.data.counts.entities === 0
  return (
    <>
      <PageHead
        name={project}
        kind="project"
        crumbs={[]}
        owner={description?.owner}
        tags={description?.tags}
        description={description?.description || blank}
      />
      {counts.isError ? <Failure error={counts.error} what="the counts" onRetry={() => void counts.refetch()} /> : null}
      {empty ? (
        <Empty title="Nothing here yet" code={`${snippets.entity}\n${snippets.dataSource}\n${snippets.featureView}`}>
          Put these lines into a file, run feast apply beside it, and they appear here.
        </Empty>
      ) : (
        <>
          <Figures figures={figuresOf(project, counts.data?.counts, freshness.isLoading ? 'loading' : freshness.data)} />
          {freshness.data ? (
            <StateBar counts={freshness.data.counts} to={(state) => withQuery(projectPath(project, 'freshness'), { state })} />
          ) : freshness.isLoading ? (
            <StateBarRoom />
          ) : null}
          <div className="home">
            {withFreshness ? (
              <Boundary>
                <Late project={project} freshness={freshness.data?.freshness} error={freshness.error} />
              </Boundary>
            ) : null}
            <Boundary>
              <Changes project={project} />
            </Boundary>
            {withFreshness ? (
              <Boundary>
                <LastRuns project={project} />
              </Boundary>
            ) : null}
          </div>
        </>
      )}
    </>
  )
}

function Late({
  project,
  freshness,
  error,
}: {
  readonly project: string
  readonly freshness: readonly Freshness[] | undefined
  readonly error: Error | null
}) {
  return (
    <Section title="Late" side={<Link to={projectPath(project, 'freshness')}>All views</Link>}>
      {error ? (
        <Failure error={error} what="freshness" />
      ) : !freshness ? (
        <Skeleton rows={few} label="Loading freshness" />
      ) : freshness.length === 0 ? (
        <p className="quiet">Every view is as fresh as it should be.</p>
      ) : (
        <ul className="lines">
          {freshness.map((row) => (
            <li key={row.view}>
              <KindIcon kind={row.kind} />
              <Link to={`${objectPath(project, 'featureView', row.view)}/materialization`} className="clip" title={row.view}>
                {row.view}
              </Link>
              <span className="push num quiet">
                {formatSpan(row.ageSeconds)} of {formatSpan(row.allowedSeconds)}
              </span>
              <FreshnessBar {...row} width={56} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

const signs = { create: 'new', update: 'changed', delete: 'gone' } as const

function Changes({ project }: { readonly project: string }) {
  const plain = useHost().version === ''
  const changes = useApi<ChangesAnswer>('changes', { project, limit: few, objects: 1 }, { enabled: !plain })
  if (plain) return null
  return (
    <Section title="Recent changes">
      {changes.isError ? (
        <Failure error={changes.error} what="the changes" onRetry={() => void changes.refetch()} />
      ) : !changes.data ? (
        <Skeleton rows={few} label="Loading the changes" />
      ) : changes.data.changes.length === 0 ? (
        <p className="quiet">Nothing has changed yet.</p>
      ) : (
        <ul className="lines">
          {changes.data.changes.slice(0, few).map(({ at, user, objects, objectCount }) => {
            const [first] = objects
            if (!first) return null
            return (
              <li key={`${at} ${first.kind} ${first.name}`}>
                <KindIcon kind={first.kind} />
                {first.action === 'delete' ? (
                  <span className="clip">{first.name}</span>
                ) : (
                  <Link to={objectPath(project, first.kind, first.name)} className="clip" title={first.name}>
                    {first.name}
                  </Link>
                )}
                <span className="label">
                  {objectCount > 1 ? `and ${formatCount(objectCount - 1)} more` : `${kinds[first.kind].one} ${signs[first.action]}`}
                </span>
                <span className="push quiet">
                  {user ? `${user}, ` : ''}
                  <Age time={at} />
                </span>
              </li>
            )
          })}
        </ul>
      )}
    </Section>
  )
}

function LastRuns({ project }: { readonly project: string }) {
  const runs = useApi<RunsAnswer>('runs', { project, limit: few })
  return (
    <Section title="Last runs" side={<Link to={projectPath(project, 'runs')}>All runs</Link>}>
      {runs.isError ? (
        <Failure error={runs.error} what="the runs" onRetry={() => void runs.refetch()} />
      ) : !runs.data ? (
        <Skeleton rows={few} label="Loading the runs" />
      ) : runs.data.runs.length === 0 ? (
        <p className="quiet">Nothing has been materialized yet.</p>
      ) : (
        <ul className="lines">
          {runs.data.runs.map((run) => (
            <li key={run.id}>
              <RunWord state={run.state} />
              <Link to={`${projectPath(project, 'runs')}/${encodeURIComponent(run.id)}`} className="clip" title={run.views.join(', ')}>
                {runName(run)}
              </Link>
              <span className="push quiet num">{run.rows === null ? '' : `${formatCount(run.rows)} rows`}</span>
              <span className="quiet">
                <Age time={run.startedAt ?? run.createdAt} never="" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}
