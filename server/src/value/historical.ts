import type { Explanation, ResolvedRequest } from '@charmed-feast/store'
import { bodyOf, boolean, list, nullable, record, string, withDefault } from '../body.ts'
import { serverError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { parseMoment } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { checkProject, decodeRows, resolveNamed } from './asked.ts'
import { encodeValue } from './encode.ts'
import { inTime } from './in-time.ts'
import { limits } from './limits.ts'
import { columnsOf } from './online.ts'

const body = bodyOf({
  project: string(),
  features: nullable(list(string(), limits.features)),
  feature_service: nullable(string()),
  rows: nullable(list(record(), limits.historicalRows)),
  sql: nullable(string()),
  source: nullable(string()),
  start: nullable(string()),
  end: nullable(string()),
  full_feature_names: withDefault(boolean(), false),
})

/** Candidates that a page draws. */
const most = 12

type Row = Readonly<Record<string, unknown>>

/** The moment of each row. @throws SERVER_VALUE_INVALID */
export const timed = (rows: readonly Row[]): readonly (Row & { readonly event_timestamp: bigint })[] =>
  rows.map((row) => {
    const at = typeof row.event_timestamp === 'string' ? parseMoment(row.event_timestamp) : undefined
    if (at === undefined)
      throw serverError('SERVER_VALUE_INVALID', ['event_timestamp', String(row.event_timestamp), 'each row needs one, in ISO 8601'])
    return { ...row, event_timestamp: at }
  })

/** Our pages' words for what became of a row. */
const verdicts: Readonly<Record<Explanation['candidates'][number]['verdict'], string>> = {
  chosen: 'chosen',
  older: 'superseded',
  tied: 'earlier_created',
  expired: 'expired',
  future: 'future',
}

const verdictOf = (candidate: Explanation['candidates'][number], chosen: Explanation['candidates'][number] | undefined): string =>
  candidate.verdict === 'older' && chosen !== undefined && candidate.eventTime === chosen.eventTime
    ? 'earlier_created'
    : verdicts[candidate.verdict]

/** The explanations of a view's features, one row's, side by side. */
const explained = (
  entity: JsonObject,
  all: readonly (readonly [feature: string, Explanation])[],
  request: ResolvedRequest,
): JsonObject | null => {
  const [first] = all
  if (first === undefined) return null
  const { candidates, window, more } = first[1]
  const chosen = candidates.find(({ verdict }) => verdict === 'chosen')
  const shown = candidates.slice(0, most)
  const typeOf = (feature: string) => request.stored.find(({ field }) => field.name === feature)?.field.type ?? { name: 'UNKNOWN' as const }
  return {
    entity,
    asOf: isoOf(window.to),
    windowStart: window.from === undefined ? null : isoOf(window.from),
    candidates: shown
      .map((candidate, place) => ({
        eventTime: isoOf(candidate.eventTime),
        created: candidate.createdTime === null ? null : isoOf(candidate.createdTime),
        verdict: verdictOf(candidate, chosen),
        values: Object.fromEntries(
          all.map(([feature, { candidates: same }]): [string, Json] => [feature, encodeValue(same[place]?.value, typeOf(feature))]),
        ),
      }))
      .toReversed(),
    olderNotSent: candidates.length - shown.length + (more ? 1 : 0),
    newerNotSent: 0,
  }
}

/** The point-in-time join of a few rows, and why each value is what it is. */
export const historicalRoute: AnyRoute = route({
  method: 'POST',
  path: '/historical/preview',
  right: 'preview',
  cost: 'store',
  summary: 'A few rows of a training set, and how each value was chosen',
  query: {},
  body,
  handle: async (call) => {
    const { rooms, index, caller, signal } = call
    checkProject(rooms, call.body.project)
    const began = performance.now()
    if (call.body.sql !== null || call.body.source !== null)
      throw serverError('SERVER_NOT_SUPPORTED', ['choose rows by SQL or by a source', 'send the rows'])
    const { asked, request } = resolveNamed(index, call.body, call.body.full_feature_names)
    const given = call.body.rows ?? []
    const rows = timed(decodeRows(given, request))
    const columns = columnsOf(request)
    const named = [...columns.slice(0, request.joinKeys.length + request.requestFields.length)]
    const shown = [
      ...named,
      { name: 'event_timestamp', type: 'UNIX_TIMESTAMP', role: 'event_timestamp', ref: null, masked: false },
      ...columns.slice(named.length),
    ]
    return await inTime(caller, signal, async (stop) => {
      const set = await rooms.store.readHistorical(
        asked,
        { entityRows: rows },
        { fullFeatureNames: call.body.full_feature_names, signal: stop },
      )
      const values = rows.length === 0 ? {} : await set.columns()
      const views = Map.groupBy(
        request.outputs.flatMap(({ name, from }) => {
          const stored = 'stored' in from ? request.stored[from.stored] : undefined
          return stored === undefined ? [] : [{ name, feature: stored.field.name, view: stored.view.name }]
        }),
        ({ view }) => view,
      )
      const explanations: Record<string, Json> = {}
      for (const [view, features] of views) {
        const list: Json[] = []
        for (const [place, row] of rows.entries()) {
          const all: (readonly [string, Explanation])[] = []
          for (const { name, feature } of features) {
            const explanation = await set.explain(row, name)
            if (explanation !== undefined) all.push([feature, explanation])
          }
          const { event_timestamp: _, ...entity } = given[place] ?? {}
          list.push(explained(entity, all, request))
        }
        explanations[view] = list
      }
      return {
        columns: shown,
        rows: rows.map((row, at) =>
          shown.map(({ name, role }): Json => {
            const column = values[String(name)]
            if (role === 'feature') return encodeValue(column?.values[at], column?.type ?? { name: 'UNKNOWN' })
            return role === 'event_timestamp' ? isoOf(row.event_timestamp) : (given[at]?.[String(name)] ?? null)
          }),
        ),
        explanations,
        truncated: false,
        milliseconds: Math.round(performance.now() - began),
      }
    })
  },
})
