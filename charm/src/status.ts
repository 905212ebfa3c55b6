/** How an application or unit does. `error` and `unknown` are Juju's own: a charm can read, but not set them. */
export type StatusKind = 'error' | 'blocked' | 'maintenance' | 'waiting' | 'active' | 'unknown'

/** A status with its message; `active` needs none. */
export interface Status {
  readonly kind: StatusKind
  readonly message: string
}

const priority: readonly StatusKind[] = ['error', 'blocked', 'maintenance', 'waiting', 'active', 'unknown']

/**
 * It works.
 *
 * @example
 * active() // { kind: 'active', message: '' }
 */
export const active = (message = ''): Status => ({ kind: 'active', message })

/**
 * A person has to do something; the message says what.
 *
 * @example
 * blocked('Please add the missing relation: registry')
 */
export const blocked = (message: string): Status => ({ kind: 'blocked', message })

/**
 * The charm is at work.
 *
 * @example
 * maintenance('copying the registry')
 */
export const maintenance = (message: string): Status => ({ kind: 'maintenance', message })

/**
 * Something else has to happen first, and will by itself; the message says what.
 *
 * @example
 * waiting('Waiting for registry relation data')
 */
export const waiting = (message: string): Status => ({ kind: 'waiting', message })

/**
 * The status that a person should see of several: error before blocked, maintenance, waiting, active, unknown; of equals the first.
 * `null` when there is none.
 *
 * @example
 * worstStatus([active(), waiting('a'), blocked('b')]) // { kind: 'blocked', message: 'b' }
 */
export const worstStatus = (statuses: readonly Status[]): Status | null =>
  statuses.reduce<Status | null>(
    (worst, status) => (worst === null || priority.indexOf(status.kind) < priority.indexOf(worst.kind) ? status : worst),
    null,
  )
