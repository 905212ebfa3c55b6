import { useMutation, useQuery } from '@tanstack/react-query'
import { Check, RotateCw, X } from 'lucide-react'
import { ApiFailure } from '../api/client.ts'
import type { Change, PlanRequest } from '../api/contract.ts'
import { isOn, useHost, useRegistryVersion } from '../api/query.ts'
import { formatPlural } from '../format/number.ts'
import { splitNodeId } from '../graph/lineage-data.ts'
import { kinds, readKind } from '../kind/kind.ts'
import { Button, IconButton } from '../part/button.tsx'
import { KindIcon } from '../part/icon.tsx'
import { ObjectPicker } from '../part/object-picker.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Section } from '../part/properties.tsx'
import { Failure, Skeleton, SwitchedOff } from '../part/state.tsx'
import { useUrlState } from '../query/url.ts'
import type { PageProps } from '../route/routes.tsx'
import { graphKinds } from './lineage/graph-kinds.ts'
import { applyPlan, askPlan } from './plan/apply.ts'
import { clearDraft, keyOf, removeChange, useDraft } from './plan/draft.ts'
import { EditForm } from './plan/edit-form.tsx'
import { PlanView } from './plan/plan-view.tsx'
import './playground.css'

/** Changing the registry: what is wanted at the left, what it would do at the right, and nothing before one says so. */
export function PlanPage({ project }: PageProps) {
  const { switches } = useHost()
  return (
    <>
      <PageHead
        name="Plan"
        crumbs={[{ name: 'Plan' }]}
        description="See what a change does before it is made. An edit changes only the fields you touch."
      />
      {isOn(switches.writes) ? <Planner project={project} /> : <SwitchedOff what="Changing the registry" by={switches.writes} />}
    </>
  )
}

const words = { patch: 'change', create: 'make', delete: 'delete' } as const

function Draft({
  project,
  changes,
  onEdit,
}: {
  readonly project: string
  readonly changes: readonly Change[]
  readonly onEdit: (key: string) => void
}) {
  if (changes.length === 0) return <p className="quiet">Nothing is planned yet. Choose an object to change.</p>
  return (
    <ul className="drafts">
      {changes.map((change) => (
        <li key={keyOf(change)}>
          <span className="label">{words[change.action]}</span>
          <KindIcon kind={change.kind} size={14} />
          <button type="button" className="button quiet clip" onClick={() => onEdit(keyOf(change))}>
            {change.name}
          </button>
          <span className="label">{kinds[change.kind].one}</span>
          <span className="push" />
          <IconButton icon={X} label={`Take ${change.name} out of the plan`} onClick={() => removeChange(project, keyOf(change))} />
        </li>
      ))}
    </ul>
  )
}

function Planner({ project }: { readonly project: string }) {
  const [edit, setEdit] = useUrlState('edit')
  const changes = useDraft(project)
  const { kind: kindName, name } = splitNodeId(edit)
  const kind = edit === '' ? null : readKind(kindName)
  return (
    <div className="playground">
      <Section title="What you want">
        <ObjectPicker
          label="Change an object"
          project={project}
          of={graphKinds}
          placeholder="Find an object"
          clear
          onPick={(picked) => setEdit(`${picked.kind}:${picked.name}`)}
        />
        <Draft project={project} changes={changes} onEdit={setEdit} />
      </Section>
      {kind === null ? (
        <Planned project={project} changes={changes} />
      ) : (
        <EditForm project={project} kind={kind} name={name} onDone={() => setEdit('')} />
      )}
    </div>
  )
}

function Planned({ project, changes }: { readonly project: string; readonly changes: readonly Change[] }) {
  const request: PlanRequest = { project, changes, undo: null }
  const plan = useQuery({
    queryKey: ['plan', request],
    queryFn: () => askPlan(request),
    enabled: changes.length > 0,
    retry: false,
    staleTime: 0,
  })
  const apply = useMutation({ mutationFn: (version: string) => applyPlan(request, version), onSuccess: () => clearDraft(project) })
  const newest = useRegistryVersion()
  const refused = apply.error instanceof ApiFailure && apply.error.status === 412
  const behind =
    refused || (plan.data !== undefined && newest !== '' && newest !== plan.data.version && !plan.isFetching && !apply.isPending)
  if (changes.length === 0) return null
  if (plan.isError) return <Failure error={plan.error} what="the plan" onRetry={() => void plan.refetch()} />
  if (!plan.data) return <Skeleton rows={8} label="Planning" />
  const count = plan.data.changes.filter(({ action }) => action !== 'unchanged').length
  return (
    <div className="stack wide">
      {behind ? (
        <div className="banner" role="alert">
          <p>
            Someone else changed the registry after this plan was made. Nothing was applied. Plan again to see what your changes do now.
          </p>
          <Button
            icon={RotateCw}
            onClick={() => {
              apply.reset()
              void plan.refetch()
            }}
          >
            Plan again
          </Button>
        </div>
      ) : apply.isError ? (
        <Failure error={apply.error} what="the result" />
      ) : null}
      <div className="row">
        <Button
          look="primary"
          icon={Check}
          disabled={count === 0 || behind}
          busy={apply.isPending}
          onClick={() => apply.mutate(plan.data.version)}
        >
          Apply {formatPlural(count, 'change')}
        </Button>
        <Button onClick={() => clearDraft(project)}>Discard</Button>
        <span className="label push">
          against registry version <code>{plan.data.version}</code>
        </span>
      </div>
      <PlanView plan={plan.data} />
    </div>
  )
}
