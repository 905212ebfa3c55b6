import { CircleAlert, Info, Minus, Pencil, Plus, TriangleAlert } from 'lucide-react'
import type { Plan, PlannedChange, PlanWarning } from '../../api/contract.ts'
import { formatPlural } from '../../format/number.ts'
import { kinds } from '../../kind/kind.ts'
import { Icon, KindIcon } from '../../part/icon.tsx'
import { Section } from '../../part/properties.tsx'
import { SnippetTabs } from '../snippet/snippet-tabs.tsx'
import { FieldDiff } from './field-diff.tsx'
import './plan-view.css'

const signs = {
  create: { icon: Plus, word: 'new', tone: 'ok' },
  update: { icon: Pencil, word: 'changed', tone: 'accent' },
  delete: { icon: Minus, word: 'deleted', tone: 'bad' },
  unchanged: { icon: Info, word: 'unchanged', tone: 'idle' },
} as const

const levels = {
  info: { icon: Info, tone: 'idle' },
  warn: { icon: TriangleAlert, tone: 'warn' },
  danger: { icon: CircleAlert, tone: 'bad' },
} as const

function Planned({ change }: { readonly change: PlannedChange }) {
  const { icon, word, tone } = signs[change.action]
  return (
    <li className="planned">
      <div className="row">
        <span className={`health ${tone}`}>
          <Icon of={icon} size={14} /> {word}
        </span>
        <KindIcon kind={change.kind} />
        <strong>{change.name}</strong>
        <span className="label">{kinds[change.kind].one}</span>
      </div>
      {change.fields.length > 0 ? <FieldDiff fields={change.fields} /> : null}
    </li>
  )
}

function Warning({ warning }: { readonly warning: PlanWarning }) {
  const { icon, tone } = levels[warning.level]
  return (
    <li className={`plan-warning ${tone}`}>
      <Icon of={icon} />
      <span>{warning.text}</span>
    </li>
  )
}

const actions = { create: 'Make', change: 'Change', drop: 'Drop' } as const

/** A plan as a person reads it: what to mind, what changes in the registry, what in the stores, and the same as code. */
export function PlanView({ plan }: { readonly plan: Plan }) {
  const changed = plan.changes.filter(({ action }) => action !== 'unchanged')
  return (
    <div className="stack wide">
      {plan.warnings.length > 0 ? (
        <ul className="stack tight" aria-label="Warnings">
          {plan.warnings.map((warning) => (
            <Warning key={warning.text} warning={warning} />
          ))}
        </ul>
      ) : null}
      <Section title={formatPlural(changed.length, 'change')}>
        {changed.length === 0 ? <p className="quiet">The registry is as you want it already.</p> : null}
        <ul className="stack">
          {changed.map((change) => (
            <Planned key={`${change.kind} ${change.name}`} change={change} />
          ))}
        </ul>
      </Section>
      {plan.infra.length > 0 ? (
        <Section title="In the stores">
          <ul className="stack tight">
            {plan.infra.map(({ action, what }) => (
              <li key={what}>
                {actions[action]} {what}
              </li>
            ))}
          </ul>
        </Section>
      ) : null}
      <Section title="Export as a file">
        <SnippetTabs
          label="Language of the export"
          snippets={[
            { name: 'TypeScript', language: 'typescript', text: plan.definitions.typescript },
            { name: 'Python', language: 'python', text: plan.definitions.python },
          ]}
        />
      </Section>
    </div>
  )
}
