import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bodyOf, boolean, list, nullable, record, string, withDefault } from '../body.ts'
import { serverError } from '../errors.ts'
import { oneOf } from '../query.ts'
import { Answer, type AnyRoute, route } from '../route.ts'
import { checkProject, decodeRows, resolveNamed } from './asked.ts'
import { timed } from './historical.ts'
import { inTime } from './in-time.ts'
import { limits } from './limits.ts'

/** Spreadsheets run what begins with these: such cells are quoted as text. */
const formula = /^[=+\-@\t\r]/
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A CSV file (RFC 4180) in which no cell is a formula. */
export const safeCsv = (header: readonly string[], rows: readonly (readonly unknown[])[]): string => {
  const cell = (value: unknown): string => {
    if (value === null || value === undefined) return ''
    const text = value instanceof Date ? value.toISOString() : typeof value === 'object' ? JSON.stringify(value) : String(value)
    const told = formula.test(text) && !number.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(told) || told === '' ? `"${told.replaceAll('"', '""')}"` : told
  }
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

/** A training set as a file. */
export const exportRoute: AnyRoute = route({
  method: 'POST',
  path: '/historical/export',
  right: 'preview',
  cost: 'store',
  summary: 'A training set of the rows sent, as a file',
  query: { format: oneOf(['csv', 'parquet'], 'csv') },
  body: bodyOf({
    project: string(),
    features: nullable(list(string(), limits.features)),
    feature_service: nullable(string()),
    rows: nullable(list(record(), limits.exportRows)),
    sql: nullable(string()),
    source: nullable(string()),
    full_feature_names: withDefault(boolean(), false),
  }),
  handle: async ({ body, query, rooms, index, caller, signal }) => {
    checkProject(rooms, body.project)
    if (body.sql !== null || body.source !== null)
      throw serverError('SERVER_NOT_SUPPORTED', ['choose rows by SQL or by a source', 'send the rows'])
    const { asked, request } = resolveNamed(index, body, body.full_feature_names)
    const entityRows = timed(decodeRows(body.rows ?? [], request))
    const file = (type: string) => ({
      'content-type': type,
      'content-disposition': `attachment; filename="training.${query.format}"`,
      'cache-control': 'no-store',
    })
    return await inTime(caller, signal, async (stop) => {
      const set = await rooms.store.readHistorical(asked, { entityRows }, { fullFeatureNames: body.full_feature_names, signal: stop })
      if (query.format === 'csv') {
        const names = (await set.header()).map(({ name }) => name)
        const rows = (await set.toRows()).map((row) => names.map((name) => row[name]))
        return new Answer(200, Buffer.from(safeCsv(names, rows)), file('text/csv; charset=utf-8'))
      }
      const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-export-'))
      try {
        await set.toParquet(join(folder, 'training.parquet'))
        return new Answer(200, await readFile(join(folder, 'training.parquet')), file('application/vnd.apache.parquet'))
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
  },
})
