import { Play, Zap } from 'lucide-react'
import type { FeatureView, ViewType } from '../api/feast.ts'
import { isOn, useHost } from '../api/query.ts'
import { ButtonLink } from '../part/button.tsx'
import { FreshnessWord } from '../part/health.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Tabs } from '../part/tabs.tsx'
import { objectPath, projectPath, withQuery } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { DefinitionTab } from './detail/definition.tsx'
import { EditLink } from './detail/edit-link.tsx'
import { crumbsOf, ObjectPage, useObject } from './detail/object.tsx'
import { LineageTab } from './lineage/lineage-tab.tsx'
import { MaterializationTab } from './view/materialization-tab.tsx'
import { PreviewTab } from './view/preview-tab.tsx'
import { SchemaTab } from './view/schema-tab.tsx'
import { StatisticsTab } from './view/statistics-tab.tsx'
import { TransformationTab } from './view/transformation-tab.tsx'
import { UseTab } from './view/use-tab.tsx'
import { VersionsTab } from './view/versions-tab.tsx'
import { ViewFigures } from './view/view-figures.tsx'

interface TabInfo {
  readonly route: string
  readonly name: string
  /** Kinds of views that have it; default: all. */
  readonly of?: readonly ViewType[]
}

const stored: readonly ViewType[] = ['featureView', 'streamFeatureView']

function tabsOf(type: ViewType, data: boolean): readonly TabInfo[] {
  const all: readonly TabInfo[] = [
    { route: '', name: 'Schema' },
    { route: 'transformation', name: 'Transformation', of: ['onDemandFeatureView', 'streamFeatureView'] },
    ...(data
      ? [
          { route: 'preview', name: 'Preview', of: stored },
          { route: 'statistics', name: 'Statistics', of: stored },
        ]
      : []),
    { route: 'materialization', name: 'Materialization', of: stored },
    { route: 'lineage', name: 'Lineage' },
    { route: 'versions', name: 'Versions' },
    { route: 'use', name: 'Use it' },
    { route: 'definition', name: 'Definition' },
  ]
  return all.filter(({ of }) => of === undefined || of.includes(type))
}

function TabContent({ project, view, tab }: { readonly project: string; readonly view: FeatureView; readonly tab: string }) {
  const { name } = view.spec
  switch (tab) {
    case 'transformation':
      return <TransformationTab view={view} project={project} />
    case 'preview':
      return <PreviewTab project={project} view={view} />
    case 'statistics':
      return <StatisticsTab project={project} view={name} />
    case 'materialization':
      return <MaterializationTab project={project} view={name} intervals={view.meta?.materializationIntervals ?? []} />
    case 'lineage':
      return <LineageTab project={project} kind={view.type ?? 'featureView'} name={name} />
    case 'versions':
      return <VersionsTab project={project} name={name} />
    case 'use':
      return <UseTab project={project} features={(view.spec.features ?? []).map((field) => `${name}:${field.name}`)} service={null} />
    case 'definition':
      return <DefinitionTab object={view} />
    default:
      return <SchemaTab project={project} view={view} />
  }
}

/** A feature view of any type: what it holds, how fresh it is, where it comes from, how to read it. */
export function FeatureViewPage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const tab = params.tab ?? ''
  const query = useObject<FeatureView>(project, 'featureView', name)
  const { switches } = useHost()
  const base = objectPath(project, 'featureView', name)
  return (
    <ObjectPage project={project} kind="featureView" name={name} query={query}>
      {(view) => {
        const type = view.type ?? 'featureView'
        const tabs = tabsOf(type, isOn(switches.data))
        const current = tabs.some(({ route }) => route === tab) ? tab : ''
        return (
          <>
            <PageHead
              name={name}
              kind={type}
              copy
              crumbs={crumbsOf(project, 'featureView', name)}
              health={view.computed?.state ? <FreshnessWord state={view.computed.state} /> : undefined}
              owner={view.spec.owner}
              tags={view.spec.tags}
              description={view.spec.description}
              actions={
                <>
                  <EditLink project={project} kind={type} name={name} />
                  {isOn(switches.online) ? (
                    <ButtonLink
                      to={withQuery(projectPath(project, 'playground'), {
                        feature: (view.spec.features ?? []).map((field) => `${name}:${field.name}`),
                      })}
                      icon={Zap}
                    >
                      Look up
                    </ButtonLink>
                  ) : null}
                  {isOn(switches.runs) && stored.includes(type) ? (
                    <ButtonLink to={withQuery(`${base}/materialization`, { fill: 'now' })} icon={Play} look="primary">
                      Materialize
                    </ButtonLink>
                  ) : null}
                </>
              }
            />
            <ViewFigures view={view} project={project} />
            <Tabs
              label={`Parts of ${name}`}
              current={current === '' ? base : `${base}/${current}`}
              tabs={tabs.map((each) => ({ name: each.name, to: each.route === '' ? base : `${base}/${each.route}` }))}
            />
            <TabContent project={project} view={view} tab={current} />
          </>
        )
      }}
    </ObjectPage>
  )
}
