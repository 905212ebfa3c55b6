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

export type { ResourceCounts } from './contract/count.ts'
export type { EventMessages } from './contract/event.ts'
export type { Freshness, FreshnessAnswer, FreshnessState } from './contract/freshness.ts'
export type { Candidate, ExportFormat, HistoricalAnswer, HistoricalRequest, RowExplanation } from './contract/historical.ts'
export type { HostConfig, Switch, Switches, SwitchName } from './contract/host.ts'
export type { LineageEdge, LineageGraph, LineageNode, LineagePaths, NodeId } from './contract/lineage.ts'
export type { ApiError, Computed, Definitions, Kind, Pagination, QueryToken } from './contract/object.ts'
export type { OnlineAnswer, OnlineCell, OnlineInputs, OnlineRequest, OnlineStatus, OnlineTwin, ReasonCode } from './contract/online.ts'
export type { PermissionExplanation } from './contract/permission.ts'
export type {
  ApplyAnswer,
  ApplyRequest,
  Change,
  ChangesAnswer,
  FieldChange,
  Plan,
  PlannedChange,
  PlanRequest,
  PlanWarning,
  VersionsAnswer,
} from './contract/plan.ts'
export type { Coverage, CoverageSegment, Run, RunEstimate, RunPart, RunRequest, RunState, RunsAnswer } from './contract/run.ts'
export type { SearchAnswer, SearchHit } from './contract/search.ts'
export type { Status, StoreStatus } from './contract/status.ts'
export type { Usage } from './contract/usage.ts'
export type { FeatureStatistics, PreviewAnswer, PreviewRequest, StatisticsAnswer, Value, ValueColumn } from './contract/value.ts'
