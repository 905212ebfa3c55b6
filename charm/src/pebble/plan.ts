import { charmError } from '../errors.ts'
import { asObject, callPebble, type PebbleClient, type PebbleObject } from './client.ts'
import type { Layer } from './layer.ts'

/** The plan: what all layers say together. Sections and entries as Pebble echoes them, not typed: other layers are not ours. */
export interface Plan {
  readonly services: Readonly<Record<string, PebbleObject>>
  readonly checks: Readonly<Record<string, PebbleObject>>
  readonly 'log-targets': Readonly<Record<string, PebbleObject>>
}

const sections = ['services', 'checks', 'log-targets'] as const

const parseSection = (section: unknown): Readonly<Record<string, PebbleObject>> =>
  Object.fromEntries(Object.entries(asObject(section)).map(([name, entry]) => [name, asObject(entry)]))

/**
 * Gets the plan.
 *
 * @example
 * (await getPlan(client)).services['feast-ui']?.command // 'feast ui'
 */
export const getPlan = async (client: PebbleClient): Promise<Plan> => {
  const { result } = await callPebble(client, { method: 'GET', path: '/v1/plan', query: { format: 'yaml' } })
  if (typeof result !== 'string') throw charmError('CHARM_PEBBLE_PROTOCOL', ['GET /v1/plan', 'it is not YAML'])
  // Loaded here: most hooks of most charms never ask for a plan.
  const { parse } = await import('yaml')
  const plan = asObject(parse(result))
  return { services: parseSection(plan.services), checks: parseSection(plan.checks), 'log-targets': parseSection(plan['log-targets']) }
}

const unitsMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/**
 * Reads a Go duration in milliseconds; null for anything else. Pebble echoes `90s` as `1m30s`.
 *
 * @example
 * parseDuration('1m30s') // 90000
 */
export const parseDuration = (text: string): number | null => {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return null
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (unitsMs[unit ?? ''] ?? 0), 0)
}

const durationKeys = new Set(['period', 'timeout', 'backoff-delay', 'backoff-limit', 'kill-delay'])

// What Pebble fills in, so that an entry which leaves it out is the same as one that says it. `override` only says how layers are put together.
const defaults: Readonly<Record<string, unknown>> = {
  startup: undefined,
  period: 10_000,
  timeout: 3_000,
  threshold: 3,
  'backoff-delay': 500,
  'backoff-factor': 2,
  'backoff-limit': 30_000,
  'kill-delay': 5_000,
}

const isEmpty = (value: unknown): boolean =>
  value === '' || value === null || value === undefined || value === false || (typeof value === 'object' && Object.keys(value).length === 0)

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, canonical(each)]))
}

const normalEntry = (entry: object): string => {
  const values = Object.entries(entry).map(([key, value]) => {
    const read = durationKeys.has(key) && typeof value === 'string' ? (parseDuration(value) ?? value) : value
    return [key, canonical(read)] as const
  })
  const kept = values.filter(([key, value]) => key !== 'override' && !isEmpty(value) && defaults[key] !== value)
  return JSON.stringify(canonical(Object.fromEntries(kept)))
}

/** Whether an entry of a layer that merges is in the plan: each of its keys is, and nothing is said of others. */
const isMerged = (entry: object, planned: PebbleObject): boolean => {
  const overlap = Object.fromEntries(Object.keys(entry).map((key) => [key, planned[key]]))
  return normalEntry(entry) === normalEntry(overlap)
}

/**
 * Whether adding a layer would leave the plan as it is: every entry of it stands there with the same meaning
 * (durations in any spelling, Pebble's defaults said or not).
 *
 * @example
 * isPlanned({ services: { a: { override: 'replace', command: 'x' } } }, await getPlan(client)) // false, before the layer was added
 */
export const isPlanned = (layer: Layer, plan: Plan): boolean =>
  sections.every((section) =>
    Object.entries(layer[section] ?? {}).every(([name, entry]) => {
      const planned = plan[section][name]
      if (planned === undefined) return false
      return entry.override === 'merge' ? isMerged(entry, planned) : normalEntry(entry) === normalEntry(planned)
    }),
  )
