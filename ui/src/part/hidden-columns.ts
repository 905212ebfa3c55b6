import { useState } from 'react'

function read(list: string): ReadonlySet<string> {
  try {
    return new Set((localStorage.getItem(`feast-columns-${list}`) ?? '').split(',').filter((id) => id !== ''))
  } catch {
    return new Set()
  }
}

/** The columns a reader took out of a list, kept by the browser. */
export function useHiddenColumns(list: string): [ReadonlySet<string>, (id: string) => void] {
  const [hidden, setHidden] = useState(() => read(list))
  function toggle(id: string) {
    const next = new Set(hidden)
    if (!next.delete(id)) next.add(id)
    setHidden(next)
    try {
      localStorage.setItem(`feast-columns-${list}`, [...next].join(','))
    } catch {
      // Storage may be closed: the choice then lasts as long as the page.
    }
  }
  return [hidden, toggle]
}
