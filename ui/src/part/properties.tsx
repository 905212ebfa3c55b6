import type { ReactNode } from 'react'
import './properties.css'

export interface Property {
  readonly name: string
  readonly value: ReactNode
}

/** Names and values of an object; what has no value is left out. */
export function Properties({ rows }: { readonly rows: readonly (Property | null)[] }) {
  const shown = rows.filter((row) => row !== null && row.value !== null && row.value !== undefined && row.value !== '')
  return (
    <dl className="properties">
      {shown.map((row) =>
        row === null ? null : (
          <div key={row.name}>
            <dt>{row.name}</dt>
            <dd>{row.value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

/** A part of a page with its heading. */
export function Section({ title, side, children }: { readonly title: string; readonly side?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="section">
      <div className="row section-head">
        <h2>{title}</h2>
        {side}
      </div>
      {children}
    </section>
  )
}
