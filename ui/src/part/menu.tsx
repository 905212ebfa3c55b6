import type { LucideIcon } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { Icon } from './icon.tsx'
import './menu.css'

export interface MenuItem {
  readonly name: string
  readonly icon?: LucideIcon
  readonly note?: string
  readonly danger?: boolean
  /** Shown with a check mark; the menu then stays open on choosing. */
  readonly checked?: boolean
  readonly onChoose: () => void
}

interface MenuProps {
  readonly label: string
  readonly button: ReactNode
  readonly items: readonly MenuItem[]
  readonly className?: string
  readonly align?: 'left' | 'right'
  /** Called when somebody is about to open it: time to load what it lists. */
  readonly onIntent?: () => void
}

/** A button that opens a list of verbs: arrow keys, Home, End, Escape, and a click elsewhere. */
export function Menu({ label, button, items, className = 'button', align = 'left', onIntent }: MenuProps) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLSpanElement>(null)
  const opener = useRef<HTMLButtonElement>(null)
  const id = useId()

  useEffect(() => {
    if (!open) return
    root.current?.querySelector<HTMLElement>('.menu button')?.focus()
    const close = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false)
    }
    document.addEventListener('pointerdown', close)
    return () => document.removeEventListener('pointerdown', close)
  }, [open])

  function onKeyDown(event: KeyboardEvent<HTMLSpanElement>) {
    if (!open) return
    const entries = [...(root.current?.querySelectorAll<HTMLElement>('.menu button') ?? [])]
    const at = entries.indexOf(document.activeElement as HTMLElement)
    const targets: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: entries.length - 1 }
    const target = targets[event.key]
    if (event.key === 'Escape' || event.key === 'Tab') {
      setOpen(false)
      opener.current?.focus()
      if (event.key === 'Escape') event.stopPropagation()
    } else if (target !== undefined) {
      event.preventDefault()
      entries[(target + entries.length) % entries.length]?.focus()
    }
  }

  function choose(item: MenuItem) {
    item.onChoose()
    if (item.checked !== undefined) return
    setOpen(false)
    opener.current?.focus()
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the menu inside
    <span className="menu-root" ref={root} onKeyDown={onKeyDown}>
      <button
        ref={opener}
        type="button"
        className={className}
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onPointerEnter={onIntent}
        onFocus={onIntent}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open ? (
        <div className={`menu ${align}`} role="menu" id={id} aria-label={label}>
          {items.map((item) => (
            <button
              key={item.name}
              type="button"
              {...(item.checked === undefined ? { role: 'menuitem' } : { role: 'menuitemcheckbox', 'aria-checked': item.checked })}
              tabIndex={-1}
              className={item.danger ? 'danger' : undefined}
              onClick={() => choose(item)}
            >
              {item.checked === undefined ? null : <span className="check">{item.checked ? '✓' : ''}</span>}
              {item.icon ? <Icon of={item.icon} /> : null}
              <span className="clip">{item.name}</span>
              {item.note ? <span className="label push">{item.note}</span> : null}
            </button>
          ))}
        </div>
      ) : null}
    </span>
  )
}
