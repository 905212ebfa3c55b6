import {
  type AnyStoredView,
  catalogOf,
  formatTimestamp,
  fromClause,
  historyOf,
  type PostgresSource,
  quoteIdentifier,
  sourceColumn,
  type ValueType,
} from '@charmed-feast/store'
import { bodyOf, nullable, record, string, whole } from '../body.ts'
import { serverError } from '../errors.ts'
import type { Json, JsonObject } from '../json.ts'
import { parseMoment } from '../query.ts'
import { type AnyRoute, route } from '../route.ts'
import { checkProject } from './asked.ts'
import { decodeValue } from './decode.ts'
import { encodeValue } from './encode.ts'
import { inTime } from './in-time.ts'
import { limits } from './limits.ts'

/** A column of a preview, and the source's column that it shows. */
interface Shown {
  readonly name: string
  readonly source: string
  readonly type: ValueType
  readonly role: 'join_key' | 'event_timestamp' | 'created_timestamp' | 'feature'
}

const moment: ValueType = { name: 'UNIX_TIMESTAMP' }

/** The columns of a view's source that a preview shows: keys, times, features. */
export const shownColumns = (view: AnyStoredView, source: PostgresSource): readonly Shown[] => [
  ...view.entities.map(
    ({ joinKey, valueType }): Shown => ({ name: joinKey, source: sourceColumn(source, joinKey), type: valueType, role: 'join_key' }),
  ),
  { name: source.timestampField, source: source.timestampField, type: moment, role: 'event_timestamp' },
  ...(source.createdTimestampColumn === ''
    ? []
    : [{ name: source.createdTimestampColumn, source: source.createdTimestampColumn, type: moment, role: 'created_timestamp' } as const]),
  ...view.fields.map(({ name, type }): Shown => ({ name, source: sourceColumn(source, name), type, role: 'feature' })),
]

/** A view whose history PostgreSQL keeps. @throws SERVER_OBJECT_NOT_FOUND, SERVER_NOT_SUPPORTED */
export const previewedView = (
  catalog: ReturnType<typeof catalogOf>,
  name: string,
): { readonly view: AnyStoredView; readonly source: PostgresSource } => {
  const view = catalog.view(name)
  if (view === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', ['Feature view', name, catalog.project])
  if (view.kind === 'on-demand-feature-view')
    throw serverError('SERVER_NOT_SUPPORTED', [`preview "${name}"`, 'it is computed when it is asked for'])
  const source = historyOf(view)
  if (source.kind !== 'postgres-source') throw serverError('SERVER_NOT_SUPPORTED', [`preview "${name}"`, 'its source is not in PostgreSQL'])
  return { view, source }
}

/** One value of a key as a parameter: the column decides the type. */
const parameter = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value))

const conditions = (
  columns: readonly Shown[],
  source: PostgresSource,
  asked: { readonly as_of: string | null; readonly entity: JsonObject | null },
) => {
  const values: unknown[] = []
  const parts: string[] = []
  if (asked.as_of !== null) {
    const at = parseMoment(asked.as_of)
    if (at === undefined) throw serverError('SERVER_VALUE_INVALID', ['time', asked.as_of, 'it has to be ISO 8601'])
    values.push(formatTimestamp(at))
    parts.push(`s.${quoteIdentifier(source.timestampField)} <= $${values.length}`)
  }
  for (const [name, value] of Object.entries(asked.entity ?? {})) {
    const column = columns.find((each) => each.name === name && each.role === 'join_key')
    if (column === undefined) throw serverError('SERVER_VALUE_INVALID', ['join key', name, 'the view has no such key'])
    values.push(parameter(decodeValue(name, value, column.type)))
    parts.push(`s.${quoteIdentifier(column.source)}::text = $${values.length}`)
  }
  return { values, where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}` }
}

/** The newest rows of the source behind a view. */
export const previewRoute: AnyRoute = route({
  method: 'POST',
  path: '/preview/feature_view',
  right: 'preview',
  cost: 'store',
  summary: 'The newest rows of the source of a view',
  query: {},
  body: bodyOf({
    project: string(),
    view: string(),
    limit: whole(1, limits.previewRows),
    as_of: nullable(string()),
    entity: nullable(record()),
  }),
  handle: async ({ body, rooms, index, caller, signal }) => {
    checkProject(rooms, body.project)
    const began = performance.now()
    const { view, source } = previewedView(catalogOf(index.snapshot, body.project), body.view)
    const columns = shownColumns(view, source)
    const { values, where } = conditions(columns, source, body)
    const selected = columns.map((column, place) => `s.${quoteIdentifier(column.source)} AS c${place}`).join(', ')
    const text = `SELECT ${selected} FROM ${fromClause(source)} ${where} ORDER BY s.${quoteIdentifier(source.timestampField)} DESC LIMIT ${body.limit + 1}`
    const { rows } = await inTime(caller, signal, (stop) => rooms.sources.query(text, values, { signal: stop }))
    return {
      columns: columns.map(({ name, type, role }) => ({
        name,
        type: type.name,
        role,
        ref: role === 'feature' ? `${view.name}:${name}` : null,
        masked: false,
      })),
      rows: rows.slice(0, body.limit).map((row) => columns.map(({ type }, place): Json => encodeValue(row[`c${place}`], type))),
      truncated: rows.length > body.limit,
      milliseconds: Math.round(performance.now() - began),
    }
  },
})
