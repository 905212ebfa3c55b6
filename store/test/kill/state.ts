import { hasOnlineTable } from '../../src/apply/plan.ts'
import type { Store } from '../../src/index.ts'
import { intervalsOf } from '../../src/registry/interval.ts'
import type { Place } from './place.ts'
import { after } from './repository.ts'

/** What three databases hold, as far as promises were made about it. */
export interface State {
  /** What the registry says, view by view and service by service: the features of each. Empty without the project. */
  readonly registered: readonly string[]
  /** Views that are registered as online and have no table. */
  readonly withoutTable: readonly string[]
  /** Tables that no registered view needs. */
  readonly withoutView: readonly string[]
  /** Services that name a view which is not registered. */
  readonly dangling: readonly string[]
  /** What is served, by view: a text that differs when any value does. A view without a table is not there. */
  readonly served: Readonly<Record<string, string>>
  /** Intervals in the registry, by view. */
  readonly intervals: Readonly<Record<string, readonly string[]>>
  /** Jobs as `view state recorded`, oldest first. */
  readonly jobs: readonly string[]
  /** Rows of the history. */
  readonly history: bigint
}

const contentOf = async ({ online }: Place, table: string): Promise<string> => {
  const { rows } = await online.query<{ content: string | null }>(
    `SELECT string_agg(concat_ws('|', encode(entity_key, 'hex'), feature_name, encode(value, 'hex'), event_ts, created_ts), ',' ORDER BY entity_key, feature_name) AS content
FROM "${table}"`,
  )
  return rows[0]?.content ?? ''
}

/** Reads it all, without a word through the proxy. */
export const readState = async (place: Place, store: Store): Promise<State> => {
  await store.refreshRegistry()
  const [catalog, snapshot] = [await store.catalog(), await store.snapshot()]
  const { rows: tables } = await place.online.query<{ name: string }>(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`)
  const present = tables.map(({ name }) => name.replace(/^rides_/, '')).sort()
  const views = catalog.viewNames().flatMap((name) => catalog.view(name) ?? [])
  const online = views.filter(hasOnlineTable).map(({ name }) => name)
  const services = snapshot.list('feature-service', 'rides')
  const served: Record<string, string> = {}
  for (const name of present) served[name] = await contentOf(place, `rides_${name}`)
  const jobs = await store.online.jobs('rides', { limit: 1000 })
  const { rows: history } = await place.offline.query<{ n: bigint }>('SELECT count(*) AS n FROM trips')
  return {
    registered: [
      ...views.map((view) => `${view.name}: ${view.fields.map((field) => field.name).join(' ')} ${hasOnlineTable(view)}`),
      ...services.map(({ name, message }) => `${name}: ${message.spec?.features.map((each) => each.featureViewName).join(' ')}`),
    ].sort(),
    withoutTable: online.filter((name) => !present.includes(name)),
    withoutView: present.filter((name) => !online.includes(name)),
    dangling: services.flatMap(({ name, message }) =>
      (message.spec?.features ?? []).some(({ featureViewName }) => catalog.view(featureViewName) === undefined) ? [name] : [],
    ),
    served,
    intervals: Object.fromEntries(
      views.map(({ name }) => {
        const stored = snapshot.view('rides', name)
        return [name, stored === undefined ? [] : intervalsOf(stored.message).map(({ start, end }) => `${start}-${end}`)]
      }),
    ),
    jobs: jobs.map(({ view, state, recorded }) => `${view} ${state} ${recorded}`).reverse(),
    history: history[0]?.n ?? 0n,
  }
}

/** Differences between the registry and the repository that an apply makes of it. */
export const pendingDifferences = async (store: Store): Promise<number> =>
  (await store.plan(after, { partial: false, skipSourceValidation: true })).differences.length
