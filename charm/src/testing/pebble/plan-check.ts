import { isMap, isScalar, LineCounter, type Pair, parseDocument } from 'yaml'

import { parseGoDuration } from '../tool/go-duration.ts'
import { translateProblem } from '../tool/yaml-problem.ts'
import { asRecord, PebbleRefusal } from './answer.ts'
import { type FakeLayer, kinds, type PlanEntry, type Section, sections } from './plan.ts'
import { durations, knownKeys } from './plan-text.ts'
import { findLoop } from './service-order.ts'

const structures: Readonly<Record<Section, string>> = { services: 'plan.Service', checks: 'plan.Check', 'log-targets': 'plan.LogTarget' }

function refuse(message: string): never {
  throw new PebbleRefusal(400, message)
}

/** Reads a layer's YAML (or JSON), with the words that Pebble refuses it with. */
export function readLayer(label: string, text: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const cannot = `cannot parse layer YAML: cannot parse layer "${label}"`
  const [error] = document.errors
  if (error) refuse(`${cannot}: yaml: ${translateProblem(error, text, lines)}`)
  if (document.contents === null) return {}
  if (!isMap(document.contents)) {
    const tag = Array.isArray(document.toJS()) ? '!!seq' : '!!str'
    refuse(`${cannot}: yaml: unmarshal errors:\n  line 1: cannot unmarshal ${tag} into map[string]yaml.Node`)
  }
  for (const section of document.contents.items) checkSection(section, { cannot, lines })
  return asRecord(document.toJS())
}

interface Reading {
  readonly cannot: string
  readonly lines: LineCounter
}

function checkSection(pair: Pair, { cannot, lines }: Reading): void {
  const name = keyOf(pair)
  const section = sections.find((each) => each === name)
  if (!section) {
    if (name !== 'summary' && name !== 'description') refuse(`${cannot}: unknown section "${name}"`)
    return
  }
  // Pebble reads each section as a text of its own: lines are counted from its heading.
  const lineOf = (other: Pair): number => (isScalar(other.key) ? lines.linePos(other.key.range?.[0] ?? 0).line : 1)
  for (const entry of isMap(pair.value) ? pair.value.items : []) {
    for (const field of isMap(entry.value) ? entry.value.items : []) {
      if (knownKeys(section).includes(keyOf(field))) continue
      const line = Math.max(1, lineOf(field) - lineOf(pair))
      const problem = `line ${line}: field ${keyOf(field)} not found in type ${structures[section]}`
      refuse(`${cannot} section "${section}": yaml: unmarshal errors:\n  ${problem}`)
    }
  }
}

function keyOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : ''
}

const actions = ['restart', 'shutdown', 'success-shutdown', 'failure-shutdown', 'ignore']

/** What is wrong with a layer by itself. */
export function checkLayer(label: string, given: Readonly<Record<string, unknown>>): void {
  for (const section of sections) {
    for (const [name, value] of Object.entries(asRecord(given[section]))) {
      if (value === null) refuse(`cannot parse layer YAML: ${kinds[section]} object cannot be null for ${kinds[section]} "${name}"`)
      const entry = asRecord(value)
      const wrong = durations.map((key) => entry[key]).find((each) => each !== undefined && parseGoDuration(String(each)) === undefined)
      if (wrong === undefined) continue
      refuse(`cannot parse layer YAML: cannot parse layer "${label}" section "${section}": invalid duration "${String(wrong)}"`)
    }
  }
  for (const [name, service] of Object.entries(asRecord(given.services))) checkService(name, asRecord(service))
  for (const [name, check] of Object.entries(asRecord(given.checks))) checkCheck(name, asRecord(check))
}

function checkService(name: string, service: PlanEntry): void {
  const cannot = 'cannot parse layer YAML'
  if (name.startsWith('-')) refuse(`${cannot}: cannot use service name "${name}": starting with "-" not allowed`)
  if (isUnclosed(String(service.command ?? ''))) {
    const problem = `cannot parse service "${name}" command: EOF found when expecting closing quote`
    refuse(`${cannot}: plan service "${name}" command invalid: ${problem}`)
  }
  for (const key of ['on-success', 'on-failure']) {
    const action = service[key]
    if (action !== undefined && !actions.includes(String(action))) {
      refuse(`${cannot}: plan service "${name}" ${key} action "${String(action)}" invalid`)
    }
  }
}

/** Whether a quote of a command line is never closed. */
function isUnclosed(command: string): boolean {
  return /["']/.test(command.replace(/\\./g, '').replace(/"[^"]*"|'[^']*'/g, ''))
}

function checkCheck(name: string, check: PlanEntry): void {
  const cannot = `cannot parse layer YAML: plan check "${name}"`
  if (check.level !== undefined && check.level !== 'alive' && check.level !== 'ready') {
    refuse(`${cannot} level must be "alive" or "ready"`)
  }
  const zero = ['period', 'timeout'].find((key) => check[key] !== undefined && parseGoDuration(String(check[key])) === 0)
  if (zero !== undefined) refuse(`${cannot} ${zero} must not be zero`)
}

const needed: Readonly<Record<string, string>> = { http: 'url', tcp: 'port', exec: 'command' }

/** What is wrong with a plan: layers that are well by themselves and do not fit. */
export function checkPlan(plan: FakeLayer): void {
  for (const [name, service] of Object.entries(plan.services)) {
    if (!service.command) refuse(`plan must define "command" for service "${name}"`)
  }
  for (const [name, check] of Object.entries(plan.checks)) {
    const found = Object.keys(needed).filter((kind) => check[kind] !== undefined)
    const [kind = ''] = found
    if (found.length !== 1) refuse(`plan must specify one of "http", "tcp", or "exec" for check "${name}"`)
    if (!asRecord(check[kind])[needed[kind] ?? '']) refuse(`plan must set "${needed[kind]}" for ${kind} check "${name}"`)
  }
  for (const [name, { type }] of Object.entries(plan['log-targets'])) {
    if (!type) refuse(`plan must define "type" ("loki", "opentelemetry" or "syslog") for log target "${name}"`)
  }
  const required = Object.values(plan.services).flatMap(({ requires }) => (Array.isArray(requires) ? requires : []))
  const missing = required.find((name) => !plan.services[String(name)])
  if (missing !== undefined) refuse(`service "${String(missing)}" does not exist`)
  const loop = findLoop(plan)
  if (loop) refuse(`services in before/after loop: ${loop.join(', ')}`)
}
