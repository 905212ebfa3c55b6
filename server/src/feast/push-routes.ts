import { catalogOf, historyOf } from '@charmed-feast/store'
import { bodyOf, list, nullable, record, string, withDefault, word } from '../body.ts'
import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { parseMoment } from '../query.ts'
import { type AnyRoute, type Call, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { decodeValue } from '../value/decode.ts'

/** The most rows of one push: what does not fit is for the feature server. */
const rowLimit = 10_000

const target = withDefault(word('online', 'offline', 'online_and_offline'), 'online')

/** Rows out of columns, as Feast's UI sends them. @throws SERVER_REQUEST_INVALID when they are of different lengths */
const rowsOfColumns = (columns: JsonObject): readonly JsonObject[] => {
  const lists = Object.entries(columns).map(([name, values]) => {
    if (!Array.isArray(values)) throw serverError('SERVER_REQUEST_INVALID', [`body.df.${name} has to be a list`])
    return [name, values] as const
  })
  const rows = lists[0]?.[1].length ?? 0
  if (lists.some(([, values]) => values.length !== rows))
    throw serverError('SERVER_REQUEST_INVALID', ['body.df has columns of different lengths'])
  if (rows > rowLimit) throw serverError('SERVER_REQUEST_INVALID', [`body.df has ${rows} rows; allowed: ${rowLimit}`])
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(lists.map(([name, values]) => [name, values[row] ?? null])))
}

/** The types of what is pushed to a source, and its times, by column. */
const columnsOf = (call: Call, source: string) => {
  const catalog = catalogOf(call.index.snapshot, call.rooms.config.project)
  const views = catalog.viewNames().flatMap((name) => {
    const view = catalog.view(name)
    if (view === undefined || view.kind === 'on-demand-feature-view') return []
    const stream = 'streamSource' in view ? view.streamSource : view.source
    return stream?.kind === 'push-source' && stream.name === source ? [view] : []
  })
  return {
    types: new Map(
      views.flatMap((view) => [
        ...view.entities.map(({ joinKey, valueType }) => [joinKey, valueType] as const),
        ...view.fields.map(({ name, type }) => [name, type] as const),
      ]),
    ),
    times: new Set(
      views.flatMap((view) => {
        const { timestampField, createdTimestampColumn } = historyOf(view)
        return [timestampField, createdTimestampColumn]
      }),
    ),
  }
}

const decodedRows = (call: Call, source: string, rows: readonly JsonObject[]): readonly Readonly<Record<string, unknown>>[] => {
  const { types, times } = columnsOf(call, source)
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (times.has(name)) {
          const moment = typeof value === 'string' ? parseMoment(value) : undefined
          if (moment === undefined) throw serverError('SERVER_VALUE_INVALID', [name, JSON.stringify(value), 'it has to be ISO 8601'])
          return [name, isoOf(moment)]
        }
        const type = types.get(name)
        return [name, type === undefined ? value : decodeValue(name, value, type)]
      }),
    ),
  )
}

const push = async (call: Call, source: string, rows: readonly JsonObject[], to: 'online' | 'offline' | 'online_and_offline') => {
  await call.rooms.store.push(source, decodedRows(call, source, rows), { to, signal: call.signal })
}

/** What Feast's label tools, and annotation tools beside them, write labels with. */
export const pushRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    path: '/push',
    right: 'write',
    cost: 'store',
    summary: 'Pushes rows to the views behind a push source',
    query: {},
    body: bodyOf({ push_source_name: string(), df: record(), to: target }),
    handle: async (call) => {
      await push(call, call.body.push_source_name, rowsOfColumns(call.body.df), call.body.to)
      return { status: 'ok' }
    },
  }),
  route({
    method: 'POST',
    path: '/batch-push',
    right: 'write',
    cost: 'store',
    summary: 'Pushes many rows to the views behind a push source',
    query: {},
    body: bodyOf({ push_source_name: string(), data: list(record(), rowLimit), to: target }),
    handle: async (call) => {
      await push(call, call.body.push_source_name, call.body.data, call.body.to)
      return { status: 'ok', rows_pushed: call.body.data.length }
    },
  }),
  route({
    method: 'POST',
    path: '/webhook/label-ingest',
    right: 'write',
    cost: 'store',
    summary: "Takes an annotation tool's labels, online and offline; those without a time are of now",
    query: {},
    body: bodyOf({ push_source_name: string(), records: list(record(), rowLimit), api_key: nullable(string()) }),
    handle: async (call) => {
      const { push_source_name: source, records } = call.body
      const now = isoOf(call.rooms.now())
      const rows = records.map((row) => ('event_timestamp' in row ? row : { ...row, event_timestamp: now }))
      await push(call, source, rows, 'online_and_offline')
      return { status: 'ok', records_ingested: records.length, push_source: source }
    },
  }),
]
