import { Link } from '../route/link.tsx'
import './tabs.css'

export interface Tab {
  readonly name: string
  readonly to: string
  readonly count?: number | null | undefined
  readonly onHover?: (() => void) | undefined
}

/** Tabs are places with addresses, so they are links; `current` is the `to` of the one that is open. */
export function Tabs({ label, tabs, current }: { readonly label: string; readonly tabs: readonly Tab[]; readonly current: string }) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          keepScroll
          className="tab"
          aria-current={tab.to === current ? 'page' : undefined}
          onPointerEnter={tab.onHover}
          onFocus={tab.onHover}
        >
          {tab.name}
          {tab.count === undefined || tab.count === null ? null : <span className="count num">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  )
}
