import { X } from 'lucide-react'
import { useEffect, useSyncExternalStore } from 'react'
import { Button, IconButton } from './button.tsx'
import './toast.css'

export interface Toast {
  readonly text: string
  readonly tone?: 'ok' | 'bad'
  readonly action?: { readonly name: string; readonly onChoose: () => void }
}

let current: Toast | null = null
const listeners = new Set<() => void>()

/** Says that something was done, with a way back where there is one. One at a time. */
export function showToast(toast: Toast | null): void {
  current = toast
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const toast = useSyncExternalStore(subscribe, () => current)
  useEffect(() => {
    if (toast === null || toast.action || toast.tone === 'bad') return
    const timer = setTimeout(() => showToast(null), 5000)
    return () => clearTimeout(timer)
  }, [toast])
  return (
    <div className="toasts" role="status">
      {toast ? (
        <div className={`toast ${toast.tone ?? 'ok'}`}>
          <span>{toast.text}</span>
          {toast.action ? (
            <Button look="quiet" onClick={toast.action.onChoose}>
              {toast.action.name}
            </Button>
          ) : null}
          <IconButton icon={X} label="Dismiss" onClick={() => showToast(null)} />
        </div>
      ) : null}
    </div>
  )
}
