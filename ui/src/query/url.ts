import { useCallback } from 'react'
import { useSearchParams } from '../route/router.ts'

/**
 * One parameter of the address as state. What equals `initial` is not written, so that addresses stay short; typing replaces
 * the entry of the history, choosing (`{ push: true }`) adds one.
 */
export function useUrlState(name: string, initial = ''): [string, (value: string, options?: { readonly push?: boolean }) => void] {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (value: string, options?: { readonly push?: boolean }) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          if (value === initial) next.delete(name)
          else next.set(name, value)
          return next
        },
        { replace: !options?.push },
      )
    },
    [setParams, name, initial],
  )
  return [params.get(name) ?? initial, set]
}

/** A parameter that may stand several times, e.g. chosen features. */
export function useUrlList(name: string): [string[], (values: readonly string[]) => void] {
  const [params, setParams] = useSearchParams()
  const set = useCallback(
    (values: readonly string[]) => {
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          next.delete(name)
          for (const value of values) next.append(name, value)
          return next
        },
        { replace: true },
      )
    },
    [setParams, name],
  )
  return [params.getAll(name), set]
}
