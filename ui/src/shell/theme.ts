import { useSyncExternalStore } from 'react'

/** The theme and density a reader chose, kept by the browser; `public/theme.js` puts them on before the first paint. */

export type Theme = 'system' | 'light' | 'dark'
export type Density = 'dense' | 'comfortable'

const listeners = new Set<() => void>()

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Storage may be closed: the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener()
}

function readTheme(): Theme {
  const theme = document.documentElement.dataset.theme
  return theme === 'light' || theme === 'dark' ? theme : 'system'
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  keep('feast-theme', theme === 'system' ? null : theme)
}

function readDensity(): Density {
  return document.documentElement.dataset.density === 'comfortable' ? 'comfortable' : 'dense'
}

export function setDensity(density: Density): void {
  if (density === 'dense') delete document.documentElement.dataset.density
  else document.documentElement.dataset.density = density
  keep('feast-density', density === 'dense' ? null : density)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme)
}

export function useDensity(): Density {
  return useSyncExternalStore(subscribe, readDensity)
}
