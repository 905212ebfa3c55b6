import { callPebble, type PebbleClient } from './client.ts'

/** What Pebble shall do when a service ends, or a check fails. */
export type ExitAction = 'restart' | 'shutdown' | 'success-shutdown' | 'failure-shutdown' | 'ignore'

/** A service as layers write it. Times are Go durations: `500ms`, `1m30s`. */
export interface Service {
  readonly summary?: string
  readonly description?: string
  readonly startup?: 'enabled' | 'disabled'
  /** `replace` forgets what lower layers say about this service, `merge` adds to it. */
  readonly override: 'replace' | 'merge'
  readonly command?: string
  readonly after?: readonly string[]
  readonly before?: readonly string[]
  readonly requires?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly user?: string
  readonly 'user-id'?: number
  readonly group?: string
  readonly 'group-id'?: number
  readonly 'working-dir'?: string
  readonly 'on-success'?: ExitAction
  readonly 'on-failure'?: ExitAction
  readonly 'on-check-failure'?: Readonly<Record<string, ExitAction>>
  readonly 'backoff-delay'?: string
  readonly 'backoff-factor'?: number
  readonly 'backoff-limit'?: string
  readonly 'kill-delay'?: string
}

/** A health check as layers write it: one of `http`, `tcp`, `exec`. */
export interface Check {
  readonly override: 'replace' | 'merge'
  readonly level?: 'alive' | 'ready'
  readonly startup?: 'enabled' | 'disabled'
  readonly period?: string
  readonly timeout?: string
  readonly threshold?: number
  readonly http?: { readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  readonly tcp?: { readonly port: number; readonly host?: string }
  readonly exec?: { readonly command: string; readonly 'working-dir'?: string; readonly environment?: Readonly<Record<string, string>> }
}

/** Where Pebble sends logs of services. */
export interface LogTarget {
  readonly override: 'replace' | 'merge'
  readonly type: 'loki' | 'opentelemetry'
  readonly location: string
  readonly services: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
}

/** A layer of configuration; all layers together are the plan. */
export interface Layer {
  readonly summary?: string
  readonly description?: string
  readonly services?: Readonly<Record<string, Service>>
  readonly checks?: Readonly<Record<string, Check>>
  readonly 'log-targets'?: Readonly<Record<string, LogTarget>>
}

/**
 * Adds a layer, or puts it over the one of the same label. Services change only with the next {@link replan}; checks begin at once.
 * The layer travels as JSON, which is YAML too.
 *
 * @throws {PebbleError} for a layer that Pebble does not take.
 *
 * @example
 * await addLayer(client, 'feast-ui', { services: { 'feast-ui': { override: 'replace', command: 'feast ui', startup: 'enabled' } } })
 */
export const addLayer = async (client: PebbleClient, label: string, layer: Layer): Promise<void> => {
  const json = { action: 'add', combine: true, label, format: 'yaml', layer: JSON.stringify(layer) }
  await callPebble(client, { method: 'POST', path: '/v1/layers', json })
}
