import type { Outcome } from '../scenario/run.ts'
import { find, isList, isMapping } from './compare.ts'
import type { Fixture } from './fixture.ts'
import { type Meaning, normalize } from './meaning.ts'
import { actualTree } from './tree.ts'

/** Every `feature_store.yaml` that a hook left: in manifests of its databags, and in its containers. */
export function featureStores(outcome: Outcome): Meaning[] {
  const tree = actualTree(outcome)
  return collect(find(tree, ['relations'])).concat(collect(find(tree, ['containers'])))
}

function collect(value: Meaning | undefined): Meaning[] {
  if (isList(value)) return value.flatMap(collect)
  if (!isMapping(value)) return []
  return Object.entries(value).flatMap(([key, item]) => (/(^|\/)feature_store\.yaml$/.test(key) ? [item] : collect(item)))
}

/** What is wrong with the documents that a hook left, where the recording says what they must mean. */
export function checkIntended(outcome: Outcome, { intended }: Fixture): string[] {
  if (!intended) return []
  const wanted = JSON.stringify(sorted(normalize(intended['feature_store.yaml'])))
  const left = featureStores(outcome)
  if (left.length === 0) return ['no feature_store.yaml was left']
  return left.filter((document) => JSON.stringify(sorted(document)) !== wanted).map((document) => `feature_store.yaml means ${JSON.stringify(document)}, not ${wanted}`)
}

function sorted(value: Meaning): Meaning {
  if (isList(value)) return value.map(sorted)
  if (!isMapping(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)).map(([key, item]) => [key, sorted(item)]))
}
