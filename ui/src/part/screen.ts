import { useSyncExternalStore } from 'react'

/** How much room there is: `wide` from 1100 px, `medium` from 700 px, else `narrow`. */
export type Screen = 'wide' | 'medium' | 'narrow'

const wide = window.matchMedia('(min-width: 1100px)')
const medium = window.matchMedia('(min-width: 700px)')

function read(): Screen {
  return wide.matches ? 'wide' : medium.matches ? 'medium' : 'narrow'
}

function subscribe(listener: () => void): () => void {
  wide.addEventListener('change', listener)
  medium.addEventListener('change', listener)
  return () => {
    wide.removeEventListener('change', listener)
    medium.removeEventListener('change', listener)
  }
}

export function useScreen(): Screen {
  return useSyncExternalStore(subscribe, read)
}
