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
