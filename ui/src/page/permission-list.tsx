import type { Permission } from '../api/feast.ts'
import { nameColumn, textColumn, updatedColumn } from '../part/list-column.tsx'
import type { ListColumn } from '../part/list-export.ts'
import { ObjectList } from '../part/object-list.tsx'
import { Empty } from '../part/state.tsx'
import { objectPath } from '../route/path.ts'
import type { PageProps } from '../route/routes.tsx'
import { snippets } from './snippet/teach.ts'

/** Who a permission is for, in words. */
export function policyText({ spec }: Permission): string {
  const { roleBasedPolicy, groupBasedPolicy, namespaceBasedPolicy, combinedGroupNamespacePolicy } = spec.policy ?? {}
  const parts = [
    ['roles', roleBasedPolicy?.roles],
    ['groups', groupBasedPolicy?.groups ?? combinedGroupNamespacePolicy?.groups],
    ['namespaces', namespaceBasedPolicy?.namespaces ?? combinedGroupNamespacePolicy?.namespaces],
  ] as const
  const shown = parts.filter(([, names]) => names && names.length > 0).map(([what, names]) => `${what} ${names?.join(', ')}`)
  return shown.length === 0 ? 'everyone' : shown.join('; ')
}

/** `FEATURE_VIEW` as `feature view`. */
export function enumWords(names: readonly string[] | undefined): string {
  return (names ?? []).map((name) => name.toLowerCase().replaceAll('_', ' ')).join(', ')
}

function columnsOf(project: string): readonly ListColumn<Permission>[] {
  return [
    nameColumn(({ spec: { name } }) => ({ kind: 'permission', name, to: objectPath(project, 'permission', name) })),
    textColumn({ id: 'who', head: 'Who', width: 'l', text: policyText }),
    textColumn({ id: 'actions', head: 'May', width: 'wide', from: 'medium', text: ({ spec }) => enumWords(spec.actions) }),
    textColumn({ id: 'types', head: 'On', width: 'l', from: 'medium', text: ({ spec }) => enumWords(spec.types) }),
    textColumn({
      id: 'names',
      head: 'Named',
      width: 'm',
      mono: true,
      from: 'wide',
      text: ({ spec }) => spec.namePatterns?.join(' | ') || 'any',
    }),
    updatedColumn(({ meta }) => meta?.lastUpdatedTimestamp),
  ]
}

export function PermissionListPage({ project }: PageProps) {
  return (
    <ObjectList<Permission>
      project={project}
      kind="permission"
      columns={columnsOf(project)}
      rowKey={(row) => row.spec.name}
      fields="spec,meta.lastUpdatedTimestamp"
      empty={
        <Empty title="No permissions yet" code={snippets.permission}>
          Without permissions every signed-in user may do everything. The first permission turns that around: what none grants is denied.
        </Empty>
      }
    />
  )
}
