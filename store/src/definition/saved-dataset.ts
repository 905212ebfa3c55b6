/** Where a saved dataset is: a table of PostgreSQL, files, or a store that we do not run (its message is kept as it is). */
export type DatasetStorage =
  | { readonly kind: 'postgres'; readonly table: string }
  | { readonly kind: 'file'; readonly path: string; readonly fileFormat: string; readonly s3EndpointOverride: string }
  | { readonly kind: 'other'; readonly type: string; readonly message: Uint8Array }

/** One column of a saved dataset. Feast ≥ 0.67. */
export interface DatasetColumn {
  readonly name: string
  readonly type: string
  readonly description: string
  readonly nullable: boolean
}

/** A training set that was kept under a name. */
export interface SavedDataset {
  readonly kind: 'saved-dataset'
  readonly name: string
  /** `view:feature`. */
  readonly features: readonly string[]
  readonly joinKeys: readonly string[]
  readonly fullFeatureNames: boolean
  readonly storage: DatasetStorage
  readonly featureServiceName: string
  readonly namespace: string
  readonly collection: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly columns: readonly DatasetColumn[]
}

/**
 * Describes a saved dataset. `trainingSet.save('name')` makes one from a retrieval.
 *
 * @example
 * const january = savedDataset({ name: 'january', features: ['stats:conv_rate'], joinKeys: ['driver_id'], storage: { kind: 'postgres', table: 'january' } })
 */
export const savedDataset = (
  spec: Pick<SavedDataset, 'name' | 'features' | 'joinKeys' | 'storage'> & Partial<Omit<SavedDataset, 'kind'>>,
): SavedDataset =>
  Object.freeze({
    kind: 'saved-dataset',
    fullFeatureNames: false,
    featureServiceName: '',
    namespace: '',
    collection: '',
    description: '',
    columns: [],
    ...spec,
    tags: Object.freeze({ ...spec.tags }),
  })
