import type { OnlineInputs, Value } from '../../api/contract.ts'
import { isNumeric } from '../../format/value.ts'
import type { Language } from '../../part/code-words.ts'
import { quotePython, quoteShell, quoteTypescript } from './quote.ts'

/** What is to be read: a service, or features by reference. */
export interface Selection {
  readonly service: string | null
  readonly features: readonly string[]
}

export type EntityRow = Readonly<Record<string, Value>>

export interface Snippet {
  readonly name: string
  readonly language: Language
  readonly text: string
}

export interface SnippetRequest {
  readonly selection: Selection
  readonly rows: readonly EntityRow[]
  readonly inputs: OnlineInputs['inputs']
  readonly fullFeatureNames: boolean
}

type Types = ReadonlyMap<string, string>

function typesOf({ inputs }: SnippetRequest): Types {
  return new Map(inputs.map(({ name, type }) => [name, type]))
}

/** An example for a type, where nobody has typed a value yet. */
function exampleOf(type: string): Value {
  if (type === 'INT64') return '1001'
  if (type === 'BOOL') return true
  return isNumeric(type) ? 1 : 'a'
}

function rowsOf(request: SnippetRequest): readonly EntityRow[] {
  if (request.rows.length > 0) return request.rows
  return [Object.fromEntries(request.inputs.map(({ name, type }) => [name, exampleOf(type)]))]
}

/** A 64-bit integer travels as text: a bare number in Python and JSON, a bigint in TypeScript. */
function isInteger(value: Value, type: string | undefined): value is string {
  return typeof value === 'string' && (type === 'INT64' || type === 'INT32') && /^-?\d+$/.test(value)
}

function pythonValue(value: Value, type: string | undefined): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (isInteger(value, type)) return value
  if (typeof value === 'string') return quotePython(value)
  return JSON.stringify(value)
}

function typescriptValue(value: Value, type: string | undefined): string {
  if (isInteger(value, type)) return type === 'INT64' ? `${value}n` : value
  return typeof value === 'string' ? quoteTypescript(value) : JSON.stringify(value)
}

function jsonValue(value: Value, type: string | undefined): string {
  return isInteger(value, type) ? value : JSON.stringify(value)
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quoteTypescript(name)
}

function typescriptList(refs: readonly string[]): string {
  if (refs.length < 3) return `[${refs.map(quoteTypescript).join(', ')}]`
  return `[\n${refs.map((ref) => `    ${quoteTypescript(ref)},`).join('\n')}\n  ]`
}

function pythonList(refs: readonly string[], indent: string): string {
  if (refs.length < 3) return `[${refs.map(quotePython).join(', ')}]`
  return `[\n${refs.map((ref) => `${indent}    ${quotePython(ref)},`).join('\n')}\n${indent}]`
}

function python(request: SnippetRequest): string {
  const { selection, fullFeatureNames } = request
  const types = typesOf(request)
  const rows = rowsOf(request).map(
    (row) =>
      `        {${Object.entries(row)
        .map(([key, value]) => `${quotePython(key)}: ${pythonValue(value, types.get(key))}`)
        .join(', ')}},`,
  )
  const features =
    selection.service === null ? pythonList(selection.features, '    ') : `store.get_feature_service(${quotePython(selection.service)})`
  return [
    'from feast import FeatureStore',
    '',
    'store = FeatureStore()',
    'vectors = store.get_online_features(',
    `    features=${features},`,
    `    entity_rows=[\n${rows.join('\n')}\n    ],`,
    ...(fullFeatureNames ? ['    full_feature_names=True,'] : []),
    ').to_dict()',
  ].join('\n')
}

function typescript(request: SnippetRequest): string {
  const { selection, fullFeatureNames } = request
  const types = typesOf(request)
  const rows = rowsOf(request).map(
    (row) =>
      `    { ${Object.entries(row)
        .map(([key, value]) => `${property(key)}: ${typescriptValue(value, types.get(key))}`)
        .join(', ')} },`,
  )
  const features =
    selection.service === null ? typescriptList(selection.features) : `await store.service(${quoteTypescript(selection.service)})`
  return [
    "import { openStore } from '@charmed-feast/store'",
    '',
    'await using store = await openStore()',
    'const { rows, statuses } = await store.getOnlineFeatures({',
    `  features: ${features},`,
    `  entityRows: [\n${rows.join('\n')}\n  ],`,
    ...(fullFeatureNames ? ['  fullFeatureNames: true,'] : []),
    '})',
  ].join('\n')
}

function body(request: SnippetRequest): string {
  const { selection, fullFeatureNames } = request
  const types = typesOf(request)
  const rows = rowsOf(request)
  const names = Object.keys(rows[0] ?? {})
  const columns = names.map(
    (name) => `${JSON.stringify(name)}: [${rows.map((row) => jsonValue(row[name] ?? null, types.get(name))).join(', ')}]`,
  )
  const asked =
    selection.service === null
      ? `"features": ${JSON.stringify(selection.features)}`
      : `"feature_service": ${JSON.stringify(selection.service)}`
  return `{${asked}, "entities": {${columns.join(', ')}}, "full_feature_names": ${fullFeatureNames}}`
}

function curl(request: SnippetRequest): string {
  return [
    'curl -sS -X POST http://127.0.0.1:6566/get-online-features \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d ${quoteShell(body(request))}`,
  ].join('\n')
}

function grpcValue(value: Value, type: string | undefined): string {
  if (isInteger(value, type)) return type === 'INT64' ? `{"int64Val": "${value}"}` : `{"int32Val": ${value}}`
  if (typeof value === 'number') return `{"doubleVal": ${value}}`
  if (typeof value === 'boolean') return `{"boolVal": ${value}}`
  return `{"stringVal": ${JSON.stringify(value)}}`
}

function grpc(request: SnippetRequest): string {
  const { selection, fullFeatureNames } = request
  const types = typesOf(request)
  const rows = rowsOf(request)
  const entities = Object.keys(rows[0] ?? {}).map(
    (name) => `${JSON.stringify(name)}: {"val": [${rows.map((row) => grpcValue(row[name] ?? null, types.get(name))).join(', ')}]}`,
  )
  const asked =
    selection.service === null
      ? `"features": {"val": ${JSON.stringify(selection.features)}}`
      : `"featureService": ${JSON.stringify(selection.service)}`
  const message = `{${asked}, "entities": {${entities.join(', ')}}, "fullFeatureNames": ${fullFeatureNames}}`
  return [`grpcurl -plaintext -d ${quoteShell(message)} \\`, '  127.0.0.1:50051 feast.serving.ServingService/GetOnlineFeatures'].join('\n')
}

/** Reading online, in every way one may. */
export function onlineSnippets(request: SnippetRequest): readonly Snippet[] {
  return [
    { name: 'TypeScript', language: 'typescript', text: typescript(request) },
    { name: 'Python', language: 'python', text: python(request) },
    { name: 'curl', language: 'bash', text: curl(request) },
    { name: 'gRPC', language: 'bash', text: grpc(request) },
  ]
}

/** Reading history for a training, in both languages. */
export function historicalSnippets({ selection, inputs }: Pick<SnippetRequest, 'selection' | 'inputs'>): readonly Snippet[] {
  const python =
    selection.service === null ? pythonList(selection.features, '') : `store.get_feature_service(${quotePython(selection.service)})`
  const typescript =
    selection.service === null ? typescriptList(selection.features) : `await store.service(${quoteTypescript(selection.service)})`
  return [
    {
      name: 'TypeScript',
      language: 'typescript',
      text: [
        "import { openStore } from '@charmed-feast/store'",
        '',
        'await using store = await openStore()',
        'const set = await store.getHistoricalFeatures({',
        `  features: ${typescript},`,
        `  entityRows: [{ ${inputs.map(({ name, type }) => `${property(name)}: ${typescriptValue(exampleOf(type), type)}`).join(', ')}, event_timestamp: new Date() }],`,
        '})',
        "await set.toParquet('training.parquet')",
      ].join('\n'),
    },
    {
      name: 'Python',
      language: 'python',
      text: [
        'from datetime import datetime, timezone',
        'import pandas as pd',
        'from feast import FeatureStore',
        '',
        'rows = pd.DataFrame({',
        ...inputs.map(({ name, type }) => `    ${quotePython(name)}: [${pythonValue(exampleOf(type), type)}],`),
        '    "event_timestamp": [datetime.now(timezone.utc)],',
        '})',
        'store = FeatureStore()',
        `training = store.get_historical_features(entity_df=rows, features=${python}).to_df()`,
      ].join('\n'),
    },
  ]
}
