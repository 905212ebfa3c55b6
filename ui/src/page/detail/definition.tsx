import type { Definitions } from '../../api/contract.ts'
import { SnippetTabs } from '../snippet/snippet-tabs.tsx'

interface Defined {
  readonly featureDefinition?: string
  readonly definitions?: Definitions
}

/** The object as code, in both languages; without our server, Feast's own Python. And the stored message below. */
export function DefinitionTab({ object }: { readonly object: Defined }) {
  const { definitions, featureDefinition, ...stored } = object
  const snippets = [
    ...(definitions ? [{ name: 'TypeScript', language: 'typescript' as const, text: definitions.typescript }] : []),
    ...(definitions || featureDefinition
      ? [{ name: 'Python', language: 'python' as const, text: definitions?.python ?? featureDefinition ?? '' }]
      : []),
    { name: 'Stored', language: 'json' as const, text: JSON.stringify(stored, null, 2) },
  ]
  return <SnippetTabs label="Language of the definition" snippets={snippets} />
}
