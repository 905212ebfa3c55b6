import type { FreshnessState } from './freshness.ts'
import type { Kind } from './object.ts'

/** `dataSource:driver_stats`, `feature:view:feature`: kind, colon, name. */
export type NodeId = string

export interface LineageNode {
  readonly id: NodeId
  readonly kind: Kind
  readonly name: string
  readonly project: string
  /** Neighbours in the whole registry, whether sent or not. */
  readonly upstream: number
  readonly downstream: number
  readonly state: FreshnessState | null
  readonly ageSeconds: number | null
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly owner: string
}

/** From what feeds to what is fed: source and entity to view, view to view, view to service, service to dataset. */
export interface LineageEdge {
  readonly from: NodeId
  readonly to: NodeId
}

/**
 * `GET /lineage/objects/{type}/{name}?project=&depth=1&direction=up|down|both&features=false` adds these beside Feast's
 * `relationships` when `depth` is given. `depth` 1 to 6. With `features=true` edges run through features.
 * `GET /lineage/graph?project=&q=` answers the same for a whole project.
 * Above 2,000 nodes: `truncated` true, `total` the number, the nodes nearest to the object (for the whole project: `[]`).
 */
export interface LineageGraph {
  readonly nodes: readonly LineageNode[]
  readonly edges: readonly LineageEdge[]
  readonly truncated: boolean
  readonly total: number
}

/** `GET /lineage/path?project=&from=dataSource:a&to=featureService:b`: at most 20, shortest first. */
export interface LineagePaths {
  readonly paths: readonly (readonly NodeId[])[]
  readonly nodes: readonly LineageNode[]
  readonly truncated: boolean
}
