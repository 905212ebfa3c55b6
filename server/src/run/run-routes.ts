import { serverError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import { kindWord } from '../object/kind-word.ts'
import { compileQuery, subjectOf } from '../object/match.ts'
import { alwaysPageOf } from '../page.ts'
import { integer, moment, neededText, oneOf, text } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import type { RestObject } from '../registry/rest-object.ts'
import { type AnyRoute, type Rooms, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { coverageOf, type Span } from './coverage.ts'
import { type Freshness, type FreshnessState, freshnessOf } from './freshness.ts'
import { runsOf } from './records.ts'
import type { Run } from './run.ts'

const page = { page: integer({ fallback: 1, least: 1 }), limit: integer({ fallback: 50, least: 1, most: 100 }) }
const states = ['fresh', 'ageing', 'late', 'never', 'unknown'] as const

interface Row {
  readonly view: RestObject
  readonly index: ProjectIndex
  readonly freshness: Freshness
}

const rowsOf = (index: ProjectIndex, now: bigint): readonly Row[] =>
  [...index.list('feature-view'), ...index.list('stream-feature-view')].flatMap((view) => {
    const freshness = freshnessOf(view, now)
    return freshness === undefined ? [] : [{ view, index, freshness }]
  })

const isOnline = ({ stored: { message } }: RestObject): boolean =>
  (message.$typeName === 'feast.core.FeatureView' || message.$typeName === 'feast.core.StreamFeatureView') && message.spec?.online === true

const rowJson = ({ view, freshness }: Row, lastRun: Run | undefined): JsonObject => {
  const { lastEvent, ...rest } = freshness
  return {
    ...{
      view: view.name,
      kind: kindWord(view.kind),
      project: view.project,
      owner: view.head.owner,
      tags: view.head.tags,
      online: isOnline(view),
    },
    ...rest,
    lastEvent: lastEvent === null ? null : isoOf(lastEvent),
    lastEventFrom: lastEvent === null ? null : 'interval',
    lastRun: lastRun?.json ?? null,
  }
}

/** How far beyond what is allowed: late ones first, then what never ran, then the rest by age. */
const lateness = ({ freshness: { state, ageSeconds, allowedSeconds } }: Row): number => {
  if (state === 'never') return 1e15
  if (ageSeconds === null) return -1e15
  return allowedSeconds === null ? -1e12 + ageSeconds / 1e6 : ageSeconds - allowedSeconds
}

const order = (by: string): ((a: Row, b: Row) => number) => {
  if (by === 'view') return (a, b) => (a.view.name < b.view.name ? -1 : 1)
  if (by === 'owner') return (a, b) => (a.view.head.owner < b.view.head.owner ? -1 : 1)
  if (by === 'age') return (a, b) => (b.freshness.ageSeconds ?? -1) - (a.freshness.ageSeconds ?? -1)
  return (a, b) => Number(b.freshness.state === 'late') - Number(a.freshness.state === 'late') || lateness(b) - lateness(a)
}

const freshnessRoute = route({
  method: 'GET',
  path: '/freshness',
  right: 'describe',
  cost: 'store',
  summary: 'How old the online values of views are, late ones first',
  query: {
    project: text('One project; all when left out'),
    state: oneOf(states, undefined),
    view: text('One view'),
    q: text('A token query'),
    sort_by: oneOf(['lateness', 'view', 'age', 'owner'], 'lateness'),
    sort_order: oneOf(['asc', 'desc'], 'asc'),
    ...page,
  },
  handle: async ({ query, index, rooms }) => {
    const now = rooms.now()
    const names = query.project === undefined || query.project === '' ? index.projects.map(({ name }) => name) : [query.project]
    const rows = names.flatMap((name) => rowsOf(index.project(name), now))
    const count = (state: FreshnessState): number => rows.filter((row) => row.freshness.state === state).length
    const matches = query.q === undefined || query.q.trim() === '' ? undefined : compileQuery(query.q, now)
    const kept = rows
      .filter(({ freshness }) => query.state === undefined || freshness.state === query.state)
      .filter(({ view }) => query.view === undefined || query.view === '' || view.name === query.view)
      .filter((row) => matches === undefined || matches(subjectOf(row.view, row.index)))
      .toSorted(order(query.sort_by))
    const { items, pagination } = alwaysPageOf(query.sort_order === 'desc' ? kept.toReversed() : kept, query)
    const runs = await lastRuns(rooms, items)
    return {
      at: isoOf(now),
      freshness: items.map((row) => rowJson(row, runs.get(`${row.view.project}\0${row.view.name}`))),
      counts: Object.fromEntries(states.map((state) => [state, count(state)])),
      pagination,
    }
  },
})

const lastRuns = async (rooms: Rooms, rows: readonly Row[]): Promise<ReadonlyMap<string, Run>> => {
  const found = new Map<string, Run>()
  for (const index of new Set(rows.map((row) => row.index))) {
    const runs = await runsOf(rooms, index).catch((error: unknown) => {
      rooms.report(error) // the ages are known without the store
      return []
    })
    for (const run of runs) for (const view of run.views) if (!found.has(`${index.name}\0${view}`)) found.set(`${index.name}\0${view}`, run)
  }
  return found
}

const runsRoute = route({
  method: 'GET',
  path: '/runs',
  right: 'describe',
  cost: 'store',
  summary: 'The materializations of a project, newest first',
  query: {
    project: neededText('The project'),
    view: text('Only runs of a view'),
    state: oneOf(['queued', 'running', 'cancelling', 'succeeded', 'failed', 'cancelled', 'lost'], undefined),
    ...page,
  },
  handle: async ({ query, index, rooms }) => {
    const runs = (await runsOf(rooms, index.project(query.project)))
      .filter((run) => query.view === undefined || query.view === '' || run.views.includes(query.view))
      .filter(({ state }) => query.state === undefined || state === query.state)
    const { items, pagination } = alwaysPageOf(runs, query)
    return { runs: items.map(({ json }) => json), pagination }
  },
})

/** A run by its id, in whichever project. @throws SERVER_RECORD_NOT_FOUND */
const runRoute = route({
  method: 'GET',
  path: '/runs/{id}',
  right: 'describe',
  cost: 'store',
  summary: 'One materialization',
  query: {},
  handle: async ({ path: { id = '' }, index, rooms }) => {
    for (const { name } of index.projects) {
      const run = (await runsOf(rooms, index.project(name))).find((each) => each.id === id)
      if (run !== undefined) return run.json
    }
    throw serverError('SERVER_RECORD_NOT_FOUND', ['Run', id])
  },
})

const month = 30n * 86_400_000_000n

const coverageRoute = route({
  method: 'GET',
  path: '/coverage',
  right: 'describe',
  cost: 'store',
  summary: 'Which part of a range of event time is in the online store',
  query: {
    project: neededText('The project'),
    view: neededText('The view'),
    from: moment('The last 30 days when left out'),
    to: moment('Now when left out'),
  },
  handle: async ({ query, index, rooms }) => {
    const found = index.project(query.project)
    if (found.view(query.view) === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', ['Feature view', query.view, query.project])
    const end = query.to ?? rooms.now()
    const start = query.from ?? end - month
    if (start >= end) throw serverError('SERVER_VALUE_INVALID', ['range', isoOf(start), 'it ends before it begins'])
    const runs = (await runsOf(rooms, found)).filter(({ views }) => views.includes(query.view))
    const spans = (...wanted: readonly string[]): readonly Span[] =>
      runs.filter(({ state }) => wanted.includes(state)).map(({ id, ...run }) => ({ start: run.start, end: run.end, run: id }))
    const segments = coverageOf(
      { start, end },
      { done: spans('succeeded'), running: spans('running', 'queued', 'cancelling'), failed: spans('failed', 'lost') },
    )
    const seconds = (state: string): number =>
      segments.filter((segment) => segment.state === state).reduce((sum, segment) => sum + Number(segment.end - segment.start) / 1e6, 0)
    return {
      view: query.view,
      from: isoOf(start),
      to: isoOf(end),
      segments: segments.map((segment) => ({ ...segment, start: isoOf(segment.start), end: isoOf(segment.end) })),
      coveredSeconds: seconds('covered'),
      gapSeconds: seconds('gap') + seconds('failed'),
    }
  },
})

/** What is read of materialization: ages, runs, coverage. */
export const runRoutes: readonly AnyRoute[] = [freshnessRoute, runsRoute, runRoute, coverageRoute]
