import type { Right } from './decision.ts'
import { errors } from './errors.ts'
import type { JsonObject, JsonSchema } from './json.ts'
import type { AnyRoute } from './route.ts'

/** What a route needs, in words. */
const rights: Readonly<Record<Right, string>> = {
  open: 'Open to everybody.',
  describe: 'Reads definitions.',
  plan: 'Reads definitions.',
  preview: 'Reads stored values; needs --allow-data.',
  online: 'Reads values online; needs --allow-data.',
  write: 'Changes definitions; needs --allow-writes.',
  run: 'Starts or ends work; needs --allow-writes.',
  sql: 'Sends SQL; needs --allow-sql.',
}

const errorSchema: JsonSchema = {
  type: 'object',
  required: ['status_code', 'detail', 'error_type'],
  properties: {
    status_code: { type: 'integer' },
    detail: { type: 'string' },
    error_type: { type: 'string' },
    code: { type: 'string', description: 'A code of docs/reference/rest.md or of the store' },
    request_id: { type: 'string' },
    needed_role: { type: 'string' },
    registry_version: { type: 'string' },
  },
}

const pathParameters = (path: string): readonly JsonObject[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))

const queryParameters = ({ query }: AnyRoute): readonly JsonObject[] =>
  Object.entries(query).map(([name, { schema, required, description }]) => ({
    ...{ name, in: 'query', required, schema },
    ...(description === undefined ? {} : { description }),
  }))

const operationId = ({ method, path }: AnyRoute): string =>
  `${method.toLowerCase()}${path.replaceAll(/[{}]/g, '').replaceAll(/[/_-](\w)/g, (_, letter: string) => letter.toUpperCase())}`

const operation = (row: AnyRoute): JsonObject => ({
  operationId: operationId(row),
  summary: row.summary,
  description: rights[row.right],
  parameters: [...pathParameters(row.path), ...queryParameters(row)],
  ...(row.body === undefined ? {} : { requestBody: { required: true, content: { 'application/json': { schema: row.body.schema } } } }),
  responses: {
    '200': { description: row.cost === 'stream' ? 'Server-sent events' : 'The answer' },
    default: { description: 'What went wrong', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } },
  },
})

/**
 * The API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.1.html), out of the table of routes alone.
 *
 * @example
 * await writeFile('docs/reference/openapi.json', JSON.stringify(openApi(routes), null, 2))
 */
export const openApi = (table: readonly AnyRoute[]): JsonObject => {
  const paths = [...Map.groupBy(table, ({ path }) => path)].toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    openapi: '3.1.1',
    info: {
      title: 'Charmed Feast registry',
      version: '0.1.0',
      description: `Feast 0.67's REST registry API, and what the pages need beyond it. Errors: ${Object.keys(errors).join(', ')}.`,
    },
    servers: [{ url: '/api/v1' }],
    paths: Object.fromEntries(
      paths.map(([path, rows]) => [path, Object.fromEntries(rows.map((row) => [row.method.toLowerCase(), operation(row)]))]),
    ),
    components: { schemas: { Error: errorSchema } },
  }
}
