import { asRecord, PebbleRefusal } from './answer.ts'

/** An entry of a plan: a service, a check or a log target. */
export type PlanEntry = Readonly<Record<string, unknown>>

/** A layer, or a whole plan: layers put together. */
export type FakeLayer = Readonly<Record<Section, Readonly<Record<string, PlanEntry>>>>

/** What a layer is made of. */
export const sections = ['services', 'checks', 'log-targets'] as const

/** The name of a section. */
export type Section = (typeof sections)[number]

/** What Pebble calls an entry of a section. */
export const kinds: Readonly<Record<Section, string>> = { services: 'service', checks: 'check', 'log-targets': 'log target' }

/** A layer as an object, with its sections. Throws a refusal with Pebble's words. */
export function toLayer(label: string, given: Readonly<Record<string, unknown>>): FakeLayer {
  const read = (section: Section): Readonly<Record<string, PlanEntry>> => {
    const entries = Object.entries(asRecord(given[section])).map(([name, entry]) => [name, asRecord(entry)] as const)
    for (const [name, entry] of entries) {
      if (entry.override === 'replace' || entry.override === 'merge') continue
      const problem = entry.override === undefined ? 'must define "override"' : 'has invalid "override" value'
      throw new PebbleRefusal(400, `layer "${label}" ${problem} for ${kinds[section]} "${name}"`)
    }
    return Object.fromEntries(entries)
  }
  return { services: read('services'), checks: read('checks'), 'log-targets': read('log-targets') }
}

/** Puts layers together, the last one on top: each entry says whether it replaces the one below or adds to it. */
export function combine(layers: readonly FakeLayer[]): FakeLayer {
  const merged = (section: Section): Readonly<Record<string, PlanEntry>> => {
    const entries = new Map<string, PlanEntry>()
    for (const layer of layers) {
      for (const [name, entry] of Object.entries(layer[section])) {
        const below = entries.get(name)
        entries.set(name, below && entry.override === 'merge' ? mergeEntry(below, entry) : entry)
      }
    }
    return Object.fromEntries([...entries].sort(([left], [right]) => (left < right ? -1 : 1)))
  }
  return { services: merged('services'), checks: merged('checks'), 'log-targets': merged('log-targets') }
}

/** Of an entry that is merged, lists grow and maps are merged; `override` stays as the lower layer has it. */
function mergeEntry(below: PlanEntry, above: PlanEntry): PlanEntry {
  return { ...mergeMaps(below, above), override: below.override }
}

function mergeMaps(below: PlanEntry, above: PlanEntry): PlanEntry {
  const entries = Object.entries(above).map(([key, value]) => {
    const old = below[key]
    if (Array.isArray(old) && Array.isArray(value)) return [key, [...old, ...value]] as const
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return [key, mergeMaps(asRecord(old), asRecord(value))] as const
    return [key, value] as const
  })
  return { ...below, ...Object.fromEntries(entries) }
}
