import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, test } from 'vitest'
import { RegistrySchema } from '../../src/proto/feast/core/registry_pb.ts'
import { type Kind, type KindName, kindList, kindOf, kinds, viewKinds } from '../../src/registry/kind.ts'
import { decodeObject, headOf, nameOf, registryObject, type StoredObject } from '../../src/registry/object.ts'

const hasSpec = (kind: Kind): boolean => kind.schema.fields.some(({ name }) => name === 'spec')

const stored = <Name extends KindName>(name: Name): StoredObject<Name> => {
  const kind: Kind = kinds[name]
  const message = create(kind.schema, hasSpec(kind) ? { spec: { name: 'a' } } : { name: 'a' })
  return { kind: name, project: 'demo', name: 'a', bytes: toBinary(kind.schema, message), lastUpdated: 0n }
}

describe('kinds', () => {
  test('are applied in the order of Feast', () => {
    expect(kindList.map(({ name }) => name)).toEqual([
      ...['project', 'data-source', 'feature-view', 'stream-feature-view', 'on-demand-feature-view', 'label-view', 'entity'],
      ...['feature-service', 'saved-dataset', 'validation-reference', 'permission'],
    ])
  })

  test('say where each is stored', () => {
    expect(kindList.map(({ table, nameColumn, protoColumn }) => `${table} ${nameColumn} ${protoColumn}`)).toEqual([
      'projects project_name project_proto',
      'data_sources data_source_name data_source_proto',
      'feature_views feature_view_name feature_view_proto',
      'stream_feature_views feature_view_name feature_view_proto',
      'on_demand_feature_views feature_view_name feature_view_proto',
      'label_views feature_view_name feature_view_proto',
      'entities entity_name entity_proto',
      'feature_services feature_service_name feature_service_proto',
      'saved_datasets saved_dataset_name saved_dataset_proto',
      'validation_references validation_reference_name validation_reference_proto',
      'permissions permission_name permission_proto',
    ])
  })

  test('say what each is called', () => {
    expect(kindList.map(({ words, plural, pythonName }) => `${words} | ${plural} | ${pythonName}`)).toEqual([
      'project | projects | Project',
      'data source | data-sources | DataSource',
      'feature view | feature-views | FeatureView',
      'stream feature view | stream-feature-views | StreamFeatureView',
      'on demand feature view | on-demand-feature-views | OnDemandFeatureView',
      'label view | label-views | LabelView',
      'entity | entities | Entity',
      'feature service | feature-services | FeatureService',
      'saved dataset | saved-datasets | SavedDataset',
      'validation reference | validation-references | ValidationReference',
      'permission | permissions | Permission',
    ])
  })

  test('have a list each in the Registry message, of their own messages', () => {
    const lists = RegistrySchema.fields.filter(
      (field) => field.fieldKind === 'list' && !['feature_tables', 'project_metadata'].includes(field.name),
    )
    expect(new Map(lists.map((field) => [field.localName, field.message?.typeName]))).toEqual(
      new Map(
        RegistrySchema.fields.flatMap(({ localName }) =>
          kindList.filter((k) => k.listField === localName).map((k) => [localName, k.schema.typeName]),
        ),
      ),
    )
  })

  test('are versioned when they are views', () => {
    expect(viewKinds.map(({ historyType }) => historyType)).toEqual([
      'feature_view',
      'stream_feature_view',
      'on_demand_feature_view',
      'label_view',
    ])
  })
})

describe('objects of every kind', () => {
  test.each(kindList)('$name has a name, and is read as its kind', (kind) => {
    const inner = { name: 'a', tags: { team: 'x' } }
    const message = create(kind.schema, hasSpec(kind) ? { spec: inner } : inner)
    expect(nameOf(message)).toBe('a')
    expect(headOf(message)).toMatchObject({ name: 'a', tags: { team: 'x' }, description: '', owner: '' })
    expect(kindOf(message)).toBe(kind)
    expect(nameOf(decodeObject(stored(kind.name)))).toBe('a')
  })

  test.each(kindList)('$name is filled with the project of its row, where it has a place for it', (kind) => {
    const { message } = registryObject(stored(kind.name))
    const holder = 'spec' in message ? message.spec : message
    expect(holder && 'project' in holder ? holder.project : undefined).toBe(kind.name === 'project' ? undefined : 'demo')
  })

  test('cannot be changed once they are read', () => {
    const object = registryObject(stored('entity'))
    expect(() => Object.assign(object.message.spec ?? {}, { name: 'b' })).toThrow(TypeError)
    expect(object.message.spec?.name).toBe('a')
    expect(object.message).toBe(object.message)
  })

  test('that no decoder reads are named in the error', () => {
    const object = registryObject({ ...stored('entity'), bytes: Uint8Array.of(0x0a, 0x7f) })
    expect(() => object.message).toThrow(/^cannot read entity "a" from the registry: .* \(project "demo"\)$/)
  })
})
