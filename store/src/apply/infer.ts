import type { Definition } from '../definition/definition.ts'
import { type FeatureView, type StreamFeatureView, withFields } from '../definition/feature-view.ts'
import type { Schema } from '../definition/field.ts'
import type { BatchSource } from '../definition/source.ts'
import { storeError } from '../errors.ts'
import type { OfflineStore } from '../offline/offline.ts'
import { sourceColumn } from '../retrieve/source-columns.ts'

type Inferred = FeatureView | StreamFeatureView

/** Whether a view says nothing of its fields and has a source that can. */
const lacksFields = (definition: Definition): definition is Inferred & { readonly source: BatchSource } =>
  (definition.kind === 'feature-view' || definition.kind === 'stream-feature-view') &&
  definition.fields.length === 0 &&
  (definition.source?.kind === 'postgres-source' || definition.source?.kind === 'file-source')

const schemaIn = async (view: Inferred, source: BatchSource, offline: OfflineStore): Promise<Schema> => {
  const known = new Set([
    source.timestampField,
    source.createdTimestampColumn,
    source.datePartitionColumn,
    ...view.entities.map(({ joinKey }) => sourceColumn(source, joinKey)),
  ])
  const [columns = []] = await offline.describeSources([source])
  const found = columns.filter(({ name }) => !known.has(name) && !name.startsWith('__'))
  const odd = found.find(({ type }) => type.name === 'UNKNOWN')
  if (odd !== undefined)
    throw storeError('STORE_VIEW_SOURCE_UNFIT', [
      view.name,
      source.name,
      `column "${odd.name}" is ${odd.storedAs}, which Feast has no type for; name the features in schema`,
    ])
  if (found.length === 0) throw storeError('STORE_VIEW_SOURCE_UNFIT', [view.name, source.name, 'it has keys and times and nothing else'])
  return Object.fromEntries(found.map(({ name, type }) => [source.fieldMapping[name] ?? name, type]))
}

/**
 * Gives views without a schema the fields of their sources: every column but join keys, times, and names that begin with `__`, with the
 * types that Feast infers. Services and on-demand views that take such a view whole take all of them.
 *
 * @throws STORE_VIEW_SOURCE_UNFIT for a column that Feast has no type for
 * @throws STORE_DEFINITION_INVALID when sources are not to be looked at
 */
export const inferSchemas = async (
  definitions: readonly Definition[],
  offline: () => Promise<OfflineStore>,
  options: { readonly skip: boolean },
): Promise<readonly Definition[]> => {
  const inferred: Definition[] = []
  for (const definition of definitions) {
    if (lacksFields(definition) && options.skip)
      throw storeError('STORE_DEFINITION_INVALID', [
        'feature view',
        definition.name,
        'it has no schema, and its source is not to be looked at',
      ])
    inferred.push(
      lacksFields(definition) ? withFields(definition, await schemaIn(definition, definition.source, await offline())) : definition,
    )
  }
  return inferred
}
