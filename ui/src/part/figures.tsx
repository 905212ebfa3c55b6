import type { ReactNode } from 'react'
import { Link } from '../route/link.tsx'
import './figures.css'

export interface Figure {
  readonly label: string
  readonly value: ReactNode
  /** One short line under the number. */
  readonly note?: ReactNode
  readonly tone?: 'ok' | 'warn' | 'bad' | 'idle' | undefined
  readonly to?: string | undefined
}

/** At most four figures of a page, the first thing read after its name. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className="figures">
      {figures.map(({ label, value, note, tone, to }) => (
        <div key={label} className={`figure ${tone ?? ''}`}>
          <dt className="label">{label}</dt>
          <dd className="number num">{to ? <Link to={to}>{value}</Link> : value}</dd>
          {note ? <dd className="note">{note}</dd> : null}
        </div>
      ))}
    </dl>
  )
}
