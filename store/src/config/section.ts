import type { Field } from './field.ts'
import { nearestName } from './nearest-name.ts'
import { below, type Place, report, warn } from './problem.ts'
import { plainValue, type YamlNode } from './yaml-tree.ts'

/** The fields of a section by Feast's names. */
export type Fields = Readonly<Record<string, Field<unknown>>>

/** `max_conn` → `maxConn`. */
export type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name

/** What a section becomes: every field there, its default where it was absent, its name in TypeScript's manner. */
export type Section<F extends Fields> = { readonly [Name in keyof F & string as Camel<Name>]: F[Name] extends Field<infer T> ? T : never }

/** What happens to keys that a section does not know, as Feast has it section by section. */
export type Extra = 'refuse' | 'warn' | 'keep' | 'ignore'

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/**
 * Reads a section. Undefined when there was a problem, which is reported.
 *
 * @param node the section; undefined when it is absent
 */
export const readSection = <F extends Fields>(
  fields: F,
  node: YamlNode | undefined,
  place: Place,
  extra: Extra,
): Section<F> | undefined => {
  if (node !== undefined && node.kind !== 'map') {
    report(place, 'it must be a map')
    return undefined
  }
  const entries = node?.entries ?? new Map<string, YamlNode>()
  checkKeys(Object.keys(fields), entries, place, extra)
  const values = Object.entries(fields).map(
    ([name, field]) =>
      [camel(name), readField(field, entries.get(name), below(place, name, entries.get(name)?.line ?? place.line))] as const,
  )
  if (values.some(([, value]) => value === undefined)) return undefined
  return Object.freeze(Object.fromEntries(values)) as Section<F>
}

const readField = (field: Field<unknown>, node: YamlNode | undefined, place: Place): unknown => {
  if (node !== undefined) return field.read(node, place)
  if (field.fallback === undefined) report(place, 'it is missing')
  return field.fallback
}

/** Names a key that is not known, with the one that was probably meant. */
export const unknownKey = (key: string, known: readonly string[]): string => {
  const near = nearestName(key, known)
  return near === undefined
    ? `there is no such key; allowed: ${[...known].sort().join(', ')}`
    : `there is no such key, the nearest is "${near}"`
}

const checkKeys = (known: readonly string[], entries: ReadonlyMap<string, YamlNode>, place: Place, extra: Extra): void => {
  if (extra === 'keep' || extra === 'ignore') return
  for (const [key, node] of entries) {
    if (known.includes(key)) continue
    const note = extra === 'refuse' ? report : warn
    note(below(place, key, node.line), unknownKey(key, known))
  }
}

/** A section inside of a section. */
export const section = <F extends Fields>(fields: F, extra: Extra): Field<Section<F>> => ({
  fallback: undefined,
  read: (node, place) => readSection(fields, node, place, extra),
})

/** A section inside of a section that is there, with its defaults, when the file leaves it out. */
export const sectionOrDefaults = <F extends Fields>(fields: F, extra: Extra): Field<Section<F>> => ({
  ...section(fields, extra),
  fallback: Object.freeze(Object.fromEntries(Object.entries(fields).map(([name, { fallback }]) => [camel(name), fallback]))) as Section<F>,
})

/** The keys of a section that is kept as it stands, without those that are read. */
export const rest = (node: YamlNode | undefined, known: readonly string[]): Readonly<Record<string, unknown>> => {
  if (node?.kind !== 'map') return {}
  return Object.freeze(
    Object.fromEntries([...node.entries].filter(([key]) => !known.includes(key)).map(([key, value]) => [key, plainValue(value)])),
  )
}
