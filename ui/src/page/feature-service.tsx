import { GraduationCap, Zap } from 'lucide-react'
import type { FeatureService, Field, Projection } from '../api/feast.ts'
import { isOn, useHost } from '../api/query.ts'
import { formatCount } from '../format/number.ts'
import { formatType } from '../format/value.ts'
import { Age } from '../part/age.tsx'
import { ButtonLink } from '../part/button.tsx'
import { Figures } from '../part/figures.tsx'
import { NameCell } from '../part/name-cell.tsx'
import { PageHead } from '../part/page-head.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import { Tabs } from '../part/tabs.tsx'
import { Link } from '../route/link.tsx'
import { featurePath, objectPath, projectPath, withQuery } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { DefinitionTab } from './detail/definition.tsx'
import { EditLink } from './detail/edit-link.tsx'
import { crumbsOf, ObjectPage, useObject } from './detail/object.tsx'
import { LineageTab } from './lineage/lineage-tab.tsx'
import { UseTab } from './view/use-tab.tsx'

interface Row extends Field {
  readonly projection: Projection
}

function columnsOf(project: string): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      head: 'Feature',
      width: 'name',
      cell: ({ name, projection }) => <NameCell kind="feature" name={name} to={featurePath(project, projection.featureViewName, name)} />,
    },
    {
      id: 'view',
      head: 'From',
      width: 'wide',
      cell: ({ projection: { featureViewName, featureViewNameAlias } }) => (
        <>
          <Link to={objectPath(project, 'featureView', featureViewName)}>{featureViewName}</Link>
          {featureViewNameAlias && featureViewNameAlias !== featureViewName ? (
            <span className="quiet"> as {featureViewNameAlias}</span>
          ) : null}
        </>
      ),
    },
    {
      id: 'type',
      head: 'Type',
      width: 's',
      from: 'medium',
      cell: ({ valueType }) => <span className="mono">{formatType(valueType)}</span>,
    },
    {
      id: 'keys',
      head: 'Join keys renamed',
      width: 'l',
      from: 'wide',
      cell: ({ projection: { joinKeyMap } }) =>
        Object.entries(joinKeyMap ?? {})
          .map(([key, renamed]) => `${key} as ${renamed}`)
          .join(', ') || <span className="quiet">–</span>,
    },
    {
      id: 'description',
      head: 'Description',
      width: 'wide',
      from: 'wide',
      cell: ({ description }) => description ?? <span className="quiet">–</span>,
    },
  ]
}

const tabs = [
  { route: '', name: 'Features' },
  { route: 'lineage', name: 'Lineage' },
  { route: 'use', name: 'Use it' },
  { route: 'definition', name: 'Definition' },
] as const

/** A feature service: what a model reads, in order, and how to read it. */
export function FeatureServicePage({ project, params }: PageProps) {
  const name = params.name ?? ''
  const tab = params.tab ?? ''
  const { switches } = useHost()
  const query = useObject<FeatureService>(project, 'featureService', name)
  const base = objectPath(project, 'featureService', name)
  return (
    <ObjectPage project={project} kind="featureService" name={name} query={query}>
      {(service) => {
        const projections = service.spec.features ?? []
        const rows = projections.flatMap((projection) => (projection.featureColumns ?? []).map((field): Row => ({ ...field, projection })))
        return (
          <>
            <PageHead
              name={name}
              kind="featureService"
              copy
              crumbs={crumbsOf(project, 'featureService', name)}
              owner={service.spec.owner}
              tags={service.spec.tags}
              description={service.spec.description}
              actions={
                <>
                  <EditLink project={project} kind="featureService" name={name} />
                  {isOn(switches.data) ? (
                    <ButtonLink icon={GraduationCap} to={withQuery(projectPath(project, 'training-set'), { service: name })}>
                      Training set
                    </ButtonLink>
                  ) : null}
                  {isOn(switches.online) ? (
                    <ButtonLink look="primary" icon={Zap} to={withQuery(projectPath(project, 'playground'), { service: name })}>
                      Try it
                    </ButtonLink>
                  ) : null}
                </>
              }
            />
            <Figures
              figures={[
                { label: 'Features', value: formatCount(rows.length) },
                { label: 'Views', value: formatCount(projections.length) },
                { label: 'Updated', value: <Age time={service.meta?.lastUpdatedTimestamp} bare />, note: 'ago' },
              ]}
            />
            <Tabs
              label={`Parts of ${name}`}
              current={tab === '' ? base : `${base}/${tab}`}
              tabs={tabs.map((each) => ({ name: each.name, to: each.route === '' ? base : `${base}/${each.route}` }))}
            />
            {tab === 'lineage' ? (
              <LineageTab project={project} kind="featureService" name={name} />
            ) : tab === 'use' ? (
              <UseTab project={project} features={[]} service={name} />
            ) : tab === 'definition' ? (
              <DefinitionTab object={service} />
            ) : (
              <DataTable
                label="Features of this service"
                columns={columnsOf(project)}
                rows={rows}
                rowKey={({ projection, name: own }) => `${projection.featureViewNameAlias ?? projection.featureViewName}:${own}`}
              />
            )}
          </>
        )
      }}
    </ObjectPage>
  )
}
