import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { base, routerBase } from './base.ts'

/**
 * The router: the address bar is the state. Written here because names of objects may hold any character: paths are matched
 * as they stand in the address and each segment is decoded once, where common routers decode the whole path first.
 *
 * Scroll positions are kept per entry of the history, and put back when the reader goes back and the page has its height again.
 */

interface Entry {
  readonly index: number
}

interface Place {
  /** Still encoded, without the base, beginning with a slash. */
  readonly path: string
  readonly search: string
}

const listeners = new Set<() => void>()
const scrolls = new Map<number, number>()
let guard: (() => boolean) | null = null
let index = 0
let place: Place = { path: '/', search: '' }

function readPlace(): Place {
  const { pathname, search } = window.location
  const root = routerBase()
  const path = pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : '/'
  return { path, search }
}

function tell(): void {
  place = readPlace()
  for (const listener of listeners) listener()
}

function entryOf(state: unknown): Entry {
  return typeof state === 'object' && state !== null && 'index' in state && typeof state.index === 'number'
    ? { index: state.index }
    : { index: 0 }
}

function restoreScroll(target: number): void {
  let tries = 0
  const attempt = () => {
    window.scrollTo(0, target)
    tries += 1
    if (Math.abs(window.scrollY - target) > 2 && tries < 60) requestAnimationFrame(attempt)
  }
  requestAnimationFrame(attempt)
}

function onPopState(event: PopStateEvent): void {
  const next = entryOf(event.state)
  if (guard !== null && !guard()) {
    window.history.go(index - next.index)
    return
  }
  scrolls.set(index, window.scrollY)
  index = next.index
  tell()
  restoreScroll(scrolls.get(index) ?? 0)
}

/** Begins to listen; once a page. Gives the path that the page was opened at. */
export function startRouter(): string {
  window.history.scrollRestoration = 'manual'
  index = entryOf(window.history.state).index
  window.history.replaceState({ index }, '')
  window.addEventListener('popstate', onPopState)
  place = readPlace()
  return place.path
}

/** Full address of a link of ours. */
export function hrefOf(to: string): string {
  return routerBase() + to
}

export interface NavigateOptions {
  readonly replace?: boolean
  readonly keepScroll?: boolean
}

/** Goes to a path of ours (`/p/fraud/entity`), unless an unsaved form holds the reader back. */
export function navigate(to: string, options: NavigateOptions = {}): void {
  const url = new URL(hrefOf(to), base())
  if (url.pathname !== window.location.pathname && guard !== null && !guard()) return
  if (options.replace) window.history.replaceState({ index }, '', url)
  else {
    scrolls.set(index, window.scrollY)
    index += 1
    window.history.pushState({ index }, '', url)
    if (!options.keepScroll) window.scrollTo(0, 0)
  }
  tell()
}

/** Installed by a form with unsaved input: answers whether the reader may leave. `null` lifts it. */
export function setLeaveGuard(next: (() => boolean) | null): void {
  guard = next
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Where the reader is. */
export function usePlace(): Place {
  return useSyncExternalStore(subscribe, () => place)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/**
 * Matches an encoded path against a pattern; `:name` takes one segment, `:name?` at the end one or none, `*` the rest.
 *
 * @example matchPath('/p/:project/entity/:name', '/p/a/entity/x%2Fy') // { project: 'a', name: 'x/y' }
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/').filter((part) => part !== '')
  const given = path.split('/').filter((part) => part !== '')
  const params: Record<string, string> = {}
  for (const [position, want] of wanted.entries()) {
    if (want === '*') {
      params['*'] = given.slice(position).join('/')
      return params
    }
    const part = given[position]
    if (part === undefined && want.endsWith('?')) return params
    if (part === undefined) return null
    if (want.startsWith(':')) params[want.slice(1).replace('?', '')] = decode(part)
    else if (want !== part) return null
  }
  return wanted.length >= given.length ? params : null
}

type Change = (before: URLSearchParams) => URLSearchParams

/** The parameters of the address, and how to change them. */
export function useSearchParams(): [URLSearchParams, (change: Change, options?: NavigateOptions) => void] {
  const { search } = usePlace()
  const params = useMemo(() => new URLSearchParams(search), [search])
  const set = useCallback((change: Change, options: NavigateOptions = {}) => {
    const next = change(new URLSearchParams(window.location.search)).toString()
    navigate(readPlace().path + (next === '' ? '' : `?${next}`), { keepScroll: true, ...options })
  }, [])
  return [params, set]
}
