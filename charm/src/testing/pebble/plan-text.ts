import { formatGoDuration, parseGoDuration } from '../tool/go-duration.ts'
import { writeKey, writeScalar } from '../tool/go-yaml-scalar.ts'
import { asRecord } from './answer.ts'
import { type FakeLayer, type PlanEntry, type Section, sections } from './plan.ts'

// The order of Pebble's own structures (1.32.1).
const keys: Readonly<Record<Section, readonly string[]>> = {
  services: [
    ...['summary', 'description', 'startup', 'override', 'command', 'after', 'before', 'requires', 'environment'],
    ...['user-id', 'user', 'group-id', 'group', 'working-dir', 'on-success', 'on-failure', 'on-check-failure'],
    ...['backoff-delay', 'backoff-factor', 'backoff-limit', 'kill-delay'],
  ],
  checks: ['override', 'level', 'startup', 'period', 'timeout', 'threshold', 'http', 'tcp', 'exec'],
  'log-targets': ['type', 'location', 'services', 'override', 'labels'],
}

const nested: Readonly<Record<string, readonly string[]>> = {
  http: ['url', 'headers'],
  tcp: ['port', 'host'],
  exec: ['command', 'service-context', 'environment', 'user-id', 'user', 'group-id', 'group', 'working-dir'],
}

/** Keys that hold a duration. */
export const durations: readonly string[] = ['backoff-delay', 'backoff-limit', 'kill-delay', 'period', 'timeout']

/** The keys that Pebble knows in an entry of a section. */
export function knownKeys(section: Section): readonly string[] {
  return keys[section]
}

/**
 * A plan as Pebble echoes it: four blanks, entries by name, keys in the order of its structures, durations as Go prints them, empty
 * values left out.
 *
 * @example
 * formatPlan(combine([layer]))   // 'services:\n    ui:\n        override: replace\n        command: feast ui\n'
 */
export function formatPlan(plan: FakeLayer): string {
  const filled = sections.filter((section) => Object.keys(plan[section]).length > 0)
  if (filled.length === 0) return '{}\n'
  const lines = filled.flatMap((section) => {
    const entries = Object.entries(plan[section]).flatMap(([name, entry]) => writeMap(name, orderEntry(section, entry), 4))
    return [`${section}:`, ...entries]
  })
  return lines.map((line) => `${line}\n`).join('')
}

type Pair = readonly [key: string, value: unknown]

function orderEntry(section: Section, entry: PlanEntry): readonly Pair[] {
  const whole = section === 'checks' ? { threshold: 3, ...entry, ...shortenTimeout(entry) } : entry
  return keys[section].flatMap((key) => (isEmpty(whole[key]) ? [] : [[key, shown(key, whole[key])] as const]))
}

/** A check's timeout is never longer than its period. */
function shortenTimeout({ period, timeout }: PlanEntry): PlanEntry {
  const [most, wanted] = [parseGoDuration(String(period)), parseGoDuration(String(timeout))]
  return most !== undefined && wanted !== undefined && wanted > most ? { timeout: period } : {}
}

function shown(key: string, value: unknown): unknown {
  const duration = durations.includes(key) ? parseGoDuration(String(value)) : undefined
  return duration === undefined ? value : formatGoDuration(duration)
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
}

function writeMap(key: string, pairs: readonly Pair[], indent: number): string[] {
  return [`${' '.repeat(indent)}${writeKey(key)}:`, ...pairs.flatMap(([name, value]) => writePair(name, value, indent + 4))]
}

function writePair(key: string, value: unknown, indent: number): string[] {
  const start = `${' '.repeat(indent)}${writeKey(key)}:`
  if (Array.isArray(value)) return [start, ...value.map((item) => `${' '.repeat(indent + 4)}- ${writeValue(item, indent + 4)}`)]
  if (typeof value === 'object' && value !== null) return writeMap(key, orderMap(key, asRecord(value)), indent)
  return [`${start} ${writeValue(value, indent)}`]
}

function orderMap(key: string, value: PlanEntry): readonly Pair[] {
  const order = nested[key]
  const names = order ? order.filter((name) => !isEmpty(value[name])) : Object.keys(value).sort()
  return names.map((name) => [name, value[name]] as const)
}

function writeValue(value: unknown, indent: number): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean' ? value : String(value)
  // Pebble's YAML never folds long lines.
  return writeScalar(scalar, { indent: indent + 4, column: Number.NEGATIVE_INFINITY })
}
