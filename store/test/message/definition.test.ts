import { fromBinary, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Definition } from '../../src/definition/definition.ts'
import { days, hours, minutes } from '../../src/definition/duration.ts'
import { type Entity, entity } from '../../src/definition/entity.ts'
import { featureService } from '../../src/definition/feature-service.ts'
import { featureView, streamFeatureView } from '../../src/definition/feature-view.ts'
import { field } from '../../src/definition/field.ts'
import { labelView } from '../../src/definition/label-view.ts'
import { onDemandFeatureView, storedOnDemandFeatureView } from '../../src/definition/on-demand-feature-view.ts'
import { permission } from '../../src/definition/permission.ts'
import { project } from '../../src/definition/project.ts'
import { savedDataset } from '../../src/definition/saved-dataset.ts'
import { fileSource, kafkaSource, kinesisSource, postgresSource, pushSource, requestSource } from '../../src/definition/source.ts'
import { parseTypeText, typeText } from '../../src/definition/type-text.ts'
import { validationReference } from '../../src/definition/validation-reference.ts'
import {
  bool,
  decimal,
  float32,
  float64,
  int32,
  int64,
  listOf,
  nestedListOf,
  nestedSetOf,
  setOf,
  string,
  struct,
  timestamp,
  type ValueType,
} from '../../src/definition/value-type.ts'
import { viewOf } from '../../src/definition/view.ts'
import { definedObject, definitionOf } from '../../src/message/definition.ts'
import { registeredText } from '../../src/message/on-demand-feature-view.ts'
import type { ProjectedView } from '../../src/message/projection.ts'
import { pythonJson } from '../../src/message/python-json.ts'
import { kinds } from '../../src/registry/kind.ts'

const said = { description: 'what it is', tags: { team: 'rides', ключ: 'значение' }, owner: 'ada@example.com' }
const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64, ...said })
const customer = entity({ name: 'customer', valueType: string })
const trips = postgresSource({
  name: 'trips',
  table: 'public."Driver Stats"',
  timestampField: 'event_timestamp',
  createdTimestampColumn: 'created',
  fieldMapping: { rate: 'conv_rate' },
  ...said,
})
const query = postgresSource({ name: 'q', query: "SELECT 'ü' AS x", timestampField: 'ts' })
const file = fileSource({ name: 'f', path: 'data/x.parquet', timestampField: 'ts', fileFormat: 'parquet', s3EndpointOverride: 'http://s3' })
const pushed = pushSource({ name: 'pushed', batchSource: trips, description: 'rows as they come' })
const topic = kafkaSource({
  name: 'topic',
  timestampField: 'ts',
  bootstrapServers: 'kafka:9092',
  topic: 'trips',
  messageFormat: { kind: 'avro', schemaJson: '{}' },
  watermarkDelayThreshold: minutes(5),
  batchSource: file,
})
const stream = kinesisSource({
  name: 'stream',
  timestampField: 'ts',
  region: 'eu',
  streamName: 'trips',
  recordFormat: { kind: 'proto', classPath: 'a.B' },
  batchSource: file,
})
const trip = requestSource({ name: 'trip', schema: { distance_km: field(float64, { description: 'as the crow flies' }) }, ...said })
const stats = featureView({
  name: 'driver_hourly_stats',
  entities: [driver],
  ttl: days(1),
  schema: {
    conv_rate: field(float32, { description: 'accepted', tags: { pii: 'no' } }),
    trips: int64,
    emb: field(listOf(float32), { vectorIndex: true, vectorSearchMetric: 'cosine', vectorLength: 3 }),
    nested: nestedListOf(nestedSetOf(listOf(int32))),
    address: struct({ street: string, numbers: listOf(int32) }),
    addresses: listOf(struct({ street: string, 'the "number"': float64 })),
  },
  source: trips,
  ...said,
  offline: true,
  enableValidation: true,
  org: 'rides',
  disabled: true,
  version: 'v2',
})
const nobody = featureView({ name: 'nobody', entities: [], schema: { x: float64 }, source: query, online: false })
const derived = featureView({
  name: 'derived',
  entities: [driver, customer],
  schema: { y: bool },
  source: file,
  sourceViews: [stats, nobody],
  mode: 'python',
  transformation: { kind: 'python', name: 'f', body: Uint8Array.of(1, 2), bodyText: 'def f(x): return x', mode: 'python' },
})
const live = streamFeatureView({
  name: 'live',
  entities: [driver],
  schema: { clicks: int64 },
  source: topic,
  ttl: hours(1),
  aggregations: [{ column: 'clicks', function: 'sum', name: 'n', timeWindow: hours(1), slideInterval: undefined }],
  timestampField: 'ts',
  enableTiling: true,
  tilingHopSize: minutes(5),
  mode: 'spark',
})
const livePushed = streamFeatureView({ name: 'live_pushed', entities: [driver], schema: { conv: float64 }, source: pushed })
const views = new Map<string, ProjectedView>([stats, nobody, derived, live, livePushed].map((view) => [view.name, view] as const))
const stored = storedOnDemandFeatureView({
  name: 'python_made',
  // A registry keeps the projection of a view, not the view.
  sources: [viewOf('feature view', stats.name, stats.schema), trip],
  schema: { out: float64 },
  stored: { kind: 'python', name: 'out', body: Uint8Array.of(128, 4), bodyText: '@on_demand\ndef out(x): ...', mode: 'pandas' },
  mode: 'pandas',
  singleton: false,
  aggregations: [],
  writeToOnlineStore: true,
  entities: [driver],
  ...said,
})
const pricing = featureService({
  name: 'pricing',
  features: [
    stats.features.trips,
    nobody,
    stats.withName('origin').withJoinKeyMap({ driver_id: 'origin_id' }).features.conv_rate,
    derived.features.y,
  ],
  ...said,
})

const definitions: readonly Definition[] = [
  project({ name: 'rides', ...said }),
  driver,
  customer,
  trips,
  query,
  file,
  pushed,
  topic,
  stream,
  trip,
  stats,
  nobody,
  derived,
  live,
  livePushed,
  stored,
  labelView({
    name: 'fraud',
    entities: [customer],
    schema: { is_fraud: bool },
    ttl: days(3),
    conflictPolicy: 'MAJORITY_VOTE',
    source: pushed,
    ...said,
  }),
  savedDataset({
    name: 'january',
    features: ['a:b'],
    joinKeys: ['driver_id'],
    storage: { kind: 'postgres', table: 'january' },
    tags: { a: 'b' },
  }),
  savedDataset({
    name: 'february',
    features: [],
    joinKeys: [],
    storage: { kind: 'file', path: 'x.parquet', fileFormat: 'parquet', s3EndpointOverride: '' },
    columns: [{ name: 'a', type: 'INT64', description: 'b', nullable: false }],
  }),
  validationReference({ name: 'reference', referenceDatasetName: 'january', profiler: Uint8Array.of(1), profile: Uint8Array.of(2) }),
  permission({
    name: 'readers',
    types: ['FEATURE_VIEW', 'LABEL_VIEW'],
    actions: ['DESCRIBE'],
    policy: { kind: 'role-based', roles: ['reader'] },
  }),
  permission({
    name: 'both',
    types: [],
    actions: [],
    policy: { kind: 'combined-group-namespace', groups: ['g'], namespaces: ['n'] },
    requiredTags: { a: 'b' },
  }),
]

const entities = new Map<string, Entity>([driver, customer].map((each) => [each.name, each]))
const roundTrip = (definition: Definition): Definition => {
  const { kind, message } = definedObject(definition, 'rides', (name) => views.get(name))
  const schema = kinds[kind].schema
  // Through the bytes: what the registry keeps is all that may be needed.
  const again = fromBinary(schema, toBinary(schema, message))
  return definitionOf(kind, again, (name) => entities.get(name))
}

/** Functions of views (withName, …) are made anew each time: compare what is data, through the views that services and views hold. */
const data = (value: unknown): unknown => {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return typeof value === 'function' ? 'function' : value
  return Array.isArray(value) ? value.map(data) : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, data(each)]))
}

describe('a definition', () => {
  for (const definition of definitions)
    test(`of kind ${definition.kind} named ${definition.name} is the same after a journey through its message`, () => {
      expect(data(roundTrip(definition))).toEqual(data(definition))
    })

  test('of a service lists the same projections after the journey, with views that can be asked for again', () => {
    const again = roundTrip(pricing)
    if (again.kind !== 'feature-service') throw new Error('not a service')
    expect(again.projections).toEqual(pricing.projections)
    expect(again.pick).toHaveLength(4)
    expect({ ...again, pick: 0 }).toEqual({ ...pricing, pick: 0 })
  })

  test('of an on-demand view in TypeScript leaves a placeholder that is known for what it is', () => {
    const fare = onDemandFeatureView({
      name: 'fare',
      sources: [stats.withName('s'), trip],
      schema: { fare: float64 },
      transform: (row) => ({ fare: row.distance_km }),
    })
    const again = roundTrip(fare)
    if (again.kind !== 'on-demand-feature-view' || again.transform.mode !== 'stored') throw new Error('not a stored on-demand view')
    expect(registeredText(again.transform.stored)).toBe('row mode\n(row) => ({ fare: row.distance_km })')
    expect(registeredText(stored.transform.mode === 'stored' ? stored.transform.stored : undefined)).toBeUndefined()
    expect(again.sources.map((source) => source.name)).toEqual(['s', 'trip'])
    expect(again.mode).toBe('python')
  })

  test('of a service with a view that is not there says so', () => {
    expect(() => definedObject(pricing, 'rides', () => undefined)).toThrow(
      'cannot define feature service "pricing": there is no view "driver_hourly_stats"',
    )
  })
})

test('a validation reference without a profiler is refused: Feast could list none any more', () => {
  const reference = validationReference({ name: 'expected', referenceDatasetName: 'january' })
  expect(() => definedObject(reference, 'rides', () => undefined)).toThrow('it has no profiler, without which Feast cannot read it')
})

describe('a type as text', () => {
  const scalar = fc.constantFrom<ValueType>(int32, int64, float32, float64, string, bool, timestamp, decimal)
  const type: fc.Arbitrary<ValueType> = fc.letrec<{ type: ValueType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3 },
      scalar,
      scalar.map((of) => listOf(of as typeof int32)),
      scalar.map((of) => setOf(of as typeof int32)),
      tie('type').map((of) => nestedListOf(nestedSetOf(of))),
      fc.dictionary(fc.string({ minLength: 1 }), tie('type'), { minKeys: 1, maxKeys: 3 }).map((fields) => struct(fields)),
    ),
  })).type

  test('reads back as the type that it was written from', () => {
    fc.assert(
      fc.property(type, (each) => {
        expect(parseTypeText(typeText(each))).toEqual(nestedForm(each))
      }),
    )
  })

  test('has the form of Feast', () => {
    expect(typeText(nestedListOf(listOf(int32)))).toBe('Array(Array(INT32))')
    expect(typeText(nestedSetOf(listOf(float64)))).toBe('Set(Array(FLOAT64))')
    expect(typeText(struct({ a: int32, b: listOf(float32) }))).toBe('{"__struct__": {"a": "INT32", "b": "Array(FLOAT32)"}}')
  })

  /** A nested collection of a scalar has a type of its own, and reads as that. */
  const nestedForm = (each: ValueType): ValueType => {
    if (each.struct !== undefined)
      return { ...each, struct: Object.fromEntries(Object.entries(each.struct).map(([name, of]) => [name, nestedForm(of)])) }
    if (each.inner === undefined) return each
    const inner = nestedForm(each.inner)
    const reread = parseTypeText(`${each.name === 'VALUE_SET' ? 'Set' : 'Array'}(${typeText(inner)})`)
    return reread.name === each.name ? { ...each, inner } : reread
  }
})

test('JSON is written as Python writes it', () => {
  expect(pythonJson({ name: 'x', query: 'ü😀"\n', table: '' })).toBe('{"name": "x", "query": "\\u00fc\\ud83d\\ude00\\"\\n", "table": ""}')
})
