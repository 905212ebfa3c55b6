import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { lazily } from '../lazily.ts'
import { featureSubject } from '../object/feature-subject.ts'
import { kindWord } from '../object/kind-word.ts'
import { compileQuery, type Subject, subjectOf } from '../object/match.ts'
import { parseTokens } from '../object/token.ts'
import { alwaysPageOf, pageLimit } from '../page.ts'
import { flag, integer, neededText, text, texts } from '../query.ts'
import type { RestFeature } from '../registry/feature.ts'
import type { ProjectIndex, RegistryIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, type Call, route } from '../route.ts'
import { highlightOf } from './highlight.ts'
import { feastScore, type Searched } from './score.ts'

/** A thing that can be found. */
interface Found extends Searched {
  readonly type: string
  readonly project: string
  readonly kind: string
  readonly beside: JsonObject
  /** Feast's search has neither permissions nor projects. */
  readonly own: boolean
  /** What tokens ask about. */
  readonly subject: () => Subject
}

const typeOf: Readonly<Partial<Record<RestObject['kind'], string>>> = {
  entity: 'entity',
  'data-source': 'dataSource',
  'feature-view': 'featureView',
  'stream-feature-view': 'featureView',
  'on-demand-feature-view': 'featureView',
  'label-view': 'labelView',
  'feature-service': 'featureService',
  'saved-dataset': 'savedDataset',
  permission: 'permission',
}

const foundObject = (object: RestObject, index: ProjectIndex): Found => ({
  type: typeOf[object.kind] ?? object.kind,
  kind: kindWord(object.kind),
  name: object.name,
  project: object.project,
  description: object.head.description,
  tags: object.head.tags,
  beside: {},
  own: object.kind === 'permission',
  subject: lazily(() => subjectOf(object, index)),
})

const foundFeature = (feature: RestFeature, type: 'feature' | 'label', index: ProjectIndex): Found => ({
  type,
  kind: type,
  name: feature.name,
  project: index.name,
  description: feature.description ?? '',
  tags: feature.tags ?? {},
  beside: type === 'label' ? { labelView: feature.featureView } : { featureView: feature.featureView },
  own: false,
  subject: lazily(() => featureSubject(feature, index)),
})

const gathered = new WeakMap<ProjectIndex, readonly Found[]>()

/** All that can be found in a project, gathered once for each of its states. As in Feast, labels are found twice: as features too. */
const thingsOf = (index: ProjectIndex): readonly Found[] => {
  const known = gathered.get(index)
  if (known !== undefined) return known
  const kinds = Object.keys(typeOf) as readonly RestObject['kind'][]
  const things = [
    ...kinds.flatMap((kind) => index.list(kind).map((object) => foundObject(object, index))),
    ...index.features.map((feature) => foundFeature(feature, 'feature', index)),
    ...index.features.filter(({ kind }) => kind === 'label').map((feature) => foundFeature(feature, 'label', index)),
  ]
  gathered.set(index, things)
  return things
}

const parameters = {
  query: neededText('What to search for; with `kinds` or `highlight` a token query'),
  projects: texts('Only in these projects'),
  allow_cache: flag(true, '`false` reads the registry anew'),
  tags: texts('`key:value`, all of which a result has'),
  sort_by: text('`match_score`, `name` or `type`'),
  sort_order: text(),
  page: integer({ fallback: 1 }),
  limit: integer({ fallback: 50 }),
  kinds: text('Only these kinds, separated by commas'),
  highlight: flag(false, 'What matched, and where'),
}

const choose = (name: string, value: string | undefined, allowed: readonly string[], fallback: string): string => {
  if (value === undefined || value === '') return fallback
  if (allowed.includes(value)) return value
  throw serverError('SERVER_CHOICE_INVALID', [name, value, `Valid options are: ${allowed.join(', ')}`])
}

const bounded = (name: string, value: number, most: number): number => {
  if (value < 1) throw serverError('SERVER_CHOICE_INVALID', [name, String(value), 'Must be greater than or equal to 1'])
  if (value > most) throw serverError('SERVER_CHOICE_INVALID', [name, String(value), `Must be less than or equal to ${most}`])
  return value
}

interface Hit {
  readonly type: string
  readonly name: string
  readonly match_score?: number
  /** Made for those alone that are on the page. */
  readonly json: () => JsonObject
}

const hasTags = ({ tags }: Searched, wanted: readonly string[]): boolean =>
  wanted.filter((tag) => tag.includes(':')).every((tag) => tags[tag.slice(0, tag.indexOf(':'))] === tag.slice(tag.indexOf(':') + 1))

const hitOf = (thing: Found, score: number | undefined, tags: Readonly<Record<string, string>>, more: JsonObject): Hit => ({
  type: thing.type,
  name: thing.name,
  ...(score === undefined ? {} : { match_score: score }),
  json: () => ({
    ...{ type: thing.type, name: thing.name, description: thing.description, project: thing.project, ...thing.beside },
    matched_tags: tags,
    ...(score === undefined ? {} : { match_score: score }),
    ...more,
  }),
})

/** Feast's own search: one text, its scores. */
const feastHits = (things: readonly Found[], query: string): readonly Hit[] =>
  things
    .filter(({ own }) => !own)
    .flatMap((thing) => {
      const scored = feastScore(query, thing)
      return scored === undefined ? [] : [hitOf(thing, scored.score, scored.tags, {})]
    })

/** Ours: tokens; each kind by its own name; whole names before beginnings before parts. */
const tokenHits = (
  things: readonly Found[],
  query: string,
  options: { readonly now: bigint; readonly highlight: boolean },
): readonly Hit[] => {
  const passes = compileQuery(query, options.now)
  const words = parseTokens(query).flatMap(({ key, value, negated }) => (key === null && !negated ? [value] : []))
  return things.flatMap((thing) => {
    const subject = thing.subject()
    if (!passes(subject)) return []
    const { score, ...highlight } = highlightOf(subject, words)
    return [
      hitOf(
        { ...thing, type: thing.kind },
        score,
        {},
        options.highlight ? { highlight: highlight.field === null ? null : { ...highlight } } : {},
      ),
    ]
  })
}

const order = (by: string, direction: string) => {
  const sign = direction === 'desc' ? -1 : 1
  return (a: Hit, b: Hit): number => {
    if (by === 'match_score')
      return sign * ((a.match_score ?? 0) - (b.match_score ?? 0)) || a.name.length - b.name.length || (a.name < b.name ? -1 : 1)
    const [x, y] = by === 'type' ? [a.type, b.type] : [a.name, b.name]
    return x === y ? 0 : sign * (x < y ? -1 : 1)
  }
}

const searched = (index: RegistryIndex, asked: readonly string[]) => {
  const names = index.projects.map(({ name }) => name)
  const wanted = [...new Set(asked.filter((name) => name.trim() !== ''))]
  if (names.length === 0) return { projects: [], errors: ['No projects found'] }
  const missing = wanted.filter((name) => !names.includes(name))
  return {
    projects: wanted.length === 0 ? names : wanted.filter((name) => names.includes(name)),
    errors: missing.length === 0 ? [] : [`Following projects do not exist: ${missing.join(', ')}`],
  }
}

type Query = Parameters<Parameters<typeof route<typeof parameters>>[0]['handle']>[0]['query']

const search = ({ query, index, rooms }: Call<Query, undefined>) => {
  const by = choose('sort_by', query.sort_by, ['match_score', 'name', 'type'], 'match_score')
  const direction = choose('sort_order', query.sort_order, ['asc', 'desc'], 'desc')
  const page = bounded('page', query.page, Number.MAX_SAFE_INTEGER)
  const limit = bounded('limit', query.limit, pageLimit)
  const { projects, errors } = searched(index, query.projects)
  if (projects.length === 0) return { query: query.query, projects_searched: [], results: [], pagination: {}, errors }
  const now = rooms.now()
  const kinds = (query.kinds ?? '').split(',').filter((kind) => kind !== '')
  const things = projects
    .flatMap((name) => thingsOf(index.project(name)))
    // Feast cannot tell a feature by its tags: those that are asked for by tag are left as they are.
    .filter((thing) => ['feature', 'label'].includes(thing.type) || hasTags(thing, query.tags))
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
  const isOurs = query.highlight || kinds.length > 0
  const hits = isOurs ? tokenHits(things, query.query, { now, highlight: query.highlight }) : feastHits(things, query.query)
  const { items, pagination } = alwaysPageOf(hits.toSorted(order(by, direction)), { page, limit })
  return { query: query.query, projects_searched: projects, results: items.map(({ json }) => json()), pagination, errors }
}

/** Search over everything. */
export const searchRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    path: '/search',
    right: 'describe',
    cost: 'snapshot',
    summary: 'Finds objects and features by name, description and tags',
    query: parameters,
    handle: search,
  }),
]
