import type { Batch } from '../definition/batch.ts'
import { type DatasetStorage, type SavedDataset, savedDataset } from '../definition/saved-dataset.ts'
import { storeError } from '../errors.ts'
import { type DatasetSpan, savedDatasetMessage } from '../message/saved-dataset.ts'
import type { OfflineStore, Retrieval } from '../offline/offline.ts'
import type { SaveOptions } from '../offline/training-set.ts'
import type { Registry } from '../registry/registry.ts'
import type { ResolvedRequest } from './asked.ts'

/** What saving works with. */
export interface SaveRooms {
  readonly project: string
  readonly registry: Registry
  readonly offline: OfflineStore
  readonly now: () => bigint
}

/** Watches event times go by. */
async function* watched(batches: AsyncIterable<Batch>, column: string, span: DatasetSpan): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    const values = batch.columns.find(({ name }) => name === column)?.values ?? []
    for (let row = 0; row < values.length; row++) {
      const value = values[row]
      if (typeof value !== 'bigint') continue
      if (span.first === undefined || value < span.first) span.first = value
      if (span.last === undefined || value > span.last) span.last = value
    }
    yield batch
  }
}

/** The dataset's definition: what was asked for, by the names that the registry knows. */
const definitionOf = (
  name: string,
  asked: { readonly request: ResolvedRequest; readonly service: string; readonly fullFeatureNames: boolean },
  options: SaveOptions & { readonly storage: DatasetStorage },
): SavedDataset => {
  const { request, service, fullFeatureNames } = asked
  const features = request.outputs.flatMap(({ from }) => {
    if ('step' in from) return [`${request.steps[from.step]?.view.name}:${from.feature}`]
    const stored = request.stored[from.stored]
    return stored === undefined ? [] : [`${stored.alias}:${stored.field.name}`]
  })
  return savedDataset({
    name,
    features,
    joinKeys: request.joinKeys.map((key) => key.name),
    fullFeatureNames,
    featureServiceName: service,
    storage: options.storage,
    description: options.description ?? '',
    tags: options.tags ?? {},
  })
}

/**
 * Keeps a training set under a name: its rows first, then the registry's entry, with the span of its event times as Feast reads it back by.
 *
 * @throws STORE_DATASET_EXISTS before anything is read, unless it may be overwritten
 */
export const saveDataset = async (
  rooms: SaveRooms,
  name: string,
  what: {
    readonly retrieval: Retrieval
    readonly request: ResolvedRequest
    readonly service: string
    readonly fullFeatureNames: boolean
    readonly eventTimestampColumn: string
  },
  options: SaveOptions = {},
): Promise<SavedDataset> => {
  const { project, registry, offline, now } = rooms
  const overwrite = options.allowOverwrite === true
  if (!overwrite && (await registry.get('saved-dataset', project, name)) !== undefined) throw storeError('STORE_DATASET_EXISTS', [name])
  const storage = options.storage ?? offline.datasetStorage(name)
  const span: DatasetSpan = { first: undefined, last: undefined }
  const retrieval = { ...what.retrieval, batches: () => watched(what.retrieval.batches(), what.eventTimestampColumn, span) }
  await offline.persist(storage, retrieval, { allowOverwrite: overwrite })
  const definition = definitionOf(name, what, { ...options, storage })
  await registry.apply({ project, objects: [savedDatasetMessage(definition, project, span)] }, { now: now() })
  return definition
}
