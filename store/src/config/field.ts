import { nearestName } from './nearest-name.ts'
import { type Place, report } from './problem.ts'
import { plainValue, type YamlNode } from './yaml-tree.ts'

/**
 * One field of a section: how its value is read, and what it is when absent. What is accepted is what pydantic, which reads Feast's
 * configuration, accepts: strict fields take their type alone, the others also text and numbers that mean the same.
 *
 * @example
 * readSection({ port: integer(5432), sslmode: nullable(text('require')) }, undefined, place, 'refuse') // { port: 5432, sslmode: 'require' }
 */
export interface Field<T> {
  /** Undefined when there was a problem, which is reported. */
  readonly read: (node: YamlNode, place: Place) => T | undefined
  /** What it is when absent; undefined for a field that must be there. */
  readonly fallback: T | undefined
}

/** A field that must be there. */
export const required = <T>(field: Field<T>): Field<T> => ({ ...field, fallback: undefined })

/** A field that may also be null; it is null when absent and `field` has no value for that. */
export const nullable = <T>(field: Field<T>): Field<T | null> => ({
  ...field,
  fallback: field.fallback ?? null,
  read: (node, place) => (node.kind === 'null' ? null : field.read(node, place)),
})

const names: Readonly<Record<YamlNode['kind'], string>> = {
  text: 'text',
  integer: 'a whole number',
  float: 'a number with a point',
  boolean: 'true or false',
  null: 'nothing',
  date: 'a date',
  list: 'a list',
  map: 'a map',
}

const mismatch = (node: YamlNode, place: Place, wanted: string): undefined => {
  const quote = wanted === 'text' && node.kind !== 'list' && node.kind !== 'map' && node.kind !== 'null' ? '; quote it' : ''
  report(place, `it must be ${wanted}, not ${names[node.kind]}${quote}`)
}

/** Text. A number or a date is none: it must be quoted. */
export const text = (fallback?: string): Field<string> => ({
  fallback,
  read: (node, place) => (node.kind === 'text' ? node.value : mismatch(node, place, 'text')),
})

/** True or false; with `strict` only YAML's own words for them. */
export const flag = (fallback?: boolean, options: { readonly strict?: boolean } = {}): Field<boolean> => ({
  fallback,
  read: (node, place) => {
    if (node.kind === 'boolean') return node.value
    const word = options.strict
      ? undefined
      : node.kind === 'text' || node.kind === 'integer' || node.kind === 'float'
        ? String(node.value).toLowerCase()
        : undefined
    if (word !== undefined && truths.has(word)) return true
    if (word !== undefined && untruths.has(word)) return false
    return mismatch(node, place, 'true or false')
  },
})

const truths: ReadonlySet<string> = new Set(['1', 'on', 't', 'true', 'y', 'yes'])
const untruths: ReadonlySet<string> = new Set(['0', 'off', 'f', 'false', 'n', 'no'])

/** Limits of a number. */
export interface Limits {
  readonly strict?: boolean
  readonly least?: number
  readonly above?: number
}

/** A whole number; with `strict` neither as text nor with a point. */
export const integer = (fallback?: number, options: Limits = {}): Field<number> => ({
  fallback,
  read: (node, place) => {
    const value = options.strict ? (node.kind === 'integer' ? Number(node.value) : undefined) : wholeNumber(node)
    if (value === undefined) return mismatch(node, place, 'a whole number')
    if (Number.isSafeInteger(value)) return limited(value, place, options)
    report(place, 'it is too large')
    return undefined
  },
})

const wholeNumber = (node: YamlNode): number | undefined => {
  if (node.kind === 'text')
    return /^\s*[+-]?\d+(?:_\d+)*(?:\.0+)?\s*$/.test(node.value) ? Number(node.value.replaceAll('_', '')) : undefined
  if (node.kind === 'float') return Number.isInteger(node.value) ? node.value : undefined
  return node.kind === 'integer' || node.kind === 'boolean' ? Number(node.value) : undefined
}

/** A number, with a point or without. */
export const number = (fallback?: number, options: Limits = {}): Field<number> => ({
  fallback,
  read: (node, place) => {
    const value =
      node.kind === 'text'
        ? numberOfText(node.value)
        : node.kind === 'boolean' || node.kind === 'integer' || node.kind === 'float'
          ? Number(node.value)
          : undefined
    return value === undefined ? mismatch(node, place, 'a number') : limited(value, place, options)
  },
})

const numberOfText = (value: string): number | undefined =>
  /^\s*[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value) ? Number(value.replaceAll('_', '')) : undefined

const limited = (value: number, place: Place, { least, above }: Limits): number | undefined => {
  if (least !== undefined && value < least) report(place, `it must be ${least} at least`)
  else if (above !== undefined && !(value > above)) report(place, `it must be greater than ${above}`)
  else return value
  return undefined
}

/** One of some words. */
export const oneOf = <const T extends string>(words: readonly T[], fallback?: NoInfer<T>): Field<T> => ({
  fallback,
  read: (node, place) => {
    const word = words.find((each) => node.kind === 'text' && each === node.value)
    if (word !== undefined) return word
    const near = node.kind === 'text' ? nearestName(node.value, words) : undefined
    report(
      place,
      `${node.kind === 'text' ? 'it is no word that is known here' : `it must be text, not ${names[node.kind]}`}${near === undefined ? '' : `, the nearest is "${near}"`}; allowed: ${words.join(', ')}`,
    )
    return undefined
  },
})

/** A map of text to text. */
export const texts = (fallback?: Readonly<Record<string, string>>): Field<Readonly<Record<string, string>>> => ({
  fallback,
  read: (node, place) => {
    if (node.kind !== 'map') return mismatch(node, place, 'a map')
    for (const [key, value] of node.entries)
      if (value.kind !== 'text') return mismatch(value, { ...place, path: `${place.path}.${key}`, line: value.line }, 'text')
    return plainValue(node) as Readonly<Record<string, string>>
  },
})

/** A list of which every item is read alike. */
export const listOf = <T>(item: Field<T>, fallback?: readonly T[]): Field<readonly T[]> => ({
  fallback,
  read: (node, place) => {
    if (node.kind !== 'list') return mismatch(node, place, 'a list')
    const items = node.items.map((each, at) => item.read(each, { ...place, path: `${place.path}.${at}`, line: each.line }))
    return items.includes(undefined) ? undefined : (items as readonly T[])
  },
})

/** A map that is kept as it stands. */
export const kept = (fallback?: Readonly<Record<string, unknown>>): Field<Readonly<Record<string, unknown>>> => ({
  fallback,
  read: (node, place) => (node.kind === 'map' ? (plainValue(node) as Readonly<Record<string, unknown>>) : mismatch(node, place, 'a map')),
})
