import { useMutation } from '@tanstack/react-query'
import { Zap } from 'lucide-react'
import { useState } from 'react'
import { post } from '../api/client.ts'
import type { OnlineAnswer, OnlineRequest } from '../api/contract.ts'
import { isOn, useHost } from '../api/query.ts'
import { Button } from '../part/button.tsx'
import { Checkbox } from '../part/field.tsx'
import { PageHead } from '../part/page-head.tsx'
import { Section } from '../part/properties.tsx'
import { Failure, Skeleton, SwitchedOff } from '../part/state.tsx'
import type { PageProps } from '../route/routes.tsx'
import { EntityGrid } from './online/entity-grid.tsx'
import { readRows, type TypedRow } from './online/entity-input.ts'
import { FeatureSelector, isEmptySelection, useFeatureSelection } from './online/feature-selection.tsx'
import { OnlineResult } from './online/result.tsx'
import { onlineSnippets } from './snippet/snippet.ts'
import { SnippetTabs } from './snippet/snippet-tabs.tsx'
import { useInputs } from './view/use-tab.tsx'
import './playground.css'

const crumbs = [{ name: 'Playground' }]

/** Looks up features for entities as a model would, with the offline values beside them and the code that does the same. */
export function PlaygroundPage({ project }: PageProps) {
  const { switches } = useHost()
  return (
    <>
      <PageHead
        name="Playground"
        crumbs={crumbs}
        description="Read features online as a model would, and see whether the offline store agrees."
      />
      {isOn(switches.online) ? <Playground key={project} project={project} /> : <SwitchedOff what="Online lookup" by={switches.online} />}
    </>
  )
}

function Playground({ project }: { readonly project: string }) {
  const mayCompare = isOn(useHost().switches.data)
  const selection = useFeatureSelection()
  const inputs = useInputs(project, selection.features, selection.service)
  const [typed, setTyped] = useState<readonly TypedRow[]>([{}])
  const [full, setFull] = useState(false)
  const [twin, setTwin] = useState(mayCompare)
  const [tried, setTried] = useState(false)
  const wanted = inputs.data?.inputs ?? []
  const { rows, errors } = readRows(typed, wanted)
  const lookup = useMutation({
    mutationFn: () => {
      const { service, features } = selection
      const request: OnlineRequest = {
        project,
        features: service === null ? features : null,
        feature_service: service,
        entities: rows,
        full_feature_names: full,
        twin,
      }
      return post<OnlineAnswer>('online/explain', request)
    },
  })

  function run() {
    setTried(true)
    if (rows.length > 0 && errors.size === 0) lookup.mutate()
  }

  return (
    <div className="playground">
      <form
        className="stack wide"
        onSubmit={(event) => {
          event.preventDefault()
          run()
        }}
      >
        <Section title="What to read">
          <FeatureSelector project={project} selection={selection} />
        </Section>
        {isEmptySelection(selection) ? null : (
          <Section title="For whom">
            {inputs.isError ? (
              <Failure error={inputs.error} what="what a row must hold" onRetry={() => void inputs.refetch()} />
            ) : !inputs.data ? (
              <Skeleton rows={2} label="Loading the join keys" />
            ) : (
              <EntityGrid inputs={wanted} rows={typed} errors={tried ? errors : new Map()} onRows={setTyped} most={100} />
            )}
            {tried && rows.length === 0 ? <p className="field-error">Type at least one row.</p> : null}
            {tried && errors.size > 0 ? <p className="field-error">{[...errors.values()][0]}</p> : null}
            <div className="stack tight">
              {mayCompare ? (
                <Checkbox label="Compare with the offline store" checked={twin} onChange={(event) => setTwin(event.target.checked)} />
              ) : null}
              <Checkbox label="Full feature names" checked={full} onChange={(event) => setFull(event.target.checked)} />
            </div>
            <div>
              <Button type="submit" look="primary" icon={Zap} busy={lookup.isPending}>
                Look up
              </Button>
            </div>
          </Section>
        )}
      </form>
      <div className="stack wide">
        <div aria-live="polite" aria-busy={lookup.isPending}>
          {lookup.isError ? (
            <Failure error={lookup.error} what="the values" onRetry={run} />
          ) : lookup.data ? (
            <OnlineResult answer={lookup.data} />
          ) : (
            <p className="quiet">
              {isEmptySelection(selection)
                ? 'Choose a service or some features first.'
                : 'Type join keys, or paste rows from a sheet, and look them up.'}
            </p>
          )}
        </div>
        {inputs.data && !isEmptySelection(selection) ? (
          <Section title="The same in code">
            <SnippetTabs
              label="Language of the code"
              snippets={onlineSnippets({ selection, rows: errors.size === 0 ? rows : [], inputs: wanted, fullFeatureNames: full })}
            />
          </Section>
        ) : null}
      </div>
    </div>
  )
}
