import type { FeatureStatistics } from '../../api/contract.ts'
import type { FeatureView, Field } from '../../api/feast.ts'
import { Sparkline } from '../../chart/histogram.tsx'
import { formatPercent } from '../../format/number.ts'
import { formatType } from '../../format/value.ts'
import { Age } from '../../part/age.tsx'
import { NameCell } from '../../part/name-cell.tsx'
import { Properties, Section } from '../../part/properties.tsx'
import { type Column, DataTable } from '../../part/table.tsx'
import { Tags } from '../../part/tag.tsx'
import { featurePath } from '../../route/path.ts'
import { Related } from '../detail/related.tsx'
import { nullRate, useStatistics } from './statistics.ts'
import '../detail/related.css'

interface Row extends Field {
  readonly statistics: FeatureStatistics | null
}

function columnsOf(project: string, view: string, withStatistics: boolean): readonly Column<Row>[] {
  return [
    {
      id: 'name',
      head: 'Feature',
      width: 'name',
      cell: ({ name }) => <NameCell kind="feature" name={name} to={featurePath(project, view, name)} />,
    },
    { id: 'type', head: 'Type', width: 's', cell: ({ valueType }) => <span className="mono">{formatType(valueType)}</span> },
    ...(withStatistics
      ? ([
          {
            id: 'shape',
            head: 'Values',
            width: 's',
            from: 'medium',
            cell: ({ name, statistics }) =>
              statistics?.histogram ? <Sparkline data={statistics.histogram} label={`Distribution of ${name}`} /> : null,
          },
          {
            id: 'nulls',
            head: 'Null',
            width: 'xs',
            right: true,
            from: 'medium',
            cell: ({ statistics }) => (statistics ? formatPercent(nullRate(statistics)) : <span className="quiet">–</span>),
          },
        ] as const satisfies readonly Column<Row>[])
      : []),
    {
      id: 'description',
      head: 'Description',
      width: 'wide',
      from: 'medium',
      cell: ({ description }) => (description ? <span title={description}>{description}</span> : <span className="quiet">–</span>),
    },
    { id: 'tags', head: 'Tags', width: 'm', from: 'wide', cell: ({ tags }) => <Tags tags={tags} most={1} /> },
  ]
}

/** The features of a view with their types, and the shape of their values where they may be read. */
export function SchemaTab({ project, view }: { readonly project: string; readonly view: FeatureView }) {
  const { spec, meta, type = 'featureView' } = view
  const stored = type === 'featureView' || type === 'streamFeatureView'
  const counted = useStatistics(project, spec.name, { stored })
  const statistics = counted.data?.features
  const byName = new Map(statistics?.map((each) => [each.feature, each]))
  const rows = (spec.features ?? []).map((field): Row => ({ ...field, statistics: byName.get(field.name) ?? null }))
  const source = spec.batchSource?.name ?? spec.source?.name
  return (
    <div className="with-aside">
      <div className="stack wide">
        <DataTable
          label="Features"
          columns={columnsOf(project, spec.name, counted.isLoading || statistics !== undefined)}
          rows={rows}
          rowKey={({ name }) => name}
        />
        {spec.entityColumns && spec.entityColumns.length > 0 ? (
          <Section title="Join keys">
            <Properties
              rows={spec.entityColumns.map((field) => ({
                name: field.name,
                value: <span className="mono">{formatType(field.valueType)}</span>,
              }))}
            />
          </Section>
        ) : null}
      </div>
      <aside aria-label="About this view">
        <Section title="Connected with">
          <Related project={project} kind={type} name={spec.name} />
        </Section>
        <Section title="About">
          <Properties
            rows={[
              { name: 'Source', value: source },
              { name: 'Stream', value: spec.streamSource?.name },
              { name: 'Event time', value: spec.batchSource?.timestampField ? <code>{spec.batchSource.timestampField}</code> : null },
              { name: 'Version', value: meta?.currentVersionNumber === undefined ? spec.version : `v${meta.currentVersionNumber}` },
              { name: 'Created', value: meta?.createdTimestamp ? <Age time={meta.createdTimestamp} /> : null },
              { name: 'Updated', value: meta?.lastUpdatedTimestamp ? <Age time={meta.lastUpdatedTimestamp} /> : null },
            ]}
          />
        </Section>
      </aside>
    </div>
  )
}
