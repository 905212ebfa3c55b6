import { asObject, asObjects, asText, callPebble, type PebbleClient } from './client.ts'

/** A health check of the plan, as it is now. */
export interface CheckInfo {
  readonly name: string
  /** `alive` or `ready`; null when the layer does not say. */
  readonly level: string | null
  readonly startup: 'enabled' | 'disabled'
  readonly status: 'up' | 'down' | 'inactive'
  /** How often it succeeded since it last failed, and failed since it last succeeded. */
  readonly successes: number
  readonly failures: number
  /** How many failures in a row make it `down`. */
  readonly threshold: number
  /** The change that carries it out; empty when it is inactive. */
  readonly changeId: string
}

/**
 * Lists checks; all, or those named, or those of one level.
 *
 * @example
 * await listChecks(client, { level: 'alive' }) // [{ name: 'up', level: 'alive', startup: 'enabled', status: 'up', … }]
 */
export const listChecks = async (
  client: PebbleClient,
  { names, level }: { readonly names?: readonly string[]; readonly level?: 'alive' | 'ready' } = {},
): Promise<readonly CheckInfo[]> => {
  const { result } = await callPebble(client, { method: 'GET', path: '/v1/checks', query: { names: names?.join(','), level } })
  return asObjects(result).map((check) => ({
    name: asText(check.name),
    level: asText(check.level) || null,
    startup: check.startup === 'disabled' ? 'disabled' : 'enabled',
    status: check.status === 'up' ? 'up' : check.status === 'down' ? 'down' : 'inactive',
    successes: Number(check.successes ?? 0),
    failures: Number(check.failures ?? 0),
    threshold: Number(check.threshold ?? 0),
    changeId: asText(check['change-id']),
  }))
}

const act = async (client: PebbleClient, action: 'start' | 'stop', checks: readonly string[]): Promise<readonly string[]> => {
  const { result } = await callPebble(client, { method: 'POST', path: '/v1/checks', json: { action, checks } })
  const { changed } = asObject(result)
  return Array.isArray(changed) ? changed.map(asText) : []
}

/**
 * Starts checks and names those that did not run before.
 *
 * @example
 * await startChecks(client, ['up']) // ['up']
 */
export const startChecks = (client: PebbleClient, names: readonly string[]): Promise<readonly string[]> => act(client, 'start', names)

/**
 * Stops checks and names those that ran before.
 *
 * @example
 * await stopChecks(client, ['up']) // ['up']
 */
export const stopChecks = (client: PebbleClient, names: readonly string[]): Promise<readonly string[]> => act(client, 'stop', names)

/**
 * Runs a check now; gives why it failed, or null.
 *
 * @example
 * await refreshCheck(client, 'up') // 'exit status 1'
 */
export const refreshCheck = async (client: PebbleClient, name: string): Promise<string | null> => {
  const { result } = await callPebble(client, { method: 'POST', path: '/v1/checks/refresh', json: { name }, timeoutMs: 60_000 })
  return asText(asObject(result).error) || null
}
