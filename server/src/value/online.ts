import { intervalsOf, type ResolvedRequest } from '@charmed-feast/store'
import { bodyOf, boolean, list, nullable, record, string, withDefault } from '../body.ts'
import type { Json, JsonObject } from '../json.ts'
import { flag, neededText, text, texts } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { type AnyRoute, type Rooms, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { type Asked, checkProject, decodeRows, resolveNamed } from './asked.ts'
import { encodeValue } from './encode.ts'
import { inTime } from './in-time.ts'
import { limits } from './limits.ts'
import { reasonOf } from './reason.ts'

const output = (request: ResolvedRequest, place: number) => {
  const found = request.outputs[place]
  if (found === undefined) return undefined
  if ('stored' in found.from) {
    const stored = request.stored[found.from.stored]
    return stored === undefined ? undefined : { view: stored.view.name, field: stored.field, computed: false, ttl: stored.view.ttl }
  }
  const { step, feature } = found.from
  const view = request.steps[step]?.view
  const field = view?.fields.find(({ name }) => name === feature)
  return view === undefined || field === undefined ? undefined : { view: view.name, field, computed: true, ttl: undefined }
}

/** The columns of an answer: what rows bring, then features. */
export const columnsOf = (request: ResolvedRequest): readonly JsonObject[] => [
  ...request.joinKeys.map(({ name, type }) => ({ name, type: type.name, role: 'join_key', ref: null, masked: false })),
  ...request.requestFields.map(({ name, type }) => ({ name, type: type.name, role: 'request', ref: null, masked: false })),
  ...request.outputs.map(({ name }, place) => {
    const found = output(request, place)
    return {
      name,
      type: found?.field.type.name ?? 'UNKNOWN',
      role: 'feature',
      ref: found === undefined ? null : `${found.view}:${found.field.name}`,
      masked: false,
    }
  }),
]

const inputsRoute = route({
  method: 'GET',
  path: '/online/inputs',
  right: 'describe',
  cost: 'snapshot',
  summary: 'What a row has to hold to be asked for features',
  query: {
    project: neededText('The project'),
    features: texts('`view:feature`'),
    feature_service: text(),
    full_feature_names: flag(false),
  },
  handle: ({ query, index }) => {
    // By their full names features never collide, and what a row has to hold does not depend on names.
    const { request } = resolveNamed(index, { ...query, feature_service: query.feature_service ?? null }, true)
    const project = index.project(query.project)
    const entityOf = (key: string): string | null =>
      project.list('entity').find(({ stored }) => stored.message.spec?.joinKey === key)?.name ?? null
    return {
      inputs: [
        ...request.joinKeys.map(({ name, type }) => ({ name, type: type.name, role: 'join_key', entity: entityOf(name) })),
        ...request.requestFields.map(({ name, type }) => ({ name, type: type.name, role: 'request', entity: null })),
      ],
      features: request.outputs.map(({ name }, place) => {
        const found = output(request, place)
        const shown = query.full_feature_names ? name : (found?.field.name ?? name)
        return { ref: `${found?.view}:${found?.field.name}`, name: shown, type: found?.field.type.name ?? 'UNKNOWN' }
      }),
    }
  },
})

const body = bodyOf({
  project: string(),
  features: nullable(list(string(), limits.features)),
  feature_service: nullable(string()),
  entities: list(record(), limits.onlineRows),
  full_feature_names: withDefault(boolean(), false),
  twin: withDefault(boolean(), false),
})

type Rows = readonly Readonly<Record<string, unknown>>[]

/** The same rows asked of history, as of now. */
const twinsOf = async (rooms: Rooms, { asked }: Asked, rows: Rows, options: { readonly full: boolean; readonly signal: AbortSignal }) => {
  const at = new Date(Number(rooms.now() / 1000n))
  const entityRows = rows.map((row) => ({ ...row, event_timestamp: at }))
  const set = await rooms.store.readHistorical(asked, { entityRows }, { fullFeatureNames: options.full, signal: options.signal })
  return await set.columns()
}

const materializedTo = (project: ProjectIndex, view: string): bigint | null => {
  const stored = project.view(view)?.stored
  const ends = stored === undefined ? [] : intervalsOf(stored.message).map(({ end }) => end)
  return ends.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? null
}

const explainRoute = route({
  method: 'POST',
  path: '/online/explain',
  right: 'online',
  cost: 'store',
  summary: 'What the online store answers, and why the offline store would answer otherwise',
  query: {},
  body,
  handle: async (call) => {
    const { rooms, index, caller, signal } = call
    checkProject(rooms, call.body.project)
    const began = performance.now()
    const resolved = resolveNamed(index, call.body, call.body.full_feature_names)
    const { request } = resolved
    const rows = decodeRows(call.body.entities, request)
    const parsed = performance.now()
    const vectors = await inTime(caller, signal, (stop) =>
      rooms.store.readOnline(resolved.asked, rows, { fullFeatureNames: call.body.full_feature_names, signal: stop, staleValues: false }),
    )
    const read = performance.now()
    const options = { full: call.body.full_feature_names, signal }
    const twins =
      call.body.twin && rows.length > 0
        ? await inTime(caller, signal, (stop) => twinsOf(rooms, resolved, rows, { ...options, signal: stop }))
        : undefined
    const project = index.project(call.body.project)
    const { columns, statuses, eventTimes } = vectors
    const cell = (row: number, place: number): JsonObject => {
      const [name = '', found] = [request.outputs[place]?.name, output(request, place)]
      const type = found?.field.type ?? { name: 'UNKNOWN' as const }
      const value = encodeValue(columns[name]?.[row], type)
      const status = statuses[name]?.[row] ?? 'NOT_FOUND'
      const at = eventTimes[name]?.[row] ?? 0n
      if (twins === undefined) return { value, status, eventTime: at === 0n ? null : isoOf(at), twin: null }
      const other = encodeValue(twins[name]?.values[row], type)
      const to = materializedTo(project, found?.view ?? '')
      const ttl = found?.ttl?.microseconds ?? 0n
      const facts = {
        online: value,
        offline: other,
        status,
        eventTime: at,
        materializedTo: to,
        ttl,
        now: rooms.now(),
        computed: found?.computed ?? false,
      }
      return {
        ...{ value, status, eventTime: at === 0n ? null : isoOf(at) },
        twin: {
          value: other,
          eventTime: null,
          reason: reasonOf(facts),
          materializedTo: to === null ? null : isoOf(to),
          ttlSeconds: ttl > 0n ? Number(ttl) / 1e6 : null,
        },
      }
    }
    const given = [...request.joinKeys, ...request.requestFields]
    const answered = rows.map((entity, row) => [
      ...given.map(({ name, type }): Json => ({ value: encodeValue(entity[name], type), status: 'PRESENT', eventTime: null, twin: null })),
      ...request.outputs.map((_, place) => cell(row, place)),
    ])
    const ended = performance.now()
    const rounded = (milliseconds: number): number => Math.round(milliseconds * 100) / 100
    return {
      columns: columnsOf(request),
      rows: answered,
      at: isoOf(rooms.now()),
      milliseconds: {
        parse: rounded(parsed - began),
        store: rounded(read - parsed),
        transform: 0,
        encode: rounded(ended - read),
        total: rounded(ended - began),
      },
    }
  },
})

/** Reading values that are served. */
export const onlineRoutes: readonly AnyRoute[] = [inputsRoute, explainRoute]
