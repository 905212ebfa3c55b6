import { catalogOf, fromClause, quoteIdentifier } from '@charmed-feast/store'
import { bodyOf, list, nullable, string } from '../body.ts'
import { serverError } from '../errors.ts'
import { type AnyRoute, route } from '../route.ts'
import { isoOf } from '../time.ts'
import { checkProject } from './asked.ts'
import { inTime } from './in-time.ts'
import { limits } from './limits.ts'
import { previewedView, shownColumns } from './preview.ts'
import { statisticsOf } from './statistics.ts'

const momentOf = (value: unknown): bigint => (typeof value === 'bigint' ? value : 0n)

/** How the values of a view's newest rows are spread. */
export const statisticsRoute: AnyRoute = route({
  method: 'POST',
  path: '/preview/statistics',
  right: 'preview',
  cost: 'store',
  summary: 'How the values of a view are spread, over the newest rows of its source',
  query: {},
  body: bodyOf({ project: string(), view: string(), features: nullable(list(string(), limits.features)) }),
  handle: async ({ body, rooms, index, caller, signal }) => {
    checkProject(rooms, body.project)
    const { view, source } = previewedView(catalogOf(index.snapshot, body.project), body.view)
    const columns = shownColumns(view, source).filter(({ role, name }) => role === 'feature' && (body.features?.includes(name) ?? true))
    const missing = body.features?.find((name) => !columns.some((column) => column.name === name))
    if (missing !== undefined) throw serverError('SERVER_FEATURE_NOT_FOUND', [missing, body.view, body.project])
    const time = `s.${quoteIdentifier(source.timestampField)}`
    const selected = columns.map(({ source: column }, place) => `s.${quoteIdentifier(column)} AS c${place}`)
    const text = `SELECT ${[`${time}::timestamptz AS at`, ...selected].join(', ')} FROM ${fromClause(source)} ORDER BY ${time} DESC LIMIT ${limits.sampleRows + 1}`
    const { rows } = await inTime(caller, signal, (stop) => rooms.sources.query(text, [], { signal: stop }))
    const sample = rows.slice(0, limits.sampleRows)
    const [newest, oldest] = [sample[0], sample.at(-1)]
    const days = sample.map((row) => isoOf(momentOf(row.at)).slice(0, 10))
    return {
      view: view.name,
      rows: String(sample.length),
      sampled: rows.length > limits.sampleRows,
      from: oldest === undefined ? null : isoOf(momentOf(oldest.at)),
      to: newest === undefined ? null : isoOf(momentOf(newest.at)),
      features: columns.map(({ name, type }, place) =>
        statisticsOf(
          name,
          type,
          sample.map((row, at) => ({ day: days[at] ?? '', value: row[`c${place}`] })),
        ),
      ),
    }
  },
})
