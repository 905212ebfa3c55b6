/**
 * What a route lets one do. `describe`: read definitions. `preview`: read stored values offline. `online`: read values online.
 * `plan`: see what a change would do. `write`: change definitions. `run`: start and cancel runs. `sql`: send SQL.
 * `open`: needs nothing, as a health check.
 */
export type Right = 'open' | 'describe' | 'plan' | 'preview' | 'online' | 'write' | 'run' | 'sql'

/** Who asks. */
export interface Caller {
  /** `null`: nobody whom we believe. */
  readonly user: string | null
  readonly roles: readonly string[]
}

/** What is asked. */
export interface Question {
  readonly right: Right
  readonly caller: Caller
  /** `null` where the route is about no project, or about all. */
  readonly project: string | null
  readonly path: string
}

/** The answer; a refusal says why, which setting would open it, and which role. */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly why: string; readonly setting: string | null; readonly role: string | null }

/** Decides. Roles come later: they replace this function and nothing else. */
export type Policy = (question: Question) => Decision

/** What the command line opens, one thing each. All are closed unless told. */
export interface Openings {
  readonly data: boolean
  readonly writes: boolean
  readonly sql: boolean
  /** Whether users are known by a gateway: then nobody unknown changes anything. */
  readonly identified: boolean
}

const allowed: Decision = { allowed: true }
const closed = (what: string, setting: string): Decision => ({
  allowed: false,
  why: `${what} is off on this server; it is turned on with ${setting}`,
  setting,
  role: null,
})

/**
 * The policy of a server without roles: definitions are read by everybody, everything else is opened by a switch of its own, and where
 * a gateway tells who people are, only people whom it tells of change anything.
 *
 * @example
 * openingsPolicy({ data: false, writes: false, sql: false, identified: false })({ right: 'write', caller, project: 'demo', path: '/apply' }).allowed // false
 */
export const openingsPolicy =
  (openings: Openings): Policy =>
  ({ right, caller }) => {
    switch (right) {
      case 'open':
      case 'describe':
      case 'plan':
        return allowed
      case 'preview':
      case 'online':
        return openings.data ? allowed : closed('reading stored values', '--allow-data')
      case 'sql':
        return openings.sql && openings.data ? allowed : closed('SQL from a browser', '--allow-sql')
      case 'write':
      case 'run':
        if (!openings.writes) return closed('changing anything', '--allow-writes')
        if (openings.identified && caller.user === null)
          return { allowed: false, why: 'nobody vouches for you; anonymous users only read', setting: null, role: 'editor' }
        return allowed
    }
  }
