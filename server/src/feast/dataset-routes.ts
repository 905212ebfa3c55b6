import { catalogOf, quoteIdentifier, type ValueType } from '@charmed-feast/store'
import { bodyOf, nullable, record, string } from '../body.ts'
import { serverError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { integer, neededText, parseMoment } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { checkProject, decodeRows, resolveNamed } from '../value/asked.ts'
import { encodeValue } from '../value/encode.ts'
import { timed } from '../value/historical.ts'
import { inTime } from '../value/in-time.ts'
import { limits } from '../value/limits.ts'

/** PostgreSQL's own words for a value: its type is not known from the registry. */
const anyType: ValueType = { name: 'STRING' }

const shown = (row: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(row).map(([name, value]): [string, Json] => [name, encodeValue(value, anyType)]))

const tableOf = (table: string): string => table.split('.').map(quoteIdentifier).join('.')

const dataRoute = route({
  method: 'GET',
  path: '/saved_datasets/data/{name}',
  right: 'preview',
  cost: 'store',
  summary: 'Rows of a saved dataset that is a table of PostgreSQL',
  query: { project: neededText('The project'), limit: integer({ fallback: 10, least: 1, most: limits.previewRows }) },
  handle: async ({ path: { name = '' }, query, index, rooms, caller, signal }) => {
    checkProject(rooms, query.project)
    const dataset = catalogOf(index.snapshot, query.project)
      .list('saved-dataset')
      .find((each) => each.name === name)
    if (dataset?.kind !== 'saved-dataset') throw serverError('SERVER_OBJECT_NOT_FOUND', ['Saved dataset', name, query.project])
    const { storage } = dataset
    if (storage.kind !== 'postgres')
      throw serverError('SERVER_NOT_SUPPORTED', [`read dataset "${name}"`, 'it is not a table of PostgreSQL'])
    const from = tableOf(storage.table)
    return await inTime(caller, signal, async (stop) => {
      const [{ rows }, counted] = await Promise.all([
        rooms.sources.query(`SELECT * FROM ${from} LIMIT ${query.limit}`, [], { signal: stop }),
        rooms.sources.query(`SELECT count(*) AS rows FROM ${from}`, [], { signal: stop }),
      ])
      const columns = Object.keys(rows[0] ?? {})
      return { columns, rows: rows.map(shown), total_rows: Number(counted.rows[0]?.rows ?? 0), sample_size: rows.length }
    })
  },
})

const createRoute = route({
  method: 'POST',
  path: '/saved_datasets/create',
  right: 'write',
  cost: 'memory',
  summary: 'Makes a dataset by a retrieval',
  query: {},
  body: bodyOf({ name: string(), project: string() }),
  handle: ({ body }) => {
    throw serverError('SERVER_NOT_SUPPORTED', [`make dataset "${body.name}"`, 'make it from a notebook, and register it'])
  },
})

/** Rows out of columns. */
const rowsOf = (columns: JsonObject): readonly JsonObject[] => {
  const lists = Object.entries(columns).flatMap(([name, values]) => (Array.isArray(values) ? [[name, values] as const] : []))
  const rows = Math.max(0, ...lists.map(([, values]) => values.length))
  if (rows > limits.exportRows)
    throw serverError('SERVER_REQUEST_INVALID', [`body.entity_df has ${rows} rows; allowed: ${limits.exportRows}`])
  return Array.from({ length: rows }, (_, row) => Object.fromEntries(lists.map(([name, values]) => [name, values[row] ?? null])))
}

const exportRoute = route({
  method: 'POST',
  path: '/training-dataset/export',
  right: 'preview',
  cost: 'store',
  summary: 'A training set of a feature service, as JSON',
  query: {},
  body: bodyOf({ feature_service: string(), entity_df: record(), start_date: nullable(string()), end_date: nullable(string()) }),
  handle: async ({ body, rooms, index, caller, signal }) => {
    const named = { project: rooms.config.project, features: null, feature_service: body.feature_service }
    const { asked, request } = resolveNamed(index, named, false)
    const end = body.end_date === null ? rooms.now() : parseMoment(body.end_date)
    if (end === undefined) throw serverError('SERVER_VALUE_INVALID', ['end_date', body.end_date ?? '', 'it has to be ISO 8601'])
    const rows = rowsOf(body.entity_df).map((row) => ('event_timestamp' in row ? row : { ...row, event_timestamp: isoOf(end) }))
    return await inTime(caller, signal, async (stop) => {
      const set = await rooms.store.readHistorical(asked, { entityRows: timed(decodeRows(rows, request)) }, { signal: stop })
      const columns = (await set.header()).map(({ name }) => name)
      const data = (await set.toRows()).map(shown)
      return { data, columns, row_count: data.length, feature_service: body.feature_service }
    })
  },
})

/** Feast's routes that read and make datasets. */
export const datasetRoutes: readonly AnyRoute[] = [dataRoute, createRoute, exportRoute]
