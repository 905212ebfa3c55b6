import type { FeatureService } from '../api/feast.ts'
import { countColumn, nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

function countFeatures({ computed, spec }: FeatureService): number | undefined {
  if (computed?.featureCount !== undefined && computed.featureCount !== null) return computed.featureCount
  return spec.features?.reduce((sum, { featureColumns }) => sum + (featureColumns?.length ?? 0), 0)
}

function columnsOf(project: string): readonly ListColumn<FeatureService>[] {
  return [
    nameColumn(({ spec: { name }, project: own = project }) => ({
      kind: 'featureService',
      name,
      to: objectPath(own, 'featureService', name),
      note: project === 'all' ? own : undefined,
    })),
    countColumn({ id: 'features', head: 'Features', sort: 'computed.featureCount', count: countFeatures }),
    textColumn({
      id: 'views',
      head: 'Views',
      width: 'wide',
      from: 'medium',
      text: ({ spec }) =>
        spec.features?.map(({ featureViewName, featureViewNameAlias }) => featureViewNameAlias || featureViewName).join(', '),
    }),
    textColumn({ id: 'description', head: 'Description', width: 'wide', from: 'wide', text: ({ spec }) => spec.description }),
    textColumn({ id: 'owner', head: 'Owner', width: 'm', from: 'wide', sort: 'spec.owner', text: ({ spec }) => spec.owner }),
    tagsColumn(({ spec }) => spec.tags),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function FeatureServiceListPage({ project }: PageProps) {
  return (
    <ObjectList<FeatureService>
      project={project}
      kind="featureService"
      columns={columnsOf(project)}
      rowKey={(row) => `${row.project ?? ''} ${row.spec.name}`}
      fields="project,spec.name,spec.description,spec.owner,spec.tags,spec.features.featureViewName,spec.features.featureViewNameAlias,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No feature services yet" code={snippets.featureService}>
          A feature service is the list of features that one model reads: the same list in training and in serving.
        </Empty>
      }
    />
  )
}
