/** Whether the search is open: told from anywhere, drawn by `palette.tsx`. It is part of the first load, so that no key typed after `/` is lost. */

let open = false
const listeners = new Set<() => void>()

function set(next: boolean): void {
  open = next
  for (const listener of listeners) listener()
}

export function openPalette(): void {
  set(true)
}

export function closePalette(): void {
  set(false)
}

export function paletteOpen(): boolean {
  return open
}

export function onPaletteChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}

/** Ctrl K or ⌘ K anywhere, `/` where nobody types. One listener a page. */
export function startPaletteKeys(): void {
  window.addEventListener('keydown', (event) => {
    const chord = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
    const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)
    if (!chord && !slash) return
    event.preventDefault()
    set(chord ? !open : true)
  })
}
