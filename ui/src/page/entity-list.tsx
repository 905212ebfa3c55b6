import type { Entity } from '../api/feast.ts'
import { formatType } from '../format/value.ts'
import { countColumn, nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

function columnsOf(project: string): readonly ListColumn<Entity>[] {
  return [
    nameColumn(({ spec: { name }, project: own = project }) => ({
      kind: 'entity',
      name,
      to: objectPath(own, 'entity', name),
      note: project === 'all' ? own : undefined,
    })),
    textColumn({ id: 'key', head: 'Join key', width: 'm', mono: true, sort: 'spec.joinKey', text: ({ spec }) => spec.joinKey }),
    textColumn({
      id: 'type',
      head: 'Type',
      width: 's',
      mono: true,
      from: 'medium',
      sort: 'spec.valueType',
      text: ({ spec }) => formatType(spec.valueType),
    }),
    countColumn({ id: 'used', head: 'Views', sort: 'computed.usedBy', from: 'medium', count: ({ computed }) => computed?.usedBy }),
    textColumn({ id: 'description', head: 'Description', width: 'wide', from: 'wide', text: ({ spec }) => spec.description }),
    textColumn({ id: 'owner', head: 'Owner', width: 'm', from: 'wide', sort: 'spec.owner', text: ({ spec }) => spec.owner }),
    tagsColumn(({ spec }) => spec.tags),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function EntityListPage({ project }: PageProps) {
  return (
    <ObjectList<Entity>
      project={project}
      kind="entity"
      columns={columnsOf(project)}
      rowKey={(row) => `${row.project ?? ''} ${row.spec.name}`}
      fields="project,spec.name,spec.joinKey,spec.valueType,spec.description,spec.owner,spec.tags,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No entities yet" code={snippets.entity}>
          An entity is what features describe, such as a driver, and the key that finds it.
        </Empty>
      }
    />
  )
}
