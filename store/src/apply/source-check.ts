import type { FeatureView, StreamFeatureView } from '../definition/feature-view.ts'
import type { BatchSource } from '../definition/source.ts'
import type { ValueType } from '../definition/value-type.ts'
import { allowed, storeError } from '../errors.ts'
import type { ProjectedView } from '../message/projection.ts'
import type { OfflineStore, SourceColumn } from '../offline/offline.ts'
import { historyOf, sourceColumn } from '../retrieve/source-columns.ts'

/** Types of which a column of one may hold the values of another. Text may hold whatever is written as text. */
const alike: readonly ReadonlySet<string>[] = [
  new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'DECIMAL']),
  new Set(['STRING', 'UUID', 'TIME_UUID', 'DECIMAL', 'JSON', 'MAP', 'STRUCT', 'SCALAR_MAP']),
  new Set(['UNIX_TIMESTAMP', 'ZONED_TIMESTAMP']),
  new Set(['BYTES', 'PDF_BYTES', 'IMAGE_BYTES']),
]

/** Whether values of a column can be values of a field. What the store has no Feast type for is left to the first read. */
const fits = (column: ValueType, field: ValueType): boolean => {
  if (column.name === 'UNKNOWN' || column.name === field.name) return true
  if (alike.some((types) => types.has(column.name) && types.has(field.name))) return true
  // Lists and sets of what fits fit.
  return column.name.endsWith('_LIST') && (field.name.endsWith('_LIST') || field.name.endsWith('_SET'))
}

const checkColumn = (
  view: string,
  source: BatchSource,
  columns: readonly SourceColumn[],
  name: string,
  type: ValueType | undefined,
): void => {
  const column = columns.find((each) => each.name === name)
  const fault = (why: string) => storeError('STORE_VIEW_SOURCE_UNFIT', [view, source.name, why])
  if (column === undefined) throw fault(`it has no column "${name}"; ${allowed(columns.map((each) => each.name))}`)
  if (type === undefined ? !column.time : !fits(column.type, type))
    throw fault(`column "${name}" is ${column.storedAs}, which is no ${type === undefined ? 'time' : type.name}`)
}

const hasHistory = (view: ProjectedView): view is FeatureView | StreamFeatureView =>
  view.kind !== 'on-demand-feature-view' && view.kind !== 'label-view'

const readable = (source: BatchSource | undefined): source is BatchSource =>
  source?.kind === 'postgres-source' || source?.kind === 'file-source'

const checkView = (view: FeatureView | StreamFeatureView, columns: readonly SourceColumn[]): void => {
  const source = historyOf(view)
  checkColumn(view.name, source, columns, source.timestampField, undefined)
  if (source.createdTimestampColumn !== '') checkColumn(view.name, source, columns, source.createdTimestampColumn, undefined)
  for (const { joinKey, valueType } of view.entities)
    checkColumn(view.name, source, columns, sourceColumn(source, joinKey), valueType.name === 'UNKNOWN' ? { name: 'UNKNOWN' } : valueType)
  for (const { name, type } of view.fields) checkColumn(view.name, source, columns, sourceColumn(source, name), type)
}

/**
 * Looks whether the source of each view exists and has what the view asks for: times, join keys, features, of types that fit. Sources of
 * stores that we do not run are passed over.
 *
 * @throws STORE_SOURCE_INVALID when a source is not there, STORE_VIEW_SOURCE_UNFIT when it lacks a column or has another type
 */
export const checkSources = async (views: Iterable<ProjectedView>, offline: () => Promise<OfflineStore>): Promise<void> => {
  const looked = [...views].filter(hasHistory).filter(({ source }) => readable(source))
  if (looked.length === 0) return
  // Views may share a source, which is then looked at once.
  const sources = [...new Set(looked.map(historyOf))]
  const described = await (await offline()).describeSources(sources)
  const columnsOf = new Map(sources.map((source, at) => [source, described[at] ?? []]))
  for (const view of looked) checkView(view, columnsOf.get(historyOf(view)) ?? [])
}
