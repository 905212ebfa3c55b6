import type { ComputeEngines } from '../api/feast.ts'
import { useApi } from '../api/query.ts'
import { formatCount } from '../format/number.ts'
import { Age } from '../part/age.tsx'
import { Figures } from '../part/figures.tsx'
import { NameCell } from '../part/name-cell.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Properties, Section } from '../part/properties.tsx'
import { Failure, Skeleton } from '../part/state.tsx'
import { type Column, DataTable } from '../part/table.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'

type Row = ComputeEngines['featureViews'][number]

function columnsOf(project: string): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      head: 'Feature view',
      width: 'name',
      cell: ({ name }) => <NameCell kind="featureView" name={name} to={objectPath(project, 'featureView', name)} />,
    },
    { id: 'type', head: 'Type', width: 's', cell: ({ type }) => type.toLowerCase() },
    { id: 'online', head: 'Online', width: 's', from: 'medium', cell: ({ online }) => (online ? 'yes' : 'no') },
    { id: 'own', head: 'Own settings', width: 's', from: 'medium', cell: ({ hasOverride }) => (hasOverride ? 'yes' : 'no') },
    {
      id: 'last',
      head: 'Materialized up to',
      width: 'm',
      right: true,
      cell: ({ lastMaterialized }) => <Age time={lastMaterialized} never="never" />,
    },
  ]
}

/** What does the work of materialization, and for which views. */
export function ComputeEnginePage({ project }: PageProps) {
  const engines = useApi<ComputeEngines>('compute_engines', { project: project === 'all' ? null : project }, { enabled: project !== 'all' })
  return (
    <>
      <PageHead name="Compute engine" crumbs={[{ name: 'Engines' }]} />
      {engines.isError ? (
        <Failure error={engines.error} what="the engine" onRetry={() => void engines.refetch()} />
      ) : !engines.data ? (
        project === 'all' ? (
          <p className="quiet">Choose a project to see its engine.</p>
        ) : (
          <Skeleton rows={8} label="Loading the engine" />
        )
      ) : (
        <>
          <Figures
            figures={[
              { label: 'Engine', value: engines.data.engine.engineType ?? 'local', note: engines.data.engine.engineClass },
              { label: 'Feature views', value: formatCount(engines.data.engine.featureViewCount ?? engines.data.featureViews.length) },
            ]}
          />
          <Section title="Configuration">
            <Properties
              rows={Object.entries(engines.data.engine.config ?? {}).map(([name, value]) => ({
                name,
                value: <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>,
              }))}
            />
          </Section>
          <Section title="Feature views">
            <DataTable
              label="Feature views of this engine"
              columns={columnsOf(project)}
              rows={engines.data.featureViews}
              rowKey={({ name }) => name}
            />
          </Section>
        </>
      )}
    </>
  )
}
