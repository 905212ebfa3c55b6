import type { FreshnessState } from './freshness.ts'

/** Every kind of object, as Feast's `type` members spell them. A feature's name is `view:feature`. */
export type Kind =
  | 'project'
  | 'entity'
  | 'dataSource'
  | 'featureView'
  | 'onDemandFeatureView'
  | 'streamFeatureView'
  | 'labelView'
  | 'feature'
  | 'featureService'
  | 'savedDataset'
  | 'permission'

export interface ObjectRef {
  readonly kind: Kind
  readonly name: string
  readonly project: string
}

/** Body of every answer with a status of 400 or more: Feast's three members and two of ours. */
export interface ApiError {
  readonly status_code: number
  readonly detail: string
  readonly error_type: string
  /** A code of docs/reference/errors.md, e.g. `STORE_VIEW_NOT_FOUND`. */
  readonly code?: string
  readonly request_id?: string
  /** With 403: the role that would do. With 412: the registry version that is there now. */
  readonly needed_role?: string
  readonly registry_version?: string
}

/** Feast's pagination object; members that are zero or false may be missing. */
export interface Pagination {
  readonly page?: number
  readonly limit?: number
  readonly totalCount?: number
  readonly totalPages?: number
  readonly hasNext?: boolean
  readonly hasPrevious?: boolean
}

/**
 * The token query of `q`: words (all must match name, description, tags, owner, type or join keys, without case) and tokens
 * `key:value`, quoted as `key:"two words"`, negated by a leading `-`. Several values of one key are alternatives.
 * Keys: `name`, `tag` (`tag:team=risk`, `tag:team`), `owner`, `type` (value type or source type), `kind`, `entity`, `source`, `view`,
 * `service`, `project`, `online` (`yes`/`no`), `state` ({@link FreshnessState}), `fresh` (`<1h`, `>2d`), `updated` (`<7d`).
 * An unknown key is a word. Parsed the same way in `ui/src/query/tokens.ts`.
 */
export interface QueryToken {
  readonly key: string | null
  readonly value: string
  readonly negated: boolean
}

/** What lists show that no spec holds. A member that does not apply to the kind is `null`. */
export interface Computed {
  readonly featureCount: number | null
  /** Objects that use this one directly: services of a view, views of an entity or a source. */
  readonly usedBy: number | null
  readonly state: FreshnessState | null
  readonly ageSeconds: number | null
  readonly ttlSeconds: number | null
  readonly description: string | null
  readonly owner: string | null
  readonly lastUpdated: string | null
}

/** The object as code, for the tab Definition. */
export interface Definitions {
  readonly python: string
  readonly typescript: string
}
