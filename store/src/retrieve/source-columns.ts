import type { AnyStoredView } from '../definition/definition.ts'
import type { Field } from '../definition/field.ts'
import type { BatchSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import type { FeatureColumn, JoinKey, ViewRequest } from '../offline/offline.ts'

/** Where a view's history is. @throws STORE_VIEW_WITHOUT_HISTORY for a view that is only ever pushed to */
export const historyOf = (view: AnyStoredView): BatchSource => {
  const { source } = view
  const batch =
    source === undefined || source.kind === 'postgres-source' || source.kind === 'file-source' || source.kind === 'other-source'
      ? source
      : source.batchSource
  if (batch === undefined) throw storeError('STORE_VIEW_WITHOUT_HISTORY', [view.name])
  return batch
}

/** The source's column of a field: another name where the source maps it. */
export const sourceColumn = (source: BatchSource, field: string): string =>
  Object.entries(source.fieldMapping).find(([, name]) => name === field)?.[0] ?? field

/** The join keys of a view as columns of its source. */
export const sourceKeys = (
  view: AnyStoredView,
  source: BatchSource,
  joinKeyMap: Readonly<Record<string, string>> = {},
): readonly JoinKey[] =>
  view.entities.map(({ joinKey, valueType }) => ({
    key: sourceColumn(source, joinKey),
    rowColumn: joinKeyMap[joinKey] ?? joinKey,
    type: valueType,
  }))

/** Fields of a view as columns of its source, under the names that they come back by. */
export const sourceFeatures = (
  source: BatchSource,
  fields: readonly { readonly field: Field; readonly name: string }[],
): readonly FeatureColumn[] => fields.map(({ field, name }) => ({ sourceColumn: sourceColumn(source, field.name), name, type: field.type }))

/** What is asked of one view's history. */
export const viewRequest = (
  view: AnyStoredView,
  options: {
    readonly alias: string
    readonly joinKeyMap: Readonly<Record<string, string>>
    readonly fields: readonly { readonly field: Field; readonly name: string }[]
  },
): ViewRequest => {
  const source = historyOf(view)
  return {
    name: options.alias,
    source,
    joinKeys: sourceKeys(view, source, options.joinKeyMap),
    features: sourceFeatures(source, options.fields),
    ttl: view.ttl,
  }
}
