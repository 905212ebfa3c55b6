import { useMutation } from '@tanstack/react-query'
import { Download, Rows3 } from 'lucide-react'
import { useState } from 'react'
import { post, postRaw } from '../api/client.ts'
import type { ExportFormat, HistoricalAnswer, HistoricalRequest, ValueColumn } from '../api/contract.ts'
import { isOn, useHost } from '../api/query.ts'
import { downloadBlob } from '../format/csv.ts'
import { formatMilliseconds, formatPlural } from '../format/number.ts'
import { Button } from '../part/button.tsx'
import { Checkbox } from '../part/field.tsx'
import { Icon } from '../part/icon.tsx'
import { Menu } from '../part/menu.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Problem } from '../part/problem.tsx'
import { Section } from '../part/properties.tsx'
import { Failure, Skeleton, SwitchedOff } from '../part/state.tsx'
import { ValueTable, ValueText } from '../part/value-table.tsx'
import type { PageProps } from '../route/routes.tsx'
import { FeatureSelector, isEmptySelection, useFeatureSelection } from './online/feature-selection.tsx'
import { historicalSnippets } from './snippet/snippet.ts'
import { SnippetTabs } from './snippet/snippet-tabs.tsx'
import { askRows, type RowSource, RowSourceForm } from './training/row-source.tsx'
import { WhyPanel } from './training/why-panel.tsx'
import { useInputs } from './view/use-tab.tsx'
import './playground.css'

const crumbs = [{ name: 'Training set' }]
const nothing: RowSource = { mode: 'source', text: '', source: '', sql: '', start: '', end: '' }

/** Builds a training set: features, rows, a preview whose every value can be asked why, and the file. */
export function TrainingSetPage({ project }: PageProps) {
  const { switches } = useHost()
  return (
    <>
      <PageHead
        name="Training set"
        crumbs={crumbs}
        description="Features as they were at the time of each row. Click a value to see why it is that value."
      />
      {isOn(switches.data) ? <Builder key={project} project={project} /> : <SwitchedOff what="Reading stored values" by={switches.data} />}
    </>
  )
}

function Builder({ project }: { readonly project: string }) {
  const { switches } = useHost()
  const selection = useFeatureSelection()
  const inputs = useInputs(project, selection.features, selection.service)
  const [from, setFrom] = useState(nothing)
  const [full, setFull] = useState(false)
  const [tried, setTried] = useState(false)
  const wanted = (inputs.data?.inputs ?? []).filter(({ role }) => role === 'join_key' || from.mode === 'paste')
  const asked = askRows(from, wanted)
  const request: HistoricalRequest | null =
    'error' in asked
      ? null
      : {
          project,
          features: selection.service === null ? selection.features : null,
          feature_service: selection.service,
          full_feature_names: full,
          ...asked,
        }
  const preview = useMutation({ mutationFn: (body: HistoricalRequest) => post<HistoricalAnswer>('historical/preview', body) })
  const file = useMutation({
    mutationFn: async (format: ExportFormat) => {
      const response = await postRaw('historical/export', request, { params: { format } })
      downloadBlob(`training-set.${format}`, await response.blob())
    },
  })
  const error = tried && 'error' in asked ? asked.error : null
  return (
    <div className="playground">
      <form
        className="stack wide"
        onSubmit={(event) => {
          event.preventDefault()
          setTried(true)
          if (request) preview.mutate(request)
        }}
      >
        <Section title="Features">
          <FeatureSelector project={project} selection={selection} />
        </Section>
        {isEmptySelection(selection) ? null : (
          <Section title="Rows">
            {inputs.isError ? <Failure error={inputs.error} what="what a row must hold" /> : null}
            <RowSourceForm
              project={project}
              inputs={wanted}
              value={from}
              onChange={setFrom}
              error={error}
              sqlAllowed={isOn(switches.sql)}
            />
            <Checkbox label="Full feature names" checked={full} onChange={(event) => setFull(event.target.checked)} />
            <div className="row">
              <Button type="submit" look="primary" icon={Rows3} busy={preview.isPending}>
                Preview 20 rows
              </Button>
              {request && preview.data ? (
                <Menu
                  label="Download"
                  button={
                    <>
                      <Icon of={Download} /> Download
                    </>
                  }
                  items={[
                    { name: 'Parquet', onChoose: () => file.mutate('parquet') },
                    { name: 'CSV', onChoose: () => file.mutate('csv') },
                  ]}
                />
              ) : null}
            </div>
            {file.isError ? <Problem error={file.error} /> : null}
          </Section>
        )}
      </form>
      <div className="stack wide">
        <div aria-live="polite" aria-busy={preview.isPending}>
          {preview.isError ? (
            <Failure error={preview.error} what="the training set" />
          ) : preview.data ? (
            <Preview answer={preview.data} />
          ) : preview.isPending ? (
            <Skeleton rows={12} label="Joining" />
          ) : (
            <p className="quiet">
              {isEmptySelection(selection) ? 'Choose a service or some features first.' : 'Say which rows, and preview.'}
            </p>
          )}
        </div>
        {isEmptySelection(selection) || !inputs.data ? null : (
          <Section title="The same in code">
            <SnippetTabs label="Language of the code" snippets={historicalSnippets({ selection, inputs: wanted })} />
          </Section>
        )}
      </div>
    </div>
  )
}

function Preview({ answer }: { readonly answer: HistoricalAnswer }) {
  const [open, setOpen] = useState<{ readonly column: ValueColumn; readonly row: number } | null>(null)
  const view = open?.column.ref?.split(':')[0] ?? ''
  return (
    <div className="stack">
      <ValueTable
        label="Preview of the training set"
        columns={answer.columns}
        rows={answer.rows}
        cell={(value, column, row) =>
          column.role === 'feature' ? (
            <button type="button" className="value" title="Why this value" onClick={() => setOpen({ column, row })}>
              <ValueText value={value} column={column} />
            </button>
          ) : (
            <ValueText value={value} column={column} />
          )
        }
      />
      <p className="label">
        {formatPlural(answer.rows.length, 'row')} in {formatMilliseconds(answer.milliseconds)}
        {answer.truncated ? '; there are more' : ''}
      </p>
      {open ? (
        <WhyPanel column={open.column} explanation={answer.explanations[view]?.[open.row] ?? null} onClose={() => setOpen(null)} />
      ) : null}
    </div>
  )
}
