import type { RestFeature } from '../registry/feature.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { freshnessOf } from '../run/freshness.ts'
import type { Subject } from './match.ts'

/** The services that serve a feature. */
export const servicesOf = (feature: RestFeature, project: ProjectIndex): readonly string[] =>
  project.list('feature-service').flatMap(({ name, stored }) => {
    const uses = stored.message.spec?.features.some(
      ({ featureViewName, featureColumns }) =>
        featureViewName === feature.featureView && featureColumns.some((column) => column.name === feature.name),
    )
    return uses === true ? [name] : []
  })

/** A feature as a subject of queries. */
export const featureSubject = (feature: RestFeature, project: ProjectIndex): Subject => {
  const view = project.view(feature.featureView)
  return {
    kind: feature.kind,
    name: feature.name,
    project: project.name,
    description: feature.description ?? '',
    owner: view?.head.owner ?? '',
    tags: feature.tags ?? {},
    types: [feature.type],
    joinKeys: [],
    entities: [],
    sources: [],
    views: [feature.featureView],
    services: () => servicesOf(feature, project),
    online: undefined,
    freshness: (now) => (view === undefined ? undefined : freshnessOf(view, now)),
    updated: view?.head.lastUpdated,
  }
}
