import { type ComponentType, lazy } from 'react'
import { matchPath, usePlace } from './router.ts'

/** What a page gets: the named parts of its address. */
export interface PageProps {
  readonly project: string
  readonly params: Readonly<Record<string, string>>
}

type Page = ComponentType<PageProps>

interface Route {
  /** The page as it is loaded when it is first opened. */
  readonly Later: Page
  /** The page, once {@link preloadPage} has loaded it. */
  Ready: Page | undefined
  readonly load: () => Promise<Page>
}

/** A page loads its own code when it is first opened. */
function page<Name extends string>(load: () => Promise<{ readonly [Key in Name]: Page }>, name: Name): Route {
  const loadPage = async (): Promise<Page> => (await load())[name]
  return { Later: lazy(async () => ({ default: await loadPage() })), Ready: undefined, load: loadPage }
}

const FeatureView = page(() => import('../page/feature-view.tsx'), 'FeatureViewPage')
const Freshness = page(() => import('../page/freshness.tsx'), 'FreshnessPage')

/** Routes in order of match; those of Feast's own UI keep their names, so that its deep links work here. */
const routes: readonly (readonly [pattern: string, route: Route])[] = [
  ['/', page(() => import('../page/projects.tsx'), 'ProjectsPage')],
  ['/p/:project', page(() => import('../page/home.tsx'), 'HomePage')],
  ['/p/:project/feature-view', page(() => import('../page/feature-view-list.tsx'), 'FeatureViewListPage')],
  ['/p/:project/feature-view/:view/feature/:feature/:tab?', page(() => import('../page/feature.tsx'), 'FeaturePage')],
  ['/p/:project/feature-view/:name/:tab?', FeatureView],
  ['/p/:project/features', page(() => import('../page/feature-list.tsx'), 'FeatureListPage')],
  ['/p/:project/feature-service', page(() => import('../page/feature-service-list.tsx'), 'FeatureServiceListPage')],
  ['/p/:project/feature-service/:name/:tab?', page(() => import('../page/feature-service.tsx'), 'FeatureServicePage')],
  ['/p/:project/entity', page(() => import('../page/entity-list.tsx'), 'EntityListPage')],
  ['/p/:project/entity/:name/:tab?', page(() => import('../page/entity.tsx'), 'EntityPage')],
  ['/p/:project/data-source', page(() => import('../page/data-source-list.tsx'), 'DataSourceListPage')],
  ['/p/:project/data-source/:name/:tab?', page(() => import('../page/data-source.tsx'), 'DataSourcePage')],
  ['/p/:project/label-view', page(() => import('../page/label-view-list.tsx'), 'LabelViewListPage')],
  ['/p/:project/label-view/:name/:tab?', page(() => import('../page/label-view.tsx'), 'LabelViewPage')],
  ['/p/:project/data-set', page(() => import('../page/dataset-list.tsx'), 'DatasetListPage')],
  ['/p/:project/data-set/:name/:tab?', page(() => import('../page/dataset.tsx'), 'DatasetPage')],
  ['/p/:project/permissions', page(() => import('../page/permission-list.tsx'), 'PermissionListPage')],
  ['/p/:project/permissions/:name', page(() => import('../page/permission.tsx'), 'PermissionPage')],
  ['/p/:project/lineage', page(() => import('../page/lineage.tsx'), 'LineagePage')],
  ['/p/:project/freshness', Freshness],
  ['/p/:project/monitoring', Freshness],
  ['/p/:project/runs', page(() => import('../page/runs.tsx'), 'RunsPage')],
  ['/p/:project/runs/:id', page(() => import('../page/run.tsx'), 'RunPage')],
  ['/p/:project/playground', page(() => import('../page/playground.tsx'), 'PlaygroundPage')],
  ['/p/:project/training-set', page(() => import('../page/training-set.tsx'), 'TrainingSetPage')],
  ['/p/:project/plan', page(() => import('../page/plan.tsx'), 'PlanPage')],
  ['/p/:project/compute-engine/:tab?', page(() => import('../page/compute-engine.tsx'), 'ComputeEnginePage')],
  ['/p/:project/status', page(() => import('../page/status.tsx'), 'StatusPage')],
]

const NotFound = page(() => import('../page/not-found.tsx'), 'NotFoundPage')

/** The page of the address. */
export function PageSwitch() {
  const { path } = usePlace()
  for (const [pattern, { Ready, Later }] of routes) {
    const Shown = Ready ?? Later
    const params = matchPath(pattern, path)
    if (params !== null) return <Shown key={pattern} project={params.project ?? ''} params={params} />
  }
  return <NotFound.Later project="" params={{}} />
}

/**
 * Loads the code of the page that is opened first, before anything is drawn: React keeps what stands in for a page on the screen for 300 ms,
 * however soon the page is there. Whether it fails is told by who shows the page.
 */
export async function preloadPage(path: string): Promise<void> {
  const [, route] = routes.find(([pattern]) => matchPath(pattern, path) !== null) ?? []
  if (route !== undefined) route.Ready = await route.load().catch(() => undefined)
}
