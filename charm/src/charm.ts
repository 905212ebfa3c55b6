import type { Action } from './action.ts'
import type { Desired } from './desired.ts'
import type { Hook } from './hook.ts'
import type { CharmMetadata } from './metadata.ts'

/**
 * A charm: what it declares, how it looks at the world, and what it wants. Every hook leads to the same two functions.
 *
 * `observe` reads, and writes nothing; a read that fails gives the unit a waiting status, and nothing else is touched.
 * `reconcile` is pure: the same observation always gives the same wish. The framework writes what differs.
 */
export interface Charm<Metadata extends CharmMetadata, Observed> {
  readonly metadata: Metadata
  readonly observe: (hook: Hook<Metadata>) => Promise<Observed>
  readonly reconcile: (observed: Observed) => Desired<Metadata>
  /** By name, as `actions.yaml` has them. */
  readonly actions?: Readonly<Record<string, (action: Action<Metadata>) => Promise<void>>>
}

/**
 * Declares a charm; the types of its endpoints, containers, options and observation come by inference.
 *
 * @example
 * const charm = defineCharm({
 *   metadata: { name: 'hello', requires: { db: { interface: 'postgresql_client' } } },
 *   observe: async (hook) => ({ databases: await hook.relations('db', ['remoteApp']) }),
 *   reconcile: ({ databases }) => ({
 *     relations: databases.map((relation) => ({ relation, app: { database: 'hello' } })),
 *     unitStatus: [databases.length === 0 ? blocked('Please add the missing relation: db') : active()],
 *   }),
 * })
 */
export const defineCharm = <const Metadata extends CharmMetadata, Observed>(charm: Charm<Metadata, Observed>): Charm<Metadata, Observed> =>
  charm
