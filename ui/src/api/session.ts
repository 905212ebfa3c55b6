import type { HostConfig, Switch, Switches } from './contract.ts'

/**
 * What the host told the page about itself: from the JSON block in the page, else from `GET /status`, else (Feast's own
 * registry server, which knows neither) a server with reading of the registry and nothing more.
 */

const unknown: Switch = { state: 'not_configured', reason: 'this server has no such feature', setting: null }

const plainFeast: HostConfig = {
  apiVersion: 1,
  version: '',
  registryVersion: '',
  session: { user: null, roles: [], token: null },
  switches: {
    data: unknown,
    online: unknown,
    writes: unknown,
    runs: unknown,
    sql: unknown,
    freshness: unknown,
    coverage: unknown,
    events: unknown,
    monitoring: unknown,
    serving: unknown,
    usage: unknown,
    permissions: unknown,
  },
  defaultProject: null,
}

let current: HostConfig = plainFeast
let seenVersion = ''
const listeners = new Set<() => void>()

function tell(): void {
  for (const listener of listeners) listener()
}

/** The block that the host wrote into the page; `null` if there is none or it is not ours. */
export function readConfigBlock(text: string | null | undefined): HostConfig | null {
  if (!text) return null
  try {
    const block: unknown = JSON.parse(text)
    if (typeof block === 'object' && block !== null && 'switches' in block) return withDefaults(block as Partial<HostConfig>)
  } catch {
    return null
  }
  return null
}

/** A server older than the pages may know fewer switches: those are off. */
export function withDefaults(config: Partial<HostConfig>): HostConfig {
  const switches: Switches = { ...plainFeast.switches, ...config.switches }
  return { ...plainFeast, ...config, switches }
}

export function setHostConfig(config: HostConfig): void {
  current = config
  seenVersion = config.registryVersion
  tell()
}

export function hostConfig(): HostConfig {
  return current
}

export function hostConfigUnknown(): HostConfig {
  return plainFeast
}

export function writeToken(): string | null {
  return current.session.token
}

/** Notes which registry version an answer came from. */
export function noteAnswer(headers: Headers): void {
  const version = headers.get('x-registry-version')
  if (version === null || version === seenVersion) return
  seenVersion = version
  tell()
}

/** The newest registry version seen in any answer; `''` when the server names none. */
export function registryVersion(): string {
  return seenVersion
}

export function onSessionChange(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
