import { lazy } from 'react'

async function load() {
  return { default: (await import('./palette.tsx')).Palette }
}

export const LazyPalette = lazy(load)

/** Fetched while the page idles, so that no key typed after `/` is lost. */
export function preloadPalette(): void {
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 300))
  idle(() => void load())
}
