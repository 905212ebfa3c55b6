import type { ObjectRef } from './object.ts'
import type { Run } from './run.ts'

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
