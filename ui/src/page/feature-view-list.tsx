import type { FeatureView } from '../api/feast.ts'
import { formatSpan, parseDuration } from '../format/time.ts'
import { FreshnessBar } from '../part/freshness-bar.tsx'
import { FreshnessWord } from '../part/health.tsx'
import { countColumn, nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

const none = <span className="quiet">–</span>

function ttlOf(view: FeatureView): number | null {
  return view.computed?.ttlSeconds ?? parseDuration(view.spec.ttl)
}

const freshness: readonly ListColumn<FeatureView>[] = [
  {
    id: 'state',
    head: 'Freshness',
    width: 's',
    sort: 'computed.ageSeconds',
    text: ({ computed }) => computed?.state ?? '',
    cell: ({ computed }) => (computed?.state ? <FreshnessWord state={computed.state} brief /> : none),
  },
  {
    id: 'age',
    head: 'Age of TTL',
    width: 's',
    from: 'medium',
    text: ({ computed }) => String(computed?.ageSeconds ?? ''),
    cell: ({ computed }) =>
      computed?.state ? (
        <FreshnessBar ageSeconds={computed.ageSeconds} allowedSeconds={computed.ttlSeconds} state={computed.state} />
      ) : (
        none
      ),
  },
]

function columnsOf(project: string): readonly ListColumn<FeatureView>[] {
  return [
    nameColumn(({ type: kind = 'featureView', spec: { name }, project: own = project }) => ({
      kind,
      name,
      to: objectPath(own, 'featureView', name),
      note: project === 'all' ? own : undefined,
    })),
    ...freshness,
    countColumn({
      id: 'features',
      head: 'Features',
      sort: 'computed.featureCount',
      from: 'medium',
      count: ({ computed, spec }) => computed?.featureCount ?? spec.features?.length,
    }),
    countColumn({ id: 'used', head: 'Used by', sort: 'computed.usedBy', from: 'wide', count: ({ computed }) => computed?.usedBy }),
    {
      id: 'ttl',
      head: 'TTL',
      width: 'xs',
      right: true,
      from: 'wide',
      text: (view) => String(ttlOf(view) ?? ''),
      cell: (view) => formatSpan(ttlOf(view)),
    },
    textColumn({
      id: 'entities',
      head: 'Entities',
      width: 'm',
      from: 'wide',
      text: ({ spec }) => (spec.entities ?? []).filter((name) => name !== '__dummy').join(', '),
    }),
    textColumn({ id: 'owner', head: 'Owner', width: 'm', from: 'wide', sort: 'spec.owner', text: ({ spec }) => spec.owner }),
    tagsColumn(({ spec }) => spec.tags),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function FeatureViewListPage({ project }: PageProps) {
  return (
    <ObjectList<FeatureView>
      project={project}
      kind="featureView"
      columns={columnsOf(project)}
      rowKey={(view) => `${view.project ?? ''} ${view.spec.name}`}
      fields="type,project,spec.name,spec.entities,spec.tags,spec.owner,spec.ttl,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No feature views yet" code={snippets.featureView}>
          A feature view names features, the entity they describe, and the table they come from. Write one, then run feast apply.
        </Empty>
      }
    />
  )
}
