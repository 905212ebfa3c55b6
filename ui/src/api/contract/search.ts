import type { Kind, Pagination } from './object.ts'

/** `GET /search?query=&kinds=featureView,entity&projects=a&projects=b&limit=50&highlight=true`: `query` is a token query. */
export interface SearchAnswer {
  readonly query: string
  readonly projects_searched: readonly string[]
  readonly results: readonly SearchHit[]
  readonly pagination: Pagination
  readonly errors: readonly string[]
}

export interface SearchHit {
  readonly type: Kind
  readonly name: string
  readonly description: string
  readonly project: string
  readonly match_score?: number
  readonly matched_tags?: Readonly<Record<string, string>>
  readonly featureView?: string
  /** With `highlight=true`: the field that matched best and where (UTF-16 offsets into `text`). */
  readonly highlight?: {
    readonly field: 'name' | 'description' | 'tag' | 'owner' | 'type' | 'joinKey'
    readonly text: string
    readonly ranges: readonly (readonly [number, number])[]
  } | null
}
