import type { OnlineInputs } from '../../api/contract.ts'
import { isOn, useApi, useSwitch } from '../../api/query.ts'
import { Section } from '../../part/properties.tsx'
import { historicalSnippets, onlineSnippets } from '../snippet/snippet.ts'
import { SnippetTabs } from '../snippet/snippet-tabs.tsx'

interface UseTabProps {
  readonly project: string
  readonly features: readonly string[]
  readonly service: string | null
}

/** What a row must hold to ask for these features; asked of the server, which knows aliases and request data. */
export function useInputs(project: string, features: readonly string[], service: string | null) {
  const on = isOn(useSwitch('online'))
  const nothing = service === null && features.length === 0
  return useApi<OnlineInputs>(
    'online/inputs',
    { project, features: service === null ? features : [], feature_service: service, full_feature_names: true },
    { enabled: on && !nothing },
  )
}

/** Ready to paste: reading these features online and for a training. */
export function UseTab({ project, features, service }: UseTabProps) {
  const inputs = useInputs(project, features, service).data?.inputs ?? []
  const selection = { service, features }
  return (
    <div className="stack wide">
      <Section title="Read online">
        <SnippetTabs
          label="Language for reading online"
          snippets={onlineSnippets({ selection, rows: [], inputs, fullFeatureNames: false })}
        />
      </Section>
      <Section title="Read history for a training">
        <SnippetTabs
          label="Language for reading history"
          snippets={historicalSnippets({ selection, inputs: inputs.filter(({ role }) => role === 'join_key') })}
        />
      </Section>
    </div>
  )
}
