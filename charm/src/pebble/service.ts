import { charmError } from '../errors.ts'
import { type Change, waitChange } from './change.ts'
import { asObjects, asText, callPebble, type PebbleClient } from './client.ts'

/** A service of the plan, as it is now. */
export interface ServiceInfo {
  readonly name: string
  readonly startup: 'enabled' | 'disabled'
  /** `active`, `inactive`, `backoff` (it exited and will be tried again) or `error`. */
  readonly current: string
  /** When it became so: RFC 3339; null when it never ran. */
  readonly currentSince: string | null
}

/**
 * Lists services of the plan, sorted by name; all, or those named. An unknown name is left out.
 *
 * @example
 * await listServices(client) // [{ name: 'feast-ui', startup: 'enabled', current: 'active', currentSince: '2026-…' }]
 */
export const listServices = async (
  client: PebbleClient,
  { names }: { readonly names?: readonly string[] } = {},
): Promise<readonly ServiceInfo[]> => {
  const { result } = await callPebble(client, { method: 'GET', path: '/v1/services', query: { names: names?.join(',') } })
  return asObjects(result).map((service) => ({
    name: asText(service.name),
    startup: service.startup === 'enabled' ? 'enabled' : 'disabled',
    current: asText(service.current),
    currentSince: asText(service['current-since']) || null,
  }))
}

/** How long to wait for the change that a request began. */
export interface ServiceOptions {
  readonly seconds?: number
}

const act = async (
  client: PebbleClient,
  action: 'replan' | 'autostart' | 'start' | 'stop' | 'restart',
  services: readonly string[],
  options: ServiceOptions = {},
): Promise<Change> => {
  const { change } = await callPebble(client, { method: 'POST', path: '/v1/services', json: { action, services } })
  if (change === null) throw charmError('CHARM_PEBBLE_PROTOCOL', [`${action} services`, 'it names no change'])
  return waitChange(client, change, options)
}

/**
 * Makes what runs equal to the plan: restarts services whose definition changed and starts enabled ones that do not run.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED` when a service exits at once.
 *
 * @example
 * await replan(client)
 */
export const replan = (client: PebbleClient, options?: ServiceOptions): Promise<Change> => act(client, 'replan', [], options)

/**
 * Starts all enabled services that do not run.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED`
 *
 * @example
 * await autostart(client)
 */
export const autostart = (client: PebbleClient, options?: ServiceOptions): Promise<Change> => act(client, 'autostart', [], options)

/**
 * Starts services and what they require.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED`; {@link PebbleError} for an unknown service.
 *
 * @example
 * await startServices(client, ['feast-ui'])
 */
export const startServices = (client: PebbleClient, names: readonly string[], options?: ServiceOptions): Promise<Change> =>
  act(client, 'start', names, options)

/**
 * Stops services and what requires them.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED`; {@link PebbleError} for an unknown service.
 *
 * @example
 * await stopServices(client, ['feast-ui'])
 */
export const stopServices = (client: PebbleClient, names: readonly string[], options?: ServiceOptions): Promise<Change> =>
  act(client, 'stop', names, options)

/**
 * Restarts services; one that does not run is started.
 *
 * @throws {CharmError} `CHARM_PEBBLE_CHANGE_FAILED`; {@link PebbleError} for an unknown service.
 *
 * @example
 * await restartServices(client, ['feast-ui'])
 */
export const restartServices = (client: PebbleClient, names: readonly string[], options?: ServiceOptions): Promise<Change> =>
  act(client, 'restart', names, options)

/**
 * Sends a signal to services that run.
 *
 * @throws {PebbleError} when one of them does not run.
 *
 * @example
 * await signalServices(client, ['feast-ui'], { signal: 'SIGHUP' })
 */
export const signalServices = async (
  client: PebbleClient,
  names: readonly string[],
  { signal }: { readonly signal: string },
): Promise<void> => {
  await callPebble(client, { method: 'POST', path: '/v1/signals', json: { signal, services: names } })
}
