import { useSyncExternalStore } from 'react'
import { Link } from '../route/link.tsx'

export interface Crumb {
  readonly name: string
  readonly to?: string
}

let crumbs: readonly Crumb[] = []
const listeners = new Set<() => void>()

/** Set by the head of each page. */
export function setCrumbs(next: readonly Crumb[]): void {
  crumbs = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where the page stands; the last one is the page itself and no link. */
export function Crumbs() {
  const shown = useSyncExternalStore(subscribe, () => crumbs)
  if (shown.length === 0) return null
  return (
    <nav className="crumbs" aria-label="Breadcrumb">
      <ol>
        {shown.map((crumb) => (
          <li key={crumb.name + (crumb.to ?? '')}>
            {crumb.to === undefined ? <span aria-current="page">{crumb.name}</span> : <Link to={crumb.to}>{crumb.name}</Link>}
          </li>
        ))}
      </ol>
    </nav>
  )
}
