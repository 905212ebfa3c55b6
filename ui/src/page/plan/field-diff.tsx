import type { FieldChange, Value } from '../../api/contract.ts'
import './field-diff.css'

function words(value: Value): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, ' ')
}

/** Changes of fields as lines that a person can read: what goes, what comes. Signs stand beside the colours. */
export function FieldDiff({ fields }: { readonly fields: readonly FieldChange[] }) {
  if (fields.length === 0) return <p className="quiet">Nothing differs.</p>
  return (
    <dl className="field-diff">
      {fields.map(({ path, before, after }) => (
        <div key={path}>
          <dt className="mono">{path}</dt>
          {before === null ? null : (
            <dd className="before mono">
              <span aria-hidden="true">−</span>
              <span className="hidden">before: </span>
              <del>{words(before)}</del>
            </dd>
          )}
          {after === null ? null : (
            <dd className="after mono">
              <span aria-hidden="true">+</span>
              <span className="hidden">after: </span>
              <ins>{words(after)}</ins>
            </dd>
          )}
        </div>
      ))}
    </dl>
  )
}
