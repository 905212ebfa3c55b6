import { isObject, type Json, type JsonObject, textOf } from '../json.ts'
import { parseMoment } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type Freshness, freshnessOf, lengthSeconds } from '../run/freshness.ts'
import { sourcesOf } from './filter.ts'
import { kindWord } from './kind-word.ts'
import { parseTokens, type Token } from './token.ts'

/** What a query can ask of a thing in a list. */
export interface Subject {
  readonly kind: string
  readonly name: string
  readonly project: string
  readonly description: string
  readonly owner: string
  readonly tags: Readonly<Record<string, string>>
  readonly types: readonly string[]
  readonly joinKeys: readonly string[]
  readonly entities: readonly string[]
  readonly sources: readonly string[]
  readonly views: readonly string[]
  readonly services: () => readonly string[]
  readonly online: boolean | undefined
  readonly freshness: (now: bigint) => Freshness | undefined
  readonly updated: bigint | undefined
}

const names = (value: Json | undefined): readonly string[] => (Array.isArray(value) ? value.map(textOf) : [])
const members = (value: Json | undefined): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const servicesOf = (type: string, name: string, project: ProjectIndex): readonly string[] =>
  project.related(type, name, { indirect: true }).flatMap(({ target }) => (target.type === 'featureService' ? [target.name] : []))

/** An object as a subject of queries. */
export const subjectOf = (object: RestObject, project: ProjectIndex): Subject => {
  const { json, head } = object
  const spec = isObject(json.spec) ? json.spec : json
  const kind = kindWord(object.kind)
  const features = members(spec.features)
  return {
    kind,
    name: object.name,
    project: object.project,
    description: head.description,
    owner: head.owner,
    tags: head.tags,
    types: [textOf(spec.valueType), textOf(spec.type), ...features.map(({ valueType }) => textOf(valueType))].filter((type) => type !== ''),
    joinKeys: [textOf(spec.joinKey), ...members(spec.entityColumns).map((column) => textOf(column.name))].filter((key) => key !== ''),
    entities: names(spec.entities),
    sources: sourcesOf(object),
    views: object.kind === 'feature-service' ? features.map((projection) => textOf(projection.featureViewName)) : [],
    services: () => servicesOf(kind.endsWith('View') && kind !== 'labelView' ? 'featureView' : kind, object.name, project),
    online: typeof spec.online === 'boolean' ? spec.online : kind === 'featureView' || kind === 'streamFeatureView' ? false : undefined,
    freshness: (now) => freshnessOf(object, now),
    updated: head.lastUpdated,
  }
}

const has = (text: string, part: string): boolean => text.toLowerCase().includes(part.toLowerCase())
const is = (text: string, other: string): boolean => text.toLowerCase() === other.toLowerCase()

const tagMatches = (tags: Readonly<Record<string, string>>, wanted: string): boolean => {
  const at = wanted.indexOf('=')
  if (at < 0) return Object.keys(tags).some((key) => is(key, wanted))
  return Object.entries(tags).some(([key, value]) => is(key, wanted.slice(0, at)) && is(value, wanted.slice(at + 1)))
}

/** `<7d` and `>7d` of an age in seconds; without a sign it is `<`. */
const ageMatches = (age: number | null | undefined, wanted: string): boolean => {
  const limit = lengthSeconds(wanted.replace(/^[<>]/, ''))
  if (limit === null || age === null || age === undefined) return false
  return wanted.startsWith('>') ? age > limit : age < limit
}

const updatedMatches = (updated: bigint | undefined, wanted: string, now: bigint): boolean => {
  if (updated === undefined) return false
  const since = parseMoment(wanted)
  return since === undefined ? ageMatches(Number((now - updated) / 1_000_000n), wanted) : updated >= since
}

const wordMatches = (subject: Subject, word: string): boolean =>
  [subject.name, subject.description, subject.owner, ...subject.types, ...subject.joinKeys].some((text) => has(text, word)) ||
  Object.entries(subject.tags).some(([key, value]) => has(`${key}=${value}`, word))

const tests: Readonly<Record<string, (subject: Subject, value: string, now: bigint) => boolean>> = {
  name: ({ name }, value) => has(name, value),
  tag: ({ tags }, value) => tagMatches(tags, value),
  owner: ({ owner }, value) => has(owner, value),
  type: ({ types }, value) => types.some((type) => is(type, value)),
  kind: ({ kind }, value) => is(kind, value),
  entity: ({ entities }, value) => entities.includes(value),
  source: ({ sources }, value) => sources.includes(value),
  view: ({ views, kind, name }, value) => views.includes(value) || (kind.endsWith('View') && name === value),
  service: ({ services }, value) => services().includes(value),
  project: ({ project }, value) => project === value,
  online: ({ online }, value) => online === (value === 'yes' || value === 'true'),
  state: ({ freshness }, value, now) => is(freshness(now)?.state ?? '', value),
  fresh: ({ freshness }, value, now) => ageMatches(freshness(now)?.ageSeconds, value),
  updated: ({ updated }, value, now) => updatedMatches(updated, value, now),
}

/** Words must all match; the values of one key are alternatives; what is negated must not match. */
const passes = (subject: Subject, groups: ReadonlyMap<string, readonly Token[]>, now: bigint): boolean =>
  [...groups].every(([key, tokens]) => {
    const matches = ({ value }: Token): boolean => (tests[key] ?? wordMatches)(subject, value, now)
    const wanted = tokens.filter(({ negated }) => !negated)
    if (tokens.some((token) => token.negated && matches(token))) return false
    return key === '' ? wanted.every(matches) : wanted.length === 0 || wanted.some(matches)
  })

/**
 * Compiles a token query into a test.
 *
 * @example
 * compileQuery('tag:team=risk -owner:ada', now)(subject)
 */
export const compileQuery = (query: string, now: bigint): ((subject: Subject) => boolean) => {
  const groups = Map.groupBy(parseTokens(query), ({ key }) => key ?? '')
  return (subject) => passes(subject, groups, now)
}
