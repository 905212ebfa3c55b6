import { apiUrl, get } from '../api/client.ts'
import type { EventMessages, Status } from '../api/contract.ts'
import { invalidate, isOn, queryClient } from '../api/query.ts'
import { hostConfig, onSessionChange, registryVersion } from '../api/session.ts'

/**
 * Keeps the screen true without a Refresh button. With server-sent events: `live`. Where a proxy holds them back or the server
 * has none: `polling`, which asks `GET /status` every 30 s and compares the registry's version. No answer at all: `offline`.
 */
export type LiveState = 'off' | 'live' | 'polling' | 'offline'

const pollEvery = 30_000
let state: LiveState = 'off'
let source: EventSource | null = null
let timer: ReturnType<typeof setInterval> | undefined
const listeners = new Set<() => void>()

function set(next: LiveState): void {
  if (state === next) return
  state = next
  for (const listener of listeners) listener()
}

export function liveState(): LiveState {
  return state
}

export function onLiveChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** A plan is not made anew under the reader's eyes: its page says that the registry has moved on. */
function refreshAll(): void {
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'plan' })
}

/** Which queries an event makes old. A run is written into the cache itself: its page moves without asking. */
function applyEvent<Name extends keyof EventMessages>(name: Name, message: EventMessages[Name]): void {
  if (name === 'run') {
    const { run } = message as EventMessages['run']
    queryClient.setQueryData([`runs/${run.id}`, {}], run)
    invalidate('runs')
    if (run.finishedAt !== null) invalidate('freshness', 'coverage')
  } else if (name === 'freshness') invalidate('freshness', 'coverage')
  else refreshAll()
}

function listen(project: string | null): void {
  source = new EventSource(apiUrl('events', { project }))
  source.onopen = () => {
    stopPolling()
    set('live')
  }
  source.onerror = () => startPolling()
  const names = ['registry', 'run', 'freshness', 'reset'] as const
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent<string>) => applyEvent(name, JSON.parse(event.data)))
  }
}

async function poll(): Promise<void> {
  if (document.hidden) return
  const before = registryVersion()
  try {
    const { registryVersion: now } = await get<Status>('status')
    set('polling')
    if (before !== now) refreshAll()
  } catch {
    set('offline')
  }
}

function startPolling(): void {
  if (timer !== undefined) return
  timer = setInterval(() => void poll(), pollEvery)
}

function stopPolling(): void {
  clearInterval(timer)
  timer = undefined
}

/** Follows one project's events; `null` for all. Returns what stops it. */
export function followEvents(project: string | null): () => void {
  const begin = () => {
    if (source === null && isOn(hostConfig().switches.events)) listen(project)
  }
  begin()
  const lift = onSessionChange(begin)
  return () => {
    lift()
    stopPolling()
    source?.close()
    source = null
    set('off')
  }
}
