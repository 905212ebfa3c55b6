import type { Feature } from '../api/feast.ts'
import { formatType } from '../format/value.ts'
import { FreshnessWord } from '../part/health.tsx'
import { countColumn, nameColumn, tagsColumn, textColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { Link } from '../route/link.tsx'
import { featurePath, objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

function columnsOf(project: string): readonly ListColumn<Feature>[] {
  return [
    nameColumn(({ name, featureView, project: own = project }) => ({
      kind: 'feature',
      name,
      to: featurePath(own, featureView, name),
      note: project === 'all' ? own : undefined,
    })),
    {
      id: 'view',
      head: 'Feature view',
      width: 'l',
      sort: 'featureView',
      text: ({ featureView }) => featureView,
      cell: ({ featureView, project: own = project }) => (
        <Link to={objectPath(own, 'featureView', featureView)} title={featureView}>
          {featureView}
        </Link>
      ),
    },
    textColumn({ id: 'type', head: 'Type', width: 's', sort: 'type', mono: true, from: 'medium', text: ({ type }) => formatType(type) }),
    {
      id: 'state',
      head: 'Freshness',
      width: 's',
      from: 'medium',
      sort: 'computed.ageSeconds',
      text: ({ computed }) => computed?.state ?? '',
      cell: ({ computed }) => (computed?.state ? <FreshnessWord state={computed.state} brief /> : <span className="quiet">–</span>),
    },
    countColumn({ id: 'used', head: 'Used by', sort: 'computed.usedBy', from: 'medium', count: ({ computed }) => computed?.usedBy }),
    textColumn({
      id: 'description',
      head: 'Description',
      width: 'wide',
      from: 'wide',
      text: ({ computed, description }) => computed?.description ?? description,
    }),
    textColumn({ id: 'owner', head: 'Owner', width: 'm', from: 'wide', text: ({ computed, owner }) => computed?.owner ?? owner }),
    tagsColumn(({ tags }) => tags, 'wide'),
  ]
}

export function FeatureListPage({ project }: PageProps) {
  return (
    <ObjectList<Feature>
      project={project}
      kind="feature"
      columns={columnsOf(project)}
      rowKey={({ project: own = '', featureView, name }) => `${own} ${featureView}:${name}`}
      fields="name,featureView,type,tags,project,computed"
      empty={
        <Empty title="No features yet" code={snippets.featureView}>
          Features belong to feature views: each field of a view's schema is one.
        </Empty>
      }
    />
  )
}
