import type { Store, StoreConfig } from '@charmed-feast/store'
import type { Caller, Policy, Right } from './decision.ts'
import type { EventHub } from './event/hub.ts'
import type { JsonSchema } from './json.ts'
import type { Parameters, QueryOf } from './query.ts'
import type { Records } from './record/records.ts'
import type { RegistryFeed } from './registry/feed.ts'
import type { RegistryIndex } from './registry/registry-index.ts'
import type { Runner } from './run/runner.ts'
import type { SourceReader } from './value/source-reader.ts'

/** What handlers work with: one for the life of a server. */
export interface Rooms {
  readonly store: Store
  readonly config: StoreConfig
  readonly feed: RegistryFeed
  readonly decide: Policy
  readonly runner: Runner
  readonly records: Records
  readonly events: EventHub
  readonly sources: SourceReader
  /** Microseconds since 1970 (UTC). */
  readonly now: () => bigint
  readonly startedAt: bigint
  /** Whether pages are served beside the API: then what is not configured is empty rather than an error, for pages show errors. */
  readonly besidePages: boolean
  /** Says what went wrong behind an answer that was given all the same. */
  readonly report: (error: unknown) => void
}

/** One request as its handler sees it. */
export interface Call<Query = unknown, Body = unknown> {
  readonly rooms: Rooms
  readonly caller: Caller
  readonly query: Query
  /** The parts of the path, by name, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly body: Body
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The registry as the answer shows it. */
  readonly index: RegistryIndex
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** What the page's writes have to carry; `null` where nothing may be written. */
  readonly token: string | null
}

/** An answer that is more than a body with 200. */
export class Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status
    this.body = body
    this.headers = headers
  }
}

/**
 * What an answer costs. `snapshot`: it follows from the registry and the URL alone, so the registry's version is its ETag.
 * `memory`: from what is at hand, and the clock. `store`: it asks a database. `stream`: it stays open.
 */
export type Cost = 'snapshot' | 'memory' | 'store' | 'stream'

/** One row of the table of routes. */
export interface Route<P extends Parameters = Parameters, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** As OpenAPI writes it: `/entities/{name}`. */
  readonly path: string
  readonly right: Right
  readonly cost: Cost
  readonly summary: string
  readonly query: P
  /** The schema of the body, and how it is read; none where the body does not count. */
  readonly body?: BodyReader<Body>
  readonly handle: (call: Call<QueryOf<P>, Body>) => unknown
}

/** Reads a parsed JSON body. Throws SERVER_REQUEST_INVALID that names everything wrong. */
export interface BodyReader<Body> {
  readonly schema: JsonSchema
  readonly read: (body: unknown) => Body
}

/** A route of any parameters: what the table holds. */
export interface AnyRoute extends Omit<Route, 'handle'> {
  readonly handle: (call: Call<Readonly<Record<string, unknown>>, unknown>) => unknown
}

/** Makes a row; what the handler gets is typed by the parameters and the body beside it. */
export const route = <const P extends Parameters, Body = undefined>(row: Route<P, Body>): AnyRoute =>
  // The server reads query and body by this row's own parameters before it calls this row's handler.
  row as unknown as AnyRoute
