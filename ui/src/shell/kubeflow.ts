import { useSyncExternalStore } from 'react'

/**
 * The four messages between Kubeflow's dashboard and a page in its frame (`centraldashboard/public/library.js`), spoken
 * without its script so that our CSP stays strict:
 * - we send `iframe-connected`; the dashboard answers `parent-connected`, then `namespace-selected` now and on each change;
 * - `all-namespaces` goes only to pages on the dashboard's own list, which we are not, but is understood.
 * Only messages of our own origin and from our parent count.
 */

export interface KubeflowState {
  readonly framed: boolean
  /** `null` until the dashboard has told it. */
  readonly namespace: string | null
}

let state: KubeflowState = { framed: false, namespace: null }
const listeners = new Set<() => void>()

function set(next: KubeflowState): void {
  state = next
  for (const listener of listeners) listener()
}

/** What a message changes; `null` when it is not for us. */
export function readMessage(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('type' in data) || !('value' in data)) return null
  const { type, value } = data
  if (type === 'namespace-selected' && typeof value === 'string' && value !== '') return value
  if (type === 'all-namespaces' && Array.isArray(value) && typeof value[0] === 'string') return value[0]
  return null
}

/** Begins to listen; harmless outside a frame. */
export function startKubeflow(): void {
  const parent = window.parent
  if (parent === window) return
  document.documentElement.dataset.framed = ''
  set({ framed: true, namespace: null })
  window.addEventListener('message', (event) => {
    if (event.origin !== window.location.origin || event.source !== parent) return
    const namespace = readMessage(event.data)
    if (namespace !== null && namespace !== state.namespace) set({ framed: true, namespace })
  })
  parent.postMessage({ type: 'iframe-connected' }, window.location.origin)
}

export function useKubeflow(): KubeflowState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}
