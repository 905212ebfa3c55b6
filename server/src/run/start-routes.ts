import { intervalsOf } from '@charmed-feast/store'
import { bodyOf, boolean, list, nullable, string, withDefault, word } from '../body.ts'
import { serverError } from '../errors.ts'
import { parseMoment } from '../query.ts'
import type { ProjectIndex } from '../registry/registry-index.ts'
import { Answer, type AnyRoute, route } from '../route.ts'
import { isoOf } from '../time.ts'
import type { RunOrder } from './stored-run.ts'

const viewLimit = 200

const body = bodyOf({
  project: string(),
  views: list(string(), viewLimit),
  mode: word('range', 'incremental'),
  start: nullable(string()),
  end: nullable(string()),
  dry_run: withDefault(boolean(), false),
})

const momentOf = (name: string, value: string | null, fallback: bigint | undefined): bigint => {
  const read = value === null ? fallback : parseMoment(value)
  if (read === undefined) throw serverError('SERVER_VALUE_INVALID', [name, value ?? '', 'it has to be an ISO 8601 time'])
  return read
}

const spansOf = (index: ProjectIndex, view: string) => {
  const stored = index.view(view)?.stored
  return stored === undefined ? [] : intervalsOf(stored.message)
}

/** Seconds of a range that were loaded already, each once. */
const coveredSeconds = (spans: readonly { readonly start: bigint; readonly end: bigint }[], start: bigint, end: bigint): number => {
  let [at, covered] = [start, 0n]
  for (const span of spans.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const [from, to] = [span.start > at ? span.start : at, span.end < end ? span.end : end]
    if (to <= from) continue
    covered += to - from
    at = to
  }
  return Number(covered) / 1e6
}

const materializable = (index: ProjectIndex, name: string): void => {
  const view = index.get('feature-view', name) ?? index.get('stream-feature-view', name)
  if (view === undefined) throw serverError('SERVER_OBJECT_NOT_FOUND', ['Feature view', name, index.name])
  if (view.stored.message.spec?.online !== true) throw serverError('SERVER_VALUE_INVALID', ['view', name, 'it is not served online'])
}

const startRoute = route({
  method: 'POST',
  path: '/runs',
  right: 'run',
  cost: 'store',
  summary: 'Loads views into the online store',
  query: {},
  body,
  handle: async ({ body: asked, index, rooms, caller }) => {
    const project = index.project(asked.project)
    if (asked.views.length === 0) throw serverError('SERVER_VALUE_INVALID', ['views', '', 'name at least one'])
    for (const view of asked.views) materializable(project, view)
    const end = momentOf('end', asked.end, asked.mode === 'incremental' ? rooms.now() : undefined)
    const lasts = asked.views.flatMap((view) => spansOf(project, view).map((span) => span.end))
    const last = lasts.toSorted((a, b) => (a < b ? -1 : 1)).at(-1)
    const start = momentOf('start', asked.start, asked.mode === 'incremental' ? (last ?? end) : undefined)
    if (end < start) throw serverError('SERVER_VALUE_INVALID', ['range', isoOf(start), 'it ends before it begins'])
    const order: RunOrder = { project: asked.project, views: asked.views, mode: asked.mode, start, end, user: caller.user }
    if (!asked.dry_run) return new Answer(201, (await rooms.runner.start(order)).json)
    const views = asked.views.map((view) => {
      const covered = coveredSeconds(spansOf(project, view), start, end)
      return { view, start: isoOf(start), end: isoOf(end), rows: null, exact: false, coveredSeconds: covered }
    })
    const full = views.filter((each) => each.coveredSeconds >= Number(end - start) / 1e6)
    return { views, rows: null, secondsExpected: null, warnings: full.map(({ view }) => `${view} is loaded for all of this range already`) }
  },
})

const cancelRoute = route({
  method: 'DELETE',
  path: '/runs/{id}',
  right: 'run',
  cost: 'store',
  summary: 'Cancels a run',
  query: {},
  handle: async ({ path: { id = '' }, rooms }) => new Answer(202, (await rooms.runner.cancel(id)).json),
})

/** Starting runs and cancelling them. */
export const startRoutes: readonly AnyRoute[] = [startRoute, cancelRoute]
