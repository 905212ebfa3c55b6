import type { SavedDataset } from '../api/feast.ts'
import { countColumn, nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

function columnsOf(project: string): readonly ListColumn<SavedDataset>[] {
  return [
    nameColumn(({ spec: { name }, project: own = project }) => ({
      kind: 'savedDataset',
      name,
      to: objectPath(own, 'savedDataset', name),
      note: project === 'all' ? own : undefined,
    })),
    countColumn({
      id: 'features',
      head: 'Features',
      sort: 'computed.featureCount',
      count: ({ computed, spec }) => computed?.featureCount ?? spec.features?.length,
    }),
    textColumn({
      id: 'service',
      head: 'Service',
      width: 'l',
      from: 'medium',
      sort: 'spec.featureServiceName',
      text: ({ spec }) => spec.featureServiceName,
    }),
    textColumn({ id: 'keys', head: 'Join keys', width: 'l', mono: true, from: 'wide', text: ({ spec }) => spec.joinKeys?.join(', ') }),
    tagsColumn(({ spec }) => spec.tags),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function DatasetListPage({ project }: PageProps) {
  return (
    <ObjectList<SavedDataset>
      project={project}
      kind="savedDataset"
      columns={columnsOf(project)}
      rowKey={(row) => `${row.project ?? ''} ${row.spec.name}`}
      fields="project,spec.name,spec.features,spec.featureServiceName,spec.joinKeys,spec.tags,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No datasets yet" code={snippets.savedDataset}>
          A saved dataset is the result of a historical retrieval, kept so that a training can be repeated.
        </Empty>
      }
    />
  )
}
