/**
 * `GET /metrics/resource_counts?project=&lists=false`: Feast's answer; `lists=false` leaves out its lists of objects.
 * Without `project`: one entry a project under `projects`, as Feast.
 */
export interface ResourceCounts {
  readonly project?: string
  readonly counts: Readonly<
    Record<'entities' | 'dataSources' | 'savedDatasets' | 'features' | 'featureViews' | 'featureServices', number>
  > & {
    readonly labelViews?: number
    readonly permissions?: number
    readonly onDemandFeatureViews?: number
    readonly streamFeatureViews?: number
  }
  readonly registryLastUpdated?: string
}
