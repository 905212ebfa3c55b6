import { create } from '@bufbuild/protobuf'
import { type DataSource, DataSource_SourceType, DataSourceSchema } from '../../src/proto/feast/core/data-source_pb.ts'
import { type Entity, EntitySchema } from '../../src/proto/feast/core/entity_pb.ts'
import { type FeatureService, FeatureServiceSchema } from '../../src/proto/feast/core/feature-service_pb.ts'
import { type FeatureView, FeatureViewSchema } from '../../src/proto/feast/core/feature-view_pb.ts'
import { LabelViewSchema } from '../../src/proto/feast/core/label-view_pb.ts'
import { type OnDemandFeatureView, OnDemandFeatureViewSchema } from '../../src/proto/feast/core/on-demand-feature-view_pb.ts'
import { type Permission, PermissionSchema } from '../../src/proto/feast/core/permission_pb.ts'
import { type Project, ProjectSchema } from '../../src/proto/feast/core/project_pb.ts'
import { SavedDatasetSchema } from '../../src/proto/feast/core/saved-dataset_pb.ts'
import { type StreamFeatureView, StreamFeatureViewSchema } from '../../src/proto/feast/core/stream-feature-view_pb.ts'
import { ValidationReferenceSchema } from '../../src/proto/feast/core/validation-reference_pb.ts'
import { ValueType_Enum as Type } from '../../src/proto/feast/types/value_pb.ts'
import type { RegistryMessage } from '../../src/registry/kind.ts'

const postgresSource = 'feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source.PostgreSQLSource'

/** Definitions of every kind, with the words that Feast uses. Each call makes new messages. */
export const source = (name = 'driver_source', table = 'driver_stats'): DataSource =>
  create(DataSourceSchema, {
    name,
    type: DataSource_SourceType.CUSTOM_SOURCE,
    timestampField: 'event_timestamp',
    createdTimestampColumn: 'created',
    dataSourceClassType: postgresSource,
    tags: { zone: 'eu', tier: '1' },
    options: { case: 'customOptions', value: { configuration: new TextEncoder().encode(JSON.stringify({ name, query: '', table })) } },
  })

export const project = (tags: Record<string, string> = {}): Project => create(ProjectSchema, { spec: { name: 'demo', tags } })

export const entity = (description = 'who drives'): Entity =>
  create(EntitySchema, {
    spec: { name: 'driver', joinKey: 'driver_id', valueType: Type.INT64, description, tags: { a: '1', b: '2', c: '3' } },
  })

export const view = (
  features: readonly string[] = ['conv_rate', 'acc_rate'],
  spec: Partial<NonNullable<FeatureView['spec']>> = {},
): FeatureView => {
  const made = create(FeatureViewSchema, {
    spec: {
      name: 'driver_stats',
      entities: ['driver'],
      features: features.map((name) => ({ name, valueType: Type.FLOAT })),
      entityColumns: [{ name: 'driver_id', valueType: Type.INT64 }],
      ttl: { seconds: 86_400n },
      batchSource: source(),
      online: true,
      tags: { team: 'a', stage: 'test' },
    },
  })
  if (made.spec) Object.assign(made.spec, spec)
  return made
}

export const streamView = (): StreamFeatureView =>
  create(StreamFeatureViewSchema, {
    spec: {
      name: 'driver_streamed',
      entities: ['driver'],
      features: ['conv_rate', 'driver_id'].map((name) => ({ name, valueType: Type.INT64 })),
      entityColumns: [{ name: 'driver_id', valueType: Type.INT64 }],
      batchSource: source(),
      streamSource: {
        name: 'driver_push',
        type: DataSource_SourceType.PUSH_SOURCE,
        batchSource: source(),
        options: { case: 'pushOptions', value: {} },
      },
      mode: 'python',
      aggregations: [{ column: 'conv_rate', function: 'sum', timeWindow: { seconds: 60n } }],
      featureTransformation: {
        transformation: { case: 'userDefinedFunction', value: { name: 'f', body: new Uint8Array([1, 2]), bodyText: 'def f(): pass' } },
      },
    },
  })

export const onDemandView = (bodyText = 'def trip(x): return x'): OnDemandFeatureView =>
  create(OnDemandFeatureViewSchema, {
    spec: {
      name: 'trip',
      features: [{ name: 'score', valueType: Type.DOUBLE }],
      sources: {
        driver_stats: {
          source: {
            case: 'featureViewProjection',
            value: {
              featureViewName: 'driver_stats',
              featureColumns: [{ name: 'conv_rate', valueType: Type.FLOAT }],
              batchSource: source(),
            },
          },
        },
        request: {
          source: {
            case: 'requestDataSource',
            value: {
              name: 'request',
              type: DataSource_SourceType.REQUEST_SOURCE,
              options: { case: 'requestDataOptions', value: { schema: [{ name: 'distance', valueType: Type.DOUBLE }] } },
            },
          },
        },
      },
      mode: 'python',
      featureTransformation: {
        transformation: { case: 'userDefinedFunction', value: { name: 'trip', body: new Uint8Array([3]), bodyText } },
      },
      entities: ['__dummy'],
      entityColumns: [{ name: '__dummy_id', valueType: Type.STRING }],
    },
  })

export const service = (): FeatureService =>
  create(FeatureServiceSchema, {
    spec: {
      name: 'ranking',
      features: [
        {
          featureViewName: 'driver_stats',
          featureColumns: [{ name: 'conv_rate', valueType: Type.FLOAT }],
          joinKeyMap: { driver_id: 'who' },
          timestampField: 'created',
          createdTimestampColumn: 'created',
          batchSource: source(),
          viewType: 'featureView',
        },
        { featureViewName: 'trip', featureColumns: [{ name: 'score', valueType: Type.DOUBLE }], viewType: 'featureView' },
      ],
      owner: 'ada@example.com',
    },
  })

export const permission = (): Permission =>
  create(PermissionSchema, {
    spec: {
      name: 'readers',
      types: [0, 5],
      namePatterns: ['driver.*'],
      actions: [1, 4],
      policy: { policyType: { case: 'roleBasedPolicy', value: { roles: ['reader'] } } },
    },
  })

/** One object of every kind: what a whole repository holds. */
export const everyKind = (): readonly RegistryMessage[] => [
  permission(),
  service(),
  create(ValidationReferenceSchema, { name: 'expected', referenceDatasetName: 'training', tags: { v: 'r' } }),
  create(SavedDatasetSchema, {
    spec: {
      name: 'training',
      features: ['driver_stats:conv_rate'],
      joinKeys: ['driver_id'],
      storage: { kind: { case: 'fileStorage', value: { uri: '/tmp/training.parquet' } } },
    },
  }),
  entity(),
  create(LabelViewSchema, {
    spec: { name: 'driver_labels', entities: ['driver'], features: [{ name: 'label', valueType: Type.STRING }], source: source() },
  }),
  onDemandView(),
  streamView(),
  view(),
  source(),
  project({ team: 'a' }),
]
