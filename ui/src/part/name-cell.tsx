import type { Kind } from '../api/contract.ts'
import { Link } from '../route/link.tsx'
import { KindIcon } from './icon.tsx'

interface NameCellProps {
  readonly kind: Kind
  readonly name: string
  readonly to: string
  readonly note?: string | undefined
}

/** The first cell of a list: the icon of the kind and the link. */
export function NameCell({ kind, name, to, note }: NameCellProps) {
  return (
    <span className="name-cell">
      <KindIcon kind={kind} />
      <Link to={to} title={name}>
        {name}
      </Link>
      {note ? <span className="label">{note}</span> : null}
    </span>
  )
}
