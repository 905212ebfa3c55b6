import type { DataSource } from '../api/feast.ts'
import { countColumn, nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'
import { readFrom, sourceType } from './source/source.ts'

function columnsOf(project: string): readonly ListColumn<DataSource>[] {
  return [
    nameColumn(({ name, project: own = project }) => ({
      kind: 'dataSource',
      name,
      to: objectPath(own, 'dataSource', name),
      note: project === 'all' ? own : undefined,
    })),
    textColumn({ id: 'type', head: 'Type', width: 's', sort: 'type', text: sourceType }),
    textColumn({ id: 'from', head: 'Reads', width: 'l', mono: true, from: 'medium', text: readFrom }),
    textColumn({ id: 'time', head: 'Event time', width: 'm', mono: true, from: 'wide', text: ({ timestampField }) => timestampField }),
    countColumn({ id: 'used', head: 'Views', sort: 'computed.usedBy', from: 'medium', count: ({ computed }) => computed?.usedBy }),
    textColumn({ id: 'description', head: 'Description', width: 'wide', from: 'wide', text: ({ description }) => description }),
    tagsColumn(({ tags }) => tags, 'wide'),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function DataSourceListPage({ project }: PageProps) {
  return (
    <ObjectList<DataSource>
      project={project}
      kind="dataSource"
      columns={columnsOf(project)}
      rowKey={(row) => `${row.project ?? ''} ${row.name}`}
      fields="project,name,type,description,owner,tags,timestampField,dataSourceClassType,customOptions,fileOptions,kafkaOptions,batchSource.name,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No data sources yet" code={snippets.dataSource}>
          A data source says which table holds the history of features, and which column is the time.
        </Empty>
      }
    />
  )
}
