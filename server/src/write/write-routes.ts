import { kinds, registryObject } from '@charmed-feast/store'
import { bodyOf, list, nullable, object, record, string, word } from '../body.ts'
import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { collections } from '../object/collection.ts'
import { definitionsOf } from '../object/definition.ts'
import { kindWord } from '../object/kind-word.ts'
import { findObject } from '../object/object-routes.ts'
import { integer, neededText, text } from '../query.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import { restObject } from '../registry/rest-object.ts'
import { Answer, type AnyRoute, type Rooms, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { applyRequest, versionIn } from './apply.ts'
import { appliedJson, appliedOf, undoRequest } from './change-records.ts'
import { planOf } from './plan.ts'
import { requestOf, type Wish } from './wish.ts'

/** How many changes one apply may have. */
const changeLimit = 500

const body = bodyOf({
  project: string(),
  changes: list(
    object({
      action: word('patch', 'create', 'delete'),
      kind: string(),
      name: string(),
      patch: nullable(record()),
      object: nullable(record()),
    }),
    changeLimit,
  ),
  undo: nullable(string()),
})

interface Wished {
  readonly project: string
  readonly changes: readonly Wish[]
  readonly undo: string | null
}

const requested = async ({ records }: Rooms, index: RegistryIndex, { project, changes, undo }: Wished) =>
  undo === null ? requestOf(changes, index, project) : await undoRequest(records, undo, project)

/** What is changed, as code. */
const codeOf = (index: RegistryIndex, { project, changes }: Wished) => {
  const found = changes.flatMap(({ kind, name }) => {
    const entry = Object.values(kinds).find((each) => kindWord(each.name) === kind)
    return entry === undefined ? [] : (index.project(project).get(entry.name, name) ?? [])
  })
  const written = found.map((each) => definitionsOf(restObject(each.stored)))
  return { python: written.map(({ python }) => python).join('\n'), typescript: written.map(({ typescript }) => typescript).join('\n') }
}

const planRoute = route({
  method: 'POST',
  path: '/plan',
  right: 'plan',
  cost: 'store',
  summary: 'What changes would do; nothing is written',
  query: {},
  body,
  handle: async ({ body: wished, index, rooms }) => planOf(await requested(rooms, index, wished), index, codeOf(index, wished)),
})

const applyRoute = route({
  method: 'POST',
  path: '/apply',
  right: 'write',
  cost: 'store',
  summary: 'Makes changes, if the registry still is what the plan was made for',
  query: {},
  body,
  handle: async ({ body: wished, index, rooms, caller, headers }) => {
    const version = versionIn(headers['if-match'])
    if (version === undefined) throw serverError('SERVER_VERSION_NEEDED', [])
    if (version !== index.version) {
      const now = (await rooms.feed.refresh()).version
      if (version !== now) throw serverError('SERVER_VERSION_MOVED', [version, now], { members: { registry_version: now } })
    }
    const applied = await applyRequest(rooms, await requested(rooms, await rooms.feed.current(), wished), { caller, version })
    return { version: applied.version, applied: applied.differences.length, undo: applied.canUndo ? applied.id : null }
  },
})

/** Without our records: when objects were written last. */
const ownTimes = (index: RegistryIndex, project: string): readonly JsonObject[] => {
  const found = index.project(project)
  const objects = Object.values(kinds).flatMap(({ name }) => found.list(name))
  const timed = objects.flatMap((each) => (each.head.lastUpdated === undefined ? [] : [{ each, at: each.head.lastUpdated / 1_000_000n }]))
  return [...Map.groupBy(timed, ({ at }) => at)]
    .toSorted(([a], [b]) => (a < b ? 1 : -1))
    .map(([at, group]) => ({
      version: null,
      at: isoOf(at * 1_000_000n),
      user: null,
      objects: group.map(({ each: { kind, name, head } }) => ({
        action: head.created === head.lastUpdated ? 'create' : 'update',
        kind: kindWord(kind),
        name,
      })),
    }))
}

const changesRoute = route({
  method: 'GET',
  path: '/changes',
  right: 'describe',
  cost: 'store',
  summary: 'What changed in the registry, newest first',
  query: {
    project: neededText('The project'),
    object: text('`featureView:stats`'),
    limit: integer({ fallback: 20, least: 1, most: 100 }),
    objects: integer({ fallback: 1000, least: 1, most: 1000 }),
  },
  handle: async ({ query, index, rooms }) => {
    const recorded = await appliedOf(rooms.records, query.project)
    const seconds = new Set(recorded.map(({ at }) => isoOf((at / 1_000_000n) * 1_000_000n)))
    const others = ownTimes(index, query.project).filter(({ at }) => !seconds.has(String(at)))
    const all = [...recorded.map(appliedJson), ...others].toSorted((a, b) => (String(a.at) < String(b.at) ? 1 : -1))
    const wanted = (objects: unknown): boolean =>
      query.object === undefined ||
      query.object === '' ||
      (Array.isArray(objects) && objects.some((each) => `${each.kind}:${each.name}` === query.object))
    const changes = all.filter(({ objects }) => wanted(objects)).slice(0, query.limit)
    return {
      changes: changes.map(({ objects, ...change }) => {
        const list = Array.isArray(objects) ? objects : []
        return { ...change, objects: list.slice(0, query.objects), objectCount: list.length }
      }),
    }
  },
})

const versionsRoute = route({
  method: 'GET',
  path: '/feature_views/{name}/versions',
  right: 'describe',
  cost: 'store',
  summary: 'The versions that the registry keeps of a view, newest first',
  query: { project: neededText('The project') },
  handle: async ({ query, path: { name = '' }, index, rooms }) => {
    const views = collections.find(({ path }) => path === 'feature_views')
    if (views !== undefined) findObject(views, index, { project: query.project, name })
    const { message } = index.project(query.project).view(name)?.stored ?? {}
    const current =
      message !== undefined && 'meta' in message && message.meta !== undefined && 'currentVersionNumber' in message.meta
        ? message.meta.currentVersionNumber
        : 0
    const versions = await rooms.store.registry.versions(query.project, name)
    const kindOf = (type: string) => Object.values(kinds).find(({ historyType }) => historyType === type)?.name ?? 'feature-view'
    const newest = versions.at(-1)?.number
    return {
      versions: versions.toReversed().map(({ number, created, type, bytes }) => {
        const object = restObject(registryObject({ kind: kindOf(type), project: query.project, name, bytes, lastUpdated: created }))
        return {
          version: number,
          createdAt: isoOf(created),
          description: object.head.description,
          current: number === (current || newest),
          spec: object.json.spec ?? {},
        }
      }),
    }
  },
})

const patchRoutes = collections.map((collection) =>
  route({
    method: 'PATCH',
    path: `/${collection.path}/{name}`,
    right: 'write',
    cost: 'store',
    summary: `Changes one of the ${collection.path.replaceAll('_', ' ')} by a JSON merge patch; what it does not name stays`,
    query: { project: neededText('The project') },
    body: { schema: { type: 'object' }, read: (given: unknown) => bodyOf({ patch: record() }).read({ patch: given }).patch },
    handle: async ({ query, path: { name = '' }, body: patch, rooms, caller, headers }) => {
      const index = await rooms.feed.refresh()
      const object = findObject(collection, index, { project: query.project, name })
      const wish: Wish = { action: 'patch', kind: kindWord(object.kind), name, patch, object: null }
      const applied = await applyRequest(rooms, requestOf([wish], index, query.project), {
        caller,
        version: versionIn(headers['if-match']) ?? index.version,
      })
      const after = (await rooms.feed.current()).project(query.project).get(object.kind, name)
      return new Answer(200, { ...after?.json }, { etag: `"${applied.version}"` })
    },
  }),
)

/** Plan, apply, patch, and what was changed. */
export const writeRoutes: readonly AnyRoute[] = [planRoute, applyRoute, changesRoute, versionsRoute, ...patchRoutes]
