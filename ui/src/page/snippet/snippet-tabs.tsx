import { useState } from 'react'
import { Code } from '../../part/code.tsx'
import { Segmented } from '../../part/field.tsx'
import type { Snippet } from './snippet.ts'

/** The same thing in several languages; the one chosen last is remembered while the page lives. */
let lastChosen = 'TypeScript'

export function SnippetTabs({ snippets, label }: { readonly snippets: readonly Snippet[]; readonly label: string }) {
  const [chosen, setChosen] = useState(lastChosen)
  const shown = snippets.find(({ name }) => name === chosen) ?? snippets[0]
  if (shown === undefined) return null
  return (
    <div className="stack tight">
      <div>
        <Segmented
          label={label}
          choices={snippets.map(({ name }) => ({ value: name, name }))}
          value={shown.name}
          onChange={(name) => {
            lastChosen = name
            setChosen(name)
          }}
        />
      </div>
      <Code text={shown.text} language={shown.language} />
    </div>
  )
}
