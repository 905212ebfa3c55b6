/**
 * What the pages ask of the server beyond Feast's own REST registry API (whose shapes stand in `feast.ts`).
 *
 * Rules of this file
 * - Every path is below `<base>/api/v1/`; requests and answers are JSON unless said otherwise.
 * - Times are ISO 8601 with `Z` (`2026-11-24T10:00:00Z`, microseconds kept where known); durations are seconds as numbers.
 * - 64-bit integers (row counts, values of INT64 and UINT64) are strings; other numbers are numbers; NaN and the infinities
 *   are the strings `"NaN"`, `"Infinity"`, `"-Infinity"`; bytes are base64; UNIX_TIMESTAMP values are ISO texts.
 * - What is unknown is `null`, never 0 and never left out. Lists are `[]`, never `null`.
 * - Every answer carries `X-Request-Id` and `X-Registry-Version`; answers of GET carry `ETag` (weak or strong) and honour
 *   `If-None-Match`. Errors are {@link ApiError}.
 * - Writes carry `Content-Type: application/json` and `X-Feast-Token` with {@link Session.token}.
 *
 * Additions to Feast's lists (`/entities`, `/data_sources`, `/feature_views`, `/feature_services`, `/features`, `/label_views`,
 * `/saved_datasets`, `/permissions`, and their `/all`), all optional:
 * - `q`: a token query, see {@link QueryToken}.
 * - `fields`: comma-separated paths into an item (`spec.name,spec.tags,meta.lastUpdatedTimestamp,computed`), through lists into each
 *   of their items (`spec.features.featureViewName`); the answer keeps the nesting and leaves the rest out. `computed` asks for {@link Computed}. For `/features`: `name,featureView,type,computed`.
 * - `sort_by` also accepts every path of `fields` that holds one value, e.g. `spec.owner`, `computed.featureCount`;
 *   ties are broken by name, then project, so that pages are stable within one registry version.
 *
 * `GET …/{name}` additionally answers `computed`, `definitions` ({@link Definitions}) and the header `ETag` that `If-Match` of
 * {@link ApplyRequest} takes (the registry version).
 */

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

// ---------------------------------------------------------------------------------------------------------------- host page

/**
 * The host writes into `index.html`, directly after `<head>`: `<base href="…">` (absolute with the prefix, or relative to the
 * request's path: `./` for `/x`, `../` for `/x/y`; both work) and, before `</head>`,
 * `<script type="application/json" id="feast-config">…</script>` with this (`<` escaped as `\u003c`). It is data and never run.
 * Without the block the page asks `GET /status` once.
 */
export interface HostConfig {
  readonly apiVersion: 1
  /** Version of the server, compared with the pages' own for the banner. */
  readonly version: string
  readonly registryVersion: string
  readonly session: Session
  readonly switches: Switches
  /** As in Feast's projects-list.json. */
  readonly defaultProject: string | null
}

export interface Session {
  /** `null`: anonymous. */
  readonly user: string | null
  readonly roles: readonly string[]
  /** To be sent as `X-Feast-Token` with every request that is not a GET; `null` where writes are off. */
  readonly token: string | null
}

/** A thing that may be off. The pages hide it, and its URL shows `reason` and the `setting` that turns it on. */
export type Switch =
  | { readonly state: 'on' }
  | { readonly state: 'not_configured'; readonly reason: string; readonly setting: string | null }
  | { readonly state: 'forbidden'; readonly reason: string; readonly role: string | null }

export interface Switches {
  /** Reading stored values offline: preview, statistics, twin, historical preview (`--allow-data`). */
  readonly data: Switch
  /** Reading values from the online store: playground. */
  readonly online: Switch
  /** Plan, apply, undo (`--allow-writes`). Plan alone needs no right. */
  readonly writes: Switch
  /** Starting and cancelling runs. */
  readonly runs: Switch
  /** SQL from the browser as rows of a training set (`--allow-sql`). */
  readonly sql: Switch
  readonly freshness: Switch
  readonly coverage: Switch
  readonly events: Switch
  readonly monitoring: Switch
  readonly serving: Switch
  readonly usage: Switch
  readonly permissions: Switch
}

export type SwitchName = keyof Switches

// ------------------------------------------------------------------------------------------------------------------- status

/** `GET /status`. */
export interface Status extends HostConfig {
  readonly feastVersion: string
  readonly nodeVersion: string
  readonly startedAt: string
  readonly registry: {
    readonly type: string
    readonly version: string
    readonly loadedAt: string
    /** How old the snapshot may be. */
    readonly ttlSeconds: number | null
    /** `listen`: told at once; `poll`: asked every `ttlSeconds`. */
    readonly refresh: 'listen' | 'poll'
  }
  readonly stores: readonly StoreStatus[]
  /** Allowed keys only; a secret's value is `"****"`. */
  readonly config: readonly { readonly key: string; readonly value: string }[]
  readonly limits: readonly { readonly name: string; readonly value: number; readonly unit: string }[]
}

export interface StoreStatus {
  readonly role: 'registry' | 'online' | 'offline'
  readonly type: string
  readonly state: 'ok' | 'down' | 'not_configured'
  /** Round trip of the last check. */
  readonly milliseconds: number | null
  readonly version: string | null
  readonly checkedAt: string | null
  readonly error: string | null
}

// ------------------------------------------------------------------------------------------------------------------- search

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

// -------------------------------------------------------------------------------------------------------------------- counts

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

// ------------------------------------------------------------------------------------------------------------------- lineage

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

// ----------------------------------------------------------------------------------------------------------------- freshness

/**
 * fresh: age ≤ 80 % of the allowed age; ageing: ≤ 100 %; late: above; never: no materialization known; unknown: no allowed age
 * (no TTL and no schedule) or the store did not answer. The allowed age is the TTL, else twice the schedule's period.
 */
export type FreshnessState = 'fresh' | 'ageing' | 'late' | 'never' | 'unknown'

/** `GET /freshness?project=&state=late&view=&q=&sort_by=lateness|view|age|owner&sort_order=&page=&limit=` (late first if unsorted). */
export interface FreshnessAnswer {
  readonly at: string
  readonly freshness: readonly Freshness[]
  /** Over the whole project, not the page; unknown project: all. */
  readonly counts: Readonly<Record<FreshnessState, number>>
  readonly pagination: Pagination
}

export interface Freshness {
  readonly view: string
  readonly kind: Kind
  readonly project: string
  readonly owner: string
  readonly tags: Readonly<Record<string, string>>
  readonly online: boolean
  readonly ttlSeconds: number | null
  readonly schedule: string | null
  readonly scheduleSeconds: number | null
  /** The age that `state` is judged by, see {@link FreshnessState}. */
  readonly allowedSeconds: number | null
  readonly ageSeconds: number | null
  /** Newest event time known online, and how it is known: asked of the store, or the end of the last interval. */
  readonly lastEvent: string | null
  readonly lastEventFrom: 'online' | 'interval' | null
  readonly lastRun: Run | null
  readonly state: FreshnessState
}

// ---------------------------------------------------------------------------------------------------------- runs and coverage

export type RunState = 'queued' | 'running' | 'cancelling' | 'succeeded' | 'failed' | 'cancelled' | 'lost'

/** `GET /runs?project=&view=&state=&page=&limit=` (newest first) → {@link RunsAnswer}; `GET /runs/{id}` → Run. */
export interface Run {
  readonly id: string
  readonly project: string
  readonly kind: 'materialize' | 'incremental' | 'backfill'
  readonly state: RunState
  /** `feast`: another program did it and left only its interval; user, rows and times are then `null`. */
  readonly recordedBy: 'server' | 'store' | 'feast'
  readonly user: string | null
  readonly views: readonly string[]
  /** The range of event times. */
  readonly start: string
  readonly end: string
  readonly createdAt: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly rows: string | null
  readonly bytes: string | null
  readonly progress: RunProgress | null
  readonly error: { readonly code: string | null; readonly message: string } | null
  /** One a view, in `views` order; `[]` when only the interval is known. */
  readonly parts: readonly RunPart[]
}

export interface RunProgress {
  readonly rows: string
  readonly totalRows: string | null
  readonly rowsPerSecond: number | null
  readonly secondsLeft: number | null
}

export interface RunPart {
  readonly view: string
  readonly state: RunState
  readonly rows: string | null
  readonly totalRows: string | null
  readonly startedAt: string | null
  readonly finishedAt: string | null
  readonly error: string | null
}

export interface RunsAnswer {
  readonly runs: readonly Run[]
  readonly pagination: Pagination
}

/** `POST /runs`: 201 with the {@link Run}; with `dry_run` 200 with {@link RunEstimate}. `DELETE /runs/{id}`: 202 with the Run. */
export interface RunRequest {
  readonly project: string
  readonly views: readonly string[]
  readonly mode: 'range' | 'incremental'
  /** Needed for `range`; for `incremental` only `end` counts (default: now). */
  readonly start: string | null
  readonly end: string | null
  readonly dry_run: boolean
}

export interface RunEstimate {
  readonly views: readonly {
    readonly view: string
    readonly start: string
    readonly end: string
    /** `null`: the offline store could not say in time. */
    readonly rows: string | null
    readonly exact: boolean
    /** Part of the range that is covered already. */
    readonly coveredSeconds: number
  }[]
  readonly rows: string | null
  readonly secondsExpected: number | null
  readonly warnings: readonly string[]
}

/** `GET /coverage?project=&view=&from=&to=` (default: the last 30 days). Segments are sorted, touch, and fill the range. */
export interface Coverage {
  readonly view: string
  readonly from: string
  readonly to: string
  readonly segments: readonly CoverageSegment[]
  readonly coveredSeconds: number
  readonly gapSeconds: number
}

/** `before`: earlier than the first data known, so no gap. */
export interface CoverageSegment {
  readonly start: string
  readonly end: string
  readonly state: 'covered' | 'gap' | 'failed' | 'running' | 'before'
  readonly run: string | null
}

// -------------------------------------------------------------------------------------------------------------------- values

export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export interface ValueColumn {
  readonly name: string
  /** Feast's value type: `INT64`, `FLOAT_LIST`. */
  readonly type: string
  readonly role: 'join_key' | 'event_timestamp' | 'created_timestamp' | 'request' | 'feature'
  /** `view:feature` for features. */
  readonly ref: string | null
  /** Every value of a masked column is `null`. */
  readonly masked: boolean
}

/** `POST /preview/feature_view`: the newest rows of the view's source. */
export interface PreviewRequest {
  readonly project: string
  readonly view: string
  /** 1 to 100. */
  readonly limit: number
  /** Only rows at or before this time. */
  readonly as_of: string | null
  /** Only these join keys; INT64 as strings. */
  readonly entity: Readonly<Record<string, Value>> | null
}

export interface PreviewAnswer {
  readonly columns: readonly ValueColumn[]
  readonly rows: readonly (readonly Value[])[]
  readonly truncated: boolean
  readonly milliseconds: number
}

/** `POST /preview/statistics {project, view, features: string[] | null}`: over the newest `sampleLimit` rows. */
export interface StatisticsAnswer {
  readonly view: string
  readonly rows: string
  readonly sampled: boolean
  readonly from: string | null
  readonly to: string | null
  readonly features: readonly FeatureStatistics[]
}

export interface FeatureStatistics {
  readonly feature: string
  readonly type: string
  readonly rows: string
  readonly nulls: string
  readonly distinct: string | null
  readonly mean: number | null
  readonly stddev: number | null
  /** Probability as key: `0`, `0.01`, `0.05`, `0.25`, `0.5`, `0.75`, `0.95`, `0.99`, `1`; `null` if not numeric. */
  readonly quantiles: Readonly<Record<string, number>> | null
  /** Numeric: `edges` has one more than `counts` (at most 30). Else the ten commonest values. */
  readonly histogram:
    | { readonly kind: 'numeric'; readonly edges: readonly number[]; readonly counts: readonly number[] }
    | { readonly kind: 'values'; readonly values: readonly { readonly value: string; readonly count: number }[]; readonly other: number }
    | null
  /** Null rate and mean by day, oldest first, at most 30. */
  readonly days: readonly { readonly day: string; readonly rows: number; readonly nullRate: number; readonly mean: number | null }[]
}

/** `POST /online/explain`: what the online store answers, and with `twin` why the offline store would answer otherwise. */
export interface OnlineRequest {
  readonly project: string
  /** One of the two is `null`. */
  readonly features: readonly string[] | null
  readonly feature_service: string | null
  /** 1 to 100 rows; join keys and request data; INT64 as strings. */
  readonly entities: readonly Readonly<Record<string, Value>>[]
  readonly full_feature_names: boolean
  readonly twin: boolean
}

export type OnlineStatus = 'PRESENT' | 'NULL_VALUE' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE'

export type ReasonCode =
  | 'equal'
  | 'expired_by_ttl'
  | 'never_materialized'
  | 'materialized_before_event'
  | 'pushed_newer'
  | 'entity_unknown'
  | 'transform_differs'
  | 'type_coerced'
  | 'no_permission'

export interface OnlineCell {
  readonly value: Value
  readonly status: OnlineStatus
  readonly eventTime: string | null
  /** `null` without `twin`, and for join keys. */
  readonly twin: OnlineTwin | null
}

export interface OnlineTwin {
  readonly value: Value
  readonly eventTime: string | null
  readonly reason: ReasonCode
  /** The end of the newest interval materialized for the view, for the sentence of the reason. */
  readonly materializedTo: string | null
  readonly ttlSeconds: number | null
}

export interface OnlineAnswer {
  readonly columns: readonly ValueColumn[]
  /** As the entity rows, in their order. */
  readonly rows: readonly (readonly OnlineCell[])[]
  readonly at: string
  readonly milliseconds: {
    readonly parse: number
    readonly store: number
    readonly transform: number
    readonly encode: number
    readonly total: number
  }
}

/**
 * `GET /online/inputs?project=&features=a:b&features=c:d` or `&feature_service=`, and `full_feature_names=true`: what a row must
 * hold, typed. Features of equal names are no error here: what a row holds does not depend on how the answer is named.
 */
export interface OnlineInputs {
  readonly inputs: readonly {
    readonly name: string
    readonly type: string
    readonly role: 'join_key' | 'request'
    readonly entity: string | null
  }[]
  readonly features: readonly { readonly ref: string; readonly name: string; readonly type: string }[]
}

/** `POST /historical/preview`: the point-in-time join of at most 20 rows, and for each row and view how its values were chosen. */
export interface HistoricalRequest {
  readonly project: string
  readonly features: readonly string[] | null
  readonly feature_service: string | null
  /** Each with its join keys and `event_timestamp`; `null` with `sql` or `source`. */
  readonly rows: readonly Readonly<Record<string, Value>>[] | null
  /** One SELECT that yields the join keys and `event_timestamp`; needs the switch `sql`. */
  readonly sql: string | null
  /** A data source's name: its newest rows within `start` and `end` are the rows. */
  readonly source: string | null
  readonly start: string | null
  readonly end: string | null
  readonly full_feature_names: boolean
}

export interface HistoricalAnswer {
  readonly columns: readonly ValueColumn[]
  readonly rows: readonly (readonly Value[])[]
  /** Keyed by the view as {@link ValueColumn.ref} names it; one explanation a row, in their order; `null` where the view has no source to explain (on demand). */
  readonly explanations: Readonly<Record<string, readonly (RowExplanation | null)[]>>
  readonly truncated: boolean
  readonly milliseconds: number
}

export interface RowExplanation {
  readonly entity: Readonly<Record<string, Value>>
  /** The row's event timestamp: nothing later may be seen. */
  readonly asOf: string
  /** `asOf` minus the TTL; `null` without TTL. */
  readonly windowStart: string | null
  /** At most 12 around `asOf`, oldest first. */
  readonly candidates: readonly Candidate[]
  readonly olderNotSent: number
  readonly newerNotSent: number
}

/**
 * chosen: the newest at or before `asOf` within the TTL; superseded: a newer one was chosen; earlier_created: same event time,
 * created earlier; expired: older than the TTL allows; future: later than `asOf`.
 */
export interface Candidate {
  readonly eventTime: string
  readonly created: string | null
  readonly verdict: 'chosen' | 'superseded' | 'earlier_created' | 'expired' | 'future'
  readonly values: Readonly<Record<string, Value>>
}

/**
 * `POST /historical/export?format=csv|parquet` with a {@link HistoricalRequest} (any number of rows up to the limit of `/status`):
 * answers the file itself with `Content-Disposition`.
 */
export type ExportFormat = 'csv' | 'parquet'

// ------------------------------------------------------------------------------------------------------------ plan and apply

/** One wish. `patch` is a JSON merge patch over the object as `GET …/{name}` answers it (`{"spec": {"description": "x"}}`). */
export type Change =
  | { readonly action: 'patch'; readonly kind: Kind; readonly name: string; readonly patch: { readonly [key: string]: Value } }
  | { readonly action: 'create'; readonly kind: Kind; readonly name: string; readonly object: { readonly [key: string]: Value } }
  | { readonly action: 'delete'; readonly kind: Kind; readonly name: string }

/** `POST /plan`: changes nothing. `undo` (of {@link ApplyAnswer}) instead of changes plans going back. */
export interface PlanRequest {
  readonly project: string
  readonly changes: readonly Change[]
  readonly undo: string | null
}

export interface Plan {
  /** To be sent as `If-Match: "<version>"` with apply. */
  readonly version: string
  readonly changes: readonly PlannedChange[]
  readonly infra: readonly { readonly action: 'create' | 'change' | 'drop'; readonly what: string }[]
  readonly warnings: readonly PlanWarning[]
  /** The changed objects as code. */
  readonly definitions: Definitions
}

export interface PlannedChange {
  readonly action: 'create' | 'update' | 'delete' | 'unchanged'
  readonly kind: Kind
  readonly name: string
  readonly fields: readonly FieldChange[]
}

export interface FieldChange {
  /** `spec.ttl`, `spec.features[conv_rate].valueType`. */
  readonly path: string
  readonly before: Value
  readonly after: Value
}

export interface PlanWarning {
  readonly level: 'info' | 'warn' | 'danger'
  /** The sentence a person reads. */
  readonly text: string
  readonly object: ObjectRef | null
}

/** `POST /apply` with `If-Match`; 412 {@link ApiError} when the registry has moved on, 428 without `If-Match`. */
export type ApplyRequest = PlanRequest

export interface ApplyAnswer {
  readonly version: string
  readonly applied: number
  /** Give it to {@link PlanRequest.undo}; `null` when it cannot be undone. */
  readonly undo: string | null
}

/** `GET /changes?project=&object=kind:name&limit=`: newest first. Without our records, from the objects' own times (`user` null). */
export interface ChangesAnswer {
  readonly changes: readonly {
    readonly version: string | null
    readonly at: string
    readonly user: string | null
    readonly objects: readonly { readonly action: 'create' | 'update' | 'delete'; readonly kind: Kind; readonly name: string }[]
  }[]
}

/** `GET /feature_views/{name}/versions?project=`: newest first; `[]` where the registry keeps none. */
export interface VersionsAnswer {
  readonly versions: readonly {
    readonly version: number
    readonly createdAt: string
    readonly description: string
    readonly current: boolean
    /** As under `spec` of `GET /feature_views/{name}`. */
    readonly spec: { readonly [key: string]: Value }
  }[]
}

// --------------------------------------------------------------------------------------------------- permissions and metrics

/** `GET /permissions/explain?project=&user=&object=featureView:x&action=READ_ONLINE` (`user` default: the session's). */
export interface PermissionExplanation {
  readonly allowed: boolean
  readonly user: string
  readonly roles: readonly string[]
  /** The permission that decided; `null`: none matched. */
  readonly permission: string | null
  /** One sentence. */
  readonly reason: string
}

/** `GET /serving/metrics?project=&by=service|view&name=&window=3600`; only with the switch `serving`. */
export interface ServingMetrics {
  readonly window: number
  readonly series: readonly {
    readonly name: string
    readonly requests: string
    readonly errors: string
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly buckets: readonly { readonly at: string; readonly requests: number; readonly errors: number; readonly p99: number | null }[]
  }[]
}

/** `GET /usage?project=&object=kind:name`; only with the switch `usage`. */
export interface Usage {
  readonly readsPerDay: number | null
  readonly lastRead: string | null
  readonly days: readonly { readonly day: string; readonly reads: number }[]
  readonly consumers: readonly { readonly name: string; readonly kind: string; readonly lastRead: string | null }[]
}

// -------------------------------------------------------------------------------------------------------------------- events

/**
 * `GET /events?project=`: server-sent events named `registry`, `run`, `freshness` with these as data, `id:` for `Last-Event-ID`,
 * a comment every 15 s, `X-Accel-Buffering: no`. `reset` says that events were missed: refetch all.
 */
export interface EventMessages {
  readonly registry: { readonly version: string; readonly project: string | null; readonly objects: readonly ObjectRef[] }
  readonly run: { readonly run: Run }
  readonly freshness: { readonly project: string; readonly views: readonly string[] }
  readonly reset: { readonly version: string }
}
