import type { Action } from '@charmed-feast/charm'

import { decide, versionInUse } from '../decision.ts'
import type { EntityKeyVersion, FeatureStore } from '../feature-store.ts'
import type { Metadata } from '../metadata.ts'
import { type Observation, observe } from '../observation.ts'
import { reconcile } from '../reconcile.ts'
import { inTransaction, withConnection } from './connection.ts'
import { explaining } from './failure.ts'
import { listOnlineTables, rewriteTable, type TableCount } from './online-table.ts'

/** What is to be done, or why nothing can be. */
type Plan =
  | { readonly kind: 'migrate'; readonly store: FeatureStore; readonly from: EntityKeyVersion; readonly to: EntityKeyVersion }
  | { readonly kind: 'refused'; readonly why: string }

const plan = (observation: Observation): Plan => {
  const refuse = (why: string): Plan => ({ kind: 'refused', why })
  if (!observation.leader) return refuse('only the leader publishes: run this on feast-integrator/leader')
  const { decision } = decide(observation)
  if (decision.kind !== 'publish') return refuse('the stores are not all there: see the status of this unit for what is missing')
  const from = versionInUse(observation)
  const to = decision.settings.entityKeyVersion
  if (observation.access.kind === 'own')
    return refuse('each namespace has online tables of its own, which this application may not read: materialize anew there')
  if (from === null) return refuse('nothing was published yet: the option entity-key-serialization-version alone decides')
  if (from === to)
    return refuse(`option entity-key-serialization-version is ${to}, as the online store: set it to the version that you want`)
  return { kind: 'migrate', store: decision.store, from, to }
}

const describe = ({ table, rewritten, same, unknown }: TableCount): string =>
  `${table}: ${rewritten} to rewrite, ${same} done already${unknown === 0 ? '' : `, ${unknown} that are no keys of Feast`}`

const sum = (counts: readonly TableCount[], of: 'rewritten' | 'same' | 'unknown'): number =>
  counts.reduce((total, count) => total + count[of], 0)

const rewriteAll = (store: FeatureStore, { version, dryRun }: { readonly version: EntityKeyVersion; readonly dryRun: boolean }) =>
  withConnection(store.onlineStore, ({ client }) =>
    inTransaction(client, dryRun ? 'isolation level repeatable read, read only' : 'read write', async () => {
      const counts: TableCount[] = []
      for (const table of await listOnlineTables(client)) counts.push(await rewriteTable(client, { table, version, dryRun }))
      if (counts.some(({ unknown }) => unknown > 0)) await client.query('rollback and chain')
      return counts
    }),
  )

/**
 * Rewrites the online store to the version of entity keys that is configured, and publishes it. By default it only counts.
 *
 * @example
 * // juju run feast-integrator/leader migrate-entity-keys dry-run=false
 */
export const migrateEntityKeys = async (action: Action<Metadata>): Promise<void> => {
  const observation = await observe(action.hook)
  const planned = plan(observation)
  if (planned.kind === 'refused') return action.fail(planned.why)
  const { store, from, to } = planned
  const dryRun = action.params['dry-run'] !== false
  const counts = await explaining('online-store', () => rewriteAll(store, { version: to, dryRun }))
  const foreign = counts.filter(({ unknown }) => unknown > 0).map(({ table }) => table)
  const refused = !dryRun && foreign.length > 0
  if (!dryRun && !refused) await action.apply(reconcile({ ...observation, rewrittenTo: to }))
  const done = dryRun ? 'nothing was changed: run it again with dry-run=false' : 'rewritten and published'
  await action.set({
    from: String(from),
    to: String(to),
    outcome: refused ? 'nothing was changed' : done,
    keys: String(sum(counts, 'rewritten')),
    'done-already': String(sum(counts, 'same')),
    unknown: String(sum(counts, 'unknown')),
    tables: counts.map(describe).join('\n'),
  })
  if (refused) await action.fail(`${foreign.join(', ')}: some keys there are none of Feast; nothing was changed`)
}
