import type { JsonObject } from '../json.ts'
import { featuresOf } from '../registry/feature.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { freshnessOf } from '../run/freshness.ts'
import { isoOf } from '../time.ts'

const usedBy = (object: RestObject, project: ProjectIndex): number | null => {
  const ends: Partial<Record<RestObject['kind'], string>> = {
    entity: 'entity',
    'data-source': 'dataSource',
    'feature-view': 'featureView',
    'stream-feature-view': 'featureView',
    'on-demand-feature-view': 'featureView',
    'label-view': 'labelView',
    'feature-service': 'featureService',
  }
  const type = ends[object.kind]
  if (type === undefined) return null
  const related = project.related(type, object.name, { indirect: false })
  const targets = related
    .filter(({ source }) => source.type === type && source.name === object.name)
    .map(({ target }) => `${target.type}:${target.name}`)
  return new Set(targets).size
}

const featureCount = (object: RestObject): number | null => {
  const { message } = object.stored
  if (message.$typeName === 'feast.core.FeatureService')
    return message.spec?.features.reduce((sum, { featureColumns }) => sum + featureColumns.length, 0) ?? 0
  if (message.$typeName === 'feast.core.SavedDataset') return message.spec?.features.length ?? 0
  return object.kind.endsWith('-view') ? featuresOf(object).length : null
}

/** What lists show of an object that no spec holds (`Computed` of the pages' contract). What does not apply is `null`. */
export const computedOf = (object: RestObject, project: ProjectIndex, now: bigint): JsonObject => {
  const freshness = freshnessOf(object, now)
  const { description, owner, lastUpdated } = object.head
  return {
    featureCount: featureCount(object),
    usedBy: usedBy(object, project),
    state: freshness?.state ?? null,
    ageSeconds: freshness?.ageSeconds ?? null,
    ttlSeconds: freshness?.ttlSeconds ?? null,
    description,
    owner,
    lastUpdated: lastUpdated === undefined ? null : isoOf(lastUpdated),
  }
}
