import { lazy } from 'react'

export const LazyPalette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }))
