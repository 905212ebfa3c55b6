import type { EntityRows, Store } from '@charmed-feast/store'

/** A training set that was read: how long it took, and the sum of each feature, over every cell. */
export interface TrainingResult {
  readonly seconds: number
  readonly rows: number
  readonly sums: readonly number[]
}

/** Reads a training set of ours to its end. `features` are references, whose columns have the features' names. */
export const timeTrainingSet = async (store: Store, features: readonly string[], entityRows: EntityRows): Promise<TrainingResult> => {
  const began = performance.now()
  const set = await store.readHistorical(features, { entityRows })
  const names = features.map((feature) => feature.slice(feature.indexOf(':') + 1))
  const sums = names.map(() => 0)
  let rows = 0
  for await (const batch of set.batches()) {
    rows += batch.rows
    for (const { name, values } of batch.columns) {
      const place = names.indexOf(name)
      if (place < 0) continue
      let sum = 0
      for (let at = 0; at < batch.rows; at++) sum += Number(values[at] ?? 0)
      sums[place] = (sums[place] ?? 0) + sum
    }
  }
  return { seconds: (performance.now() - began) / 1000, rows, sums }
}
