import type { FeatureView } from '../api/feast.ts'
import { nameColumn, tagsColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

/** `MAJORITY_VOTE` as words; the first of Feast's policies is its default and left out of its JSON. */
export function policyWords(policy: string | undefined): string {
  const words = (policy ?? 'LAST_WRITE_WINS').toLowerCase().replaceAll('_', ' ')
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function columnsOf(project: string): readonly ListColumn<FeatureView>[] {
  return [
    nameColumn(({ spec: { name }, project: own = project }) => ({
      kind: 'labelView',
      name,
      to: objectPath(own, 'labelView', name),
      note: project === 'all' ? own : undefined,
    })),
    textColumn({ id: 'entities', head: 'Entities', width: 'm', from: 'medium', text: ({ spec }) => spec.entities?.join(', ') }),
    textColumn({ id: 'policy', head: 'On conflict', width: 'm', from: 'medium', text: ({ spec }) => policyWords(spec.conflictPolicy) }),
    textColumn({ id: 'labeler', head: 'Labeler field', width: 'm', mono: true, from: 'wide', text: ({ spec }) => spec.labelerField }),
    textColumn({ id: 'online', head: 'Online', width: 'xs', from: 'wide', text: ({ spec }) => (spec.online ? 'yes' : 'no') }),
    textColumn({ id: 'description', head: 'Description', width: 'wide', from: 'wide', text: ({ spec }) => spec.description }),
    tagsColumn(({ spec }) => spec.tags),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function LabelViewListPage({ project }: PageProps) {
  return (
    <ObjectList<FeatureView>
      project={project}
      kind="labelView"
      columns={columnsOf(project)}
      rowKey={(row) => `${row.project ?? ''} ${row.spec.name}`}
      fields="type,project,spec.name,spec.entities,spec.conflictPolicy,spec.labelerField,spec.online,spec.description,spec.tags,meta.lastUpdatedTimestamp,computed"
      empty={
        <Empty title="No label views yet" code={snippets.labelView}>
          A label view keeps what people and programs say about an entity, apart from its features.
        </Empty>
      }
    />
  )
}
