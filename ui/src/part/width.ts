import { type RefObject, useLayoutEffect, useRef, useState } from 'react'

/** The width of an element as it is now, in pixels; 0 before it is first measured. */
export function useWidth<Element extends HTMLElement>(): readonly [RefObject<Element | null>, number] {
  const element = useRef<Element>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const target = element.current
    if (!target) return
    const read = () => setWidth(target.clientWidth)
    read()
    const observer = new ResizeObserver(read)
    observer.observe(target)
    return () => observer.disconnect()
  }, [])
  return [element, width]
}
