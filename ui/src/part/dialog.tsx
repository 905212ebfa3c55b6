import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { IconButton } from './button.tsx'
import './dialog.css'

interface DialogProps {
  readonly title: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
  /** `panel`: at the right edge, for explaining a value. `wide`: for plans. */
  readonly look?: 'box' | 'wide' | 'panel'
  readonly foot?: ReactNode
}

/** A dialog by the browser's own element: it keeps the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, children, look = 'box', foot }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = element.current
    if (dialog && !dialog.open) dialog.showModal()
    const field = dialog?.querySelector<HTMLElement>('.dialog-content :is(input, select, textarea, button)')
    const target = field ?? dialog?.querySelector<HTMLElement>('.dialog-content')
    target?.focus()
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; the keyboard has Escape
    <dialog
      ref={element}
      className={`dialog ${look}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === element.current) onClose()
      }}
    >
      <div className="dialog-body">
        <header className="row">
          <h2 id={id}>{title}</h2>
          <span className="push" />
          <IconButton icon={X} label="Close" onClick={onClose} />
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
        <section className="dialog-content" tabIndex={0} aria-labelledby={id}>
          {children}
        </section>
        {foot ? <footer className="row">{foot}</footer> : null}
      </div>
    </dialog>
  )
}
