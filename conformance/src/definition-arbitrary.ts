import {
  type BatchSource,
  type Definition,
  type Entity,
  entity,
  type FeatureView,
  featureService,
  featureView,
  field,
  fileSource,
  int32,
  int64,
  kafkaSource,
  kinesisSource,
  labelView,
  onDemandFeatureView,
  permission,
  postgresSource,
  project,
  pushSource,
  requestSource,
  type Schema,
  savedDataset,
  seconds,
  streamFeatureView,
  string,
  struct,
  type ValueType,
  validationReference,
} from '@charmed-feast/store'
import fc from 'fast-check'
import { permissionActions, permissionTypes } from '../../store/src/definition/permission.ts'
import { elementOf } from '../../store/src/definition/value-type.ts'
import type { FeastVersion } from './environment.ts'
import type { Known } from './known.ts'

/** Definitions that speak of each other, as a repository has them. */
export interface World {
  readonly definitions: readonly Definition[]
  /** The views among them, for services and computed views to be written. */
  readonly views: readonly Extract<Definition, { readonly features: unknown; readonly of: string }>[]
  readonly entities: readonly Entity[]
}

const typesOf = ({ types }: Known): fc.Arbitrary<ValueType> => {
  const plain = types.filter((name) => !/^(STRUCT|VALUE)/.test(name)).map((name): ValueType => ({ name }))
  const nested: readonly ValueType[] = [
    struct({ street: string, number: int32 }),
    { name: 'STRUCT_LIST', struct: { street: { name: 'STRING' } } },
    { name: 'VALUE_LIST', inner: { name: 'INT64_LIST' } },
    { name: 'VALUE_SET', inner: { name: 'STRING_LIST' } },
  ]
  return fc.constantFrom(...plain, ...nested.filter(({ name: each }) => types.includes(each)))
}

const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,14}$/)
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const tags = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true })
const said = fc.record({ description: text, tags, owner: text })
const ttl = fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 10_000_000 }).map(seconds))
const defined = <T extends object>(record: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as never

const schemas = (known: Known): fc.Arbitrary<Schema> =>
  fc
    .uniqueArray(
      fc.record({
        name,
        type: typesOf(known),
        description: text,
        tags,
        vector: fc.boolean(),
      }),
      { selector: (each) => each.name, minLength: 1, maxLength: 5 },
    )
    .map((fields) =>
      Object.fromEntries(
        fields.map(({ name: each, type, vector, ...words }, at) => {
          const isVector = vector && at === 0 && elementOf(type.name) === 'FLOAT' && type.name.endsWith('_LIST')
          return [
            each,
            field(type, { ...words, ...(isVector ? { vectorIndex: true, vectorSearchMetric: 'cosine', vectorLength: 3 } : {}) }),
          ]
        }),
      ),
    )

const times = fc.record({
  timestampField: fc.constant('at'),
  createdTimestampColumn: fc.constantFrom('', 'created'),
  fieldMapping: fc.constantFrom({}, { raw: 'cooked' }),
})
const batchSources: fc.Arbitrary<BatchSource> = fc.oneof(
  fc
    .record({ name, words: said, times, isQuery: fc.boolean() })
    .map(({ name: each, words, times: when, isQuery }) =>
      postgresSource({ name: `pg_${each}`, ...(isQuery ? { query: `SELECT * FROM ${each}` } : { table: each }), ...words, ...when }),
    ),
  fc
    .record({ name, words: said, times })
    .map(({ name: each, words, times: when }) =>
      fileSource({ name: `file_${each}`, path: `data/${each}.parquet`, fileFormat: 'parquet', ...words, ...when }),
    ),
)

const parts = (version: FeastVersion, known: Known) =>
  fc.record({
    words: fc.array(said, { minLength: 12, maxLength: 12 }),
    names: fc.uniqueArray(name, { minLength: 8, maxLength: 8 }),
    source: batchSources,
    schemas: fc.tuple(schemas(known), schemas(known), schemas(known), schemas(known)),
    ttl,
    flags: fc.record({ online: fc.boolean(), offline: fc.boolean(), alias: fc.boolean() }),
    newest: fc.record({ org: text, enableValidation: fc.boolean(), disabled: fc.boolean(), precomputeOnline: fc.boolean() }),
    // Feast knows one member for each number; labels came later.
    types: fc.uniqueArray(fc.constantFrom(...permissionTypes.filter((type) => version === '0.67.0' || type !== 'LABEL_VIEW')), {
      minLength: 1,
    }),
    actions: fc.uniqueArray(fc.constantFrom(...permissionActions), { minLength: 1 }),
    roles: fc.uniqueArray(name, { minLength: 1 }),
    features: fc.array(name, { minLength: 1, maxLength: 3 }),
  })

/** A pickle of a function that every Feast has: one that cannot be loaded makes the reference unreadable. */
const profiler = new TextEncoder().encode('cfeast.on_demand_feature_view\n_empty_odfv_udf_fn\n.')

/** Repositories as a Feast release knows their kinds, types and words. */
export const worlds = (version: FeastVersion, known: Known): fc.Arbitrary<World> =>
  parts(version, known).map(({ words, names, source, schemas: [first, second, third, asked], flags, newest, ...rest }) => {
    const [a = 'a', b = 'b', c = 'c', d = 'd', e = 'e', f = 'f', g = 'g', h = 'h'] = names.map((each) => `n_${each}`)
    const isNewest = version === '0.67.0'
    const driver = entity({ name: a, joinKey: `${a}_id`, valueType: int64, ...words[0] })
    const customer = entity({ name: b, valueType: string, ...words[1] })
    const pushed = pushSource({ name: `pushed_${c}`, batchSource: source, ...words[2] })
    const topic = kafkaSource({
      name: `topic_${c}`,
      timestampField: 'at',
      bootstrapServers: 'kafka:9092',
      topic: c,
      messageFormat: { kind: 'json', schemaJson: '{}' },
      watermarkDelayThreshold: seconds(300),
      batchSource: source,
      ...words[2],
    })
    const stream = kinesisSource({
      name: `stream_${c}`,
      timestampField: 'at',
      region: 'eu',
      streamName: c,
      recordFormat: { kind: 'avro', schemaJson: '{}' },
      batchSource: source,
      ...words[2],
    })
    const request = requestSource({ name: `request_${c}`, schema: asked, ...words[3] })
    const since61 = isNewest ? { org: newest.org, enableValidation: newest.enableValidation, disabled: newest.disabled } : {}
    const view: FeatureView = featureView({
      name: d,
      entities: [driver, customer],
      schema: first,
      source: flags.alias ? pushed : source,
      online: flags.online,
      ...defined({ ttl: rest.ttl }),
      ...words[4],
      ...since61,
      ...(isNewest ? { offline: flags.offline } : {}),
    })
    const entityless = featureView({ name: e, entities: [], schema: second, source, ...words[5] })
    const streamed = streamFeatureView({
      name: f,
      entities: [driver],
      schema: third,
      source: topic,
      timestampField: 'at',
      ...defined({ ttl: rest.ttl }),
      ...words[6],
    })
    const computed = onDemandFeatureView({ name: g, sources: [view, request], schema: second, transform: () => ({}) as never, ...words[7] })
    const labels = labelView({
      name: h,
      entities: [driver],
      schema: { label: string, labeler: string },
      labelerField: 'labeler',
      source: pushed,
      ...words[8],
    })
    const aliased = flags.alias ? view.withName(`${d}_alias`).withJoinKeyMap({ [`${a}_id`]: 'other_id' }) : view
    const service = featureService({ name: `service_${g}`, features: [aliased, entityless], ...(isNewest ? {} : {}), ...words[9] })
    const saved = savedDataset({
      name: `saved_${a}`,
      features: rest.features.map((each) => `${d}:${each}`),
      joinKeys: [driver.joinKey],
      storage: { kind: 'file', path: `data/${a}.parquet`, fileFormat: 'parquet', s3EndpointOverride: '' },
      fullFeatureNames: flags.alias,
      tags: words[10]?.tags ?? {},
      ...(isNewest ? { description: words[10]?.description ?? '', namespace: 'ns', collection: 'c' } : {}),
    })
    const kept = savedDataset({
      name: `kept_${a}`,
      features: [`${d}:x`],
      joinKeys: [driver.joinKey],
      storage: { kind: 'postgres', table: a },
    })
    const reference = validationReference({
      name: `reference_${a}`,
      referenceDatasetName: saved.name,
      description: words[11]?.description ?? '',
      tags: words[11]?.tags ?? {},
      profiler,
    })
    const readers = permission({
      name: `permission_${a}`,
      types: rest.types,
      actions: rest.actions,
      namePatterns: [`${a}.*`],
      requiredTags: words[11]?.tags ?? {},
      tags: words[10]?.tags ?? {},
      policy: { kind: 'role-based', roles: rest.roles },
    })
    const views = [view, entityless, streamed, computed, ...(isNewest ? [labels] : [])]
    const definitions = [
      project({ name: a, ...words[11] }),
      driver,
      customer,
      source,
      pushed,
      topic,
      stream,
      request,
      ...views,
      service,
      saved,
      kept,
      reference,
      readers,
    ]
    return { definitions, views, entities: [driver, customer] }
  })
