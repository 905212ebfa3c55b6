import type { RegistryObject, RegistrySnapshot } from '@charmed-feast/store'
import { isObject, type Json, type JsonObject, textOf } from '../json.ts'
import { restObject } from './rest-object.ts'

/** What a relationship joins, by Feast's words. */
export type EndType = 'dataSource' | 'entity' | 'featureView' | 'labelView' | 'featureService' | 'feature' | 'savedDataset'

/** One end of a relationship. */
export interface End {
  readonly type: EndType
  readonly name: string
}

/** A relationship: what feeds, and what it feeds. */
export interface Relationship {
  readonly source: End
  readonly target: End
}

/** All relationships of a project. */
export interface Relationships {
  readonly direct: readonly Relationship[]
  /** What reaches a service through a view, and the sources that an entity is described by. */
  readonly indirect: readonly Relationship[]
  /** What feeds saved datasets: Feast 0.67 draws them, and leaves them out of its answers. Ours are in our own graph. */
  readonly datasets: readonly Relationship[]
}

const relate = (type: EndType, name: string, targetType: EndType, target: string): Relationship => ({
  source: { type, name },
  target: { type: targetType, name: target },
})

const named = (names: readonly (string | undefined)[]): readonly string[] =>
  names.filter((name) => name !== undefined && name !== '') as string[]

/** The options that hold a place, by Feast's names; it compares no others, PostgreSQL's tables among them. */
const placeMembers = ['file', 'bigquery', 'redshift', 'snowflake', 'spark', 'trino', 'athena']

const placesOf = (holder: Json | undefined, suffix: 'Options' | 'Storage'): readonly string[] => {
  if (!isObject(holder)) return []
  const own = placeMembers.flatMap((member) => {
    const options: Json | undefined = holder[`${member}${suffix}`]
    return isObject(options) ? [options.uri, options.path, options.table].map(textOf).filter((place) => place !== '') : []
  })
  return [...own, ...placesOf(holder.batchSource, suffix)]
}

const viewRelationships = ({ name, message: { spec } }: RegistryObject<'feature-view'>): readonly Relationship[] => [
  ...(spec?.entities ?? []).map((entity) => relate('entity', entity, 'featureView', name)),
  ...(spec?.features ?? []).map((feature) => relate('feature', feature.name, 'featureView', name)),
  ...named([spec?.batchSource?.name]).map((source) => relate('dataSource', source, 'featureView', name)),
]

const onDemandEnds = ({ name, message: { spec } }: RegistryObject<'on-demand-feature-view'>): readonly Relationship[] => [
  ...(spec?.entities ?? []).map((entity) => relate('entity', entity, 'featureView', name)),
  ...(spec?.features ?? []).map((feature) => relate('feature', feature.name, 'featureView', name)),
]

const onDemandSources = ({ name, message: { spec } }: RegistryObject<'on-demand-feature-view'>): readonly Relationship[] =>
  Object.values(spec?.sources ?? {}).flatMap(({ source }) => {
    if (source.case === 'requestDataSource' && source.value.name !== '')
      return [relate('dataSource', source.value.name, 'featureView', name)]
    if (source.case !== 'featureViewProjection' || source.value.featureViewName === '') return []
    return [relate('featureView', source.value.featureViewName, 'featureView', name)]
  })

const streamRelationships = ({ name, message: { spec } }: RegistryObject<'stream-feature-view'>): readonly Relationship[] =>
  named([spec?.streamSource?.name, spec?.batchSource?.name]).map((source) => relate('dataSource', source, 'featureView', name))

const labelRelationships = ({ name, message: { spec } }: RegistryObject<'label-view'>): readonly Relationship[] => [
  ...(spec?.entities ?? []).map((entity) => relate('entity', entity, 'labelView', name)),
  ...named([spec?.source?.name, spec?.source?.batchSource?.name]).map((source) => relate('dataSource', source, 'labelView', name)),
]

const serviceRelationships = (
  { name, message: { spec } }: RegistryObject<'feature-service'>,
  labels: ReadonlySet<string>,
): readonly Relationship[] =>
  (spec?.features ?? []).map(({ featureViewName: view, viewType }) =>
    relate(viewType === 'labelView' || labels.has(view) ? 'labelView' : 'featureView', view, 'featureService', name),
  )

/** The view of a reference: `view:feature`, `view@v2:feature`. */
const viewOfRef = (ref: string): string => /^([^:@]+)(?:@[^:]*)?:./.exec(ref)?.[1] ?? ''

const datasetRelationships = (dataset: RegistryObject<'saved-dataset'>, places: ReadonlyMap<string, string>): readonly Relationship[] => {
  const { name, message } = dataset
  const json = restObject(dataset).json.spec
  const storage: JsonObject = isObject(json) && isObject(json.storage) ? json.storage : {}
  const views = new Set((message.spec?.features ?? []).map(viewOfRef).filter((view) => view !== ''))
  const sources = new Set(named(placesOf(storage, 'Storage').map((place) => places.get(place))))
  return [
    ...named([message.spec?.featureServiceName]).map((service) => relate('featureService', service, 'savedDataset', name)),
    ...[...views].map((view) => relate('featureView', view, 'savedDataset', name)),
    ...[...sources].map((source) => relate('dataSource', source, 'savedDataset', name)),
  ]
}

const directOf = (snapshot: RegistrySnapshot, project: string): readonly Relationship[] => {
  const labels = snapshot.list('label-view', project)
  const onDemand = snapshot.list('on-demand-feature-view', project)
  const labelNames = new Set(labels.map(({ name }) => name))
  return [
    ...snapshot.list('feature-service', project).flatMap((service) => serviceRelationships(service, labelNames)),
    ...snapshot.list('feature-view', project).flatMap(viewRelationships),
    ...onDemand.flatMap(onDemandEnds),
    ...onDemand.flatMap(onDemandSources),
    ...snapshot.list('stream-feature-view', project).flatMap(streamRelationships),
    ...labels.flatMap(labelRelationships),
  ]
}

const datasetsOf = (snapshot: RegistrySnapshot, project: string): readonly Relationship[] => {
  const sources = snapshot.list('data-source', project)
  const places = new Map(sources.flatMap((source) => placesOf(restObject(source).json, 'Options').map((place) => [place, source.name])))
  return snapshot.list('saved-dataset', project).flatMap((dataset) => datasetRelationships(dataset, places))
}

const isView = ({ type }: End): boolean => type === 'featureView' || type === 'labelView'

/**
 * Draws the relationships of a project as Feast 0.67's `/lineage` does: the same ones, in its order, repeated as it repeats them
 * (observed; compared in `conformance/test/rest.test.ts`).
 *
 * @example
 * relationshipsOf(snapshot, 'demo').direct[0]?.target.type // 'featureService'
 */
export const relationshipsOf = (snapshot: RegistrySnapshot, project: string): Relationships => {
  const direct = directOf(snapshot, project)
  const feeding = Map.groupBy(
    direct.filter(({ target }) => isView(target)),
    ({ target }) => target.name,
  )
  const throughViews = snapshot
    .list('feature-service', project)
    .flatMap(({ name, message }) =>
      (message.spec?.features ?? []).flatMap(({ featureViewName }) =>
        (feeding.get(featureViewName) ?? []).map(({ source }): Relationship => ({ source, target: { type: 'featureService', name } })),
      ),
    )
  const described = direct.flatMap(({ source, target }) => {
    if (source.type !== 'entity' || !isView(target)) return []
    const sources = (feeding.get(target.name) ?? []).filter((each) => each.source.type === 'dataSource')
    return sources.map((each): Relationship => ({ source, target: each.source }))
  })
  return { direct, indirect: [...throughViews, ...described], datasets: datasetsOf(snapshot, project) }
}
