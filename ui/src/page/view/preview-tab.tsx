import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { post } from '../../api/client.ts'
import type { PreviewAnswer, PreviewRequest, Value } from '../../api/contract.ts'
import type { FeatureView } from '../../api/feast.ts'
import { formatMilliseconds, formatPlural } from '../../format/number.ts'
import { Button } from '../../part/button.tsx'
import { Input, Select } from '../../part/field.tsx'
import { Failure, Skeleton } from '../../part/state.tsx'
import { ValueTable, ValueText } from '../../part/value-table.tsx'
import { readInputTime } from './input-time.ts'
import './preview-tab.css'

interface Asked {
  readonly limit: number
  readonly asOf: string | null
  readonly entity: Readonly<Record<string, Value>> | null
}

/** The newest rows of a view's source: of an entity, as of a time, if so asked. */
export function PreviewTab({ project, view }: { readonly project: string; readonly view: FeatureView }) {
  const keys = view.spec.entityColumns ?? []
  const [asked, setAsked] = useState<Asked>({ limit: 20, asOf: null, entity: null })
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const [time, setTime] = useState('')
  const request: PreviewRequest = { project, view: view.spec.name, limit: asked.limit, as_of: asked.asOf, entity: asked.entity }
  const preview = useQuery({
    queryKey: ['preview/feature_view', request],
    queryFn: ({ signal }) => post<PreviewAnswer>('preview/feature_view', request, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

  function apply() {
    const given = Object.entries(typed).filter(([, value]) => value.trim() !== '')
    setAsked({ limit: asked.limit, asOf: readInputTime(time), entity: given.length === 0 ? null : Object.fromEntries(given) })
  }

  return (
    <div className="stack">
      <form
        className="preview-form"
        onSubmit={(event) => {
          event.preventDefault()
          apply()
        }}
      >
        {keys.map(({ name }) => (
          <Input
            key={name}
            label={name}
            placeholder="any"
            value={typed[name] ?? ''}
            onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
          />
        ))}
        <Input label="At or before (UTC)" type="datetime-local" value={time} onChange={(event) => setTime(event.target.value)} />
        <Select
          label="Rows"
          value={String(asked.limit)}
          choices={['20', '50', '100'].map((value) => ({ value, name: value }))}
          onChange={(event) => setAsked({ ...asked, limit: Number(event.target.value) })}
        />
        <Button type="submit" busy={preview.isFetching}>
          Show
        </Button>
      </form>
      {preview.isError ? (
        <Failure error={preview.error} what="rows of this view" onRetry={() => void preview.refetch()} />
      ) : preview.data ? (
        <>
          <PreviewRows answer={preview.data} />
          <p className="label">
            {formatPlural(preview.data.rows.length, 'row')} from the offline store in {formatMilliseconds(preview.data.milliseconds)},
            newest first
            {preview.data.truncated ? '; there are more' : ''}
          </p>
        </>
      ) : (
        <Skeleton rows={12} label="Loading rows" />
      )}
    </div>
  )
}

function PreviewRows({ answer }: { readonly answer: PreviewAnswer }) {
  if (answer.rows.length === 0) return <p className="quiet">No rows. Ask for another entity or a later time.</p>
  return (
    <ValueTable
      label="Newest rows"
      columns={answer.columns}
      rows={answer.rows}
      cell={(value, column) => <ValueText value={value} column={column} />}
    />
  )
}
