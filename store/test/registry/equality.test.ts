import { clone, create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { DurationSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataSource_SourceMetaSchema, DataSource_SourceType, DataSourceSchema } from '../../src/proto/feast/core/data-source_pb.ts'
import { FeatureViewMetaSchema, FeatureViewState } from '../../src/proto/feast/core/feature-view_pb.ts'
import { UserDefinedFunctionSchema } from '../../src/proto/feast/core/on-demand-feature-view_pb.ts'
import { changesBetween, isSameDefinition } from '../../src/registry/equality.ts'
import { kindOf, type RegistryMessage } from '../../src/registry/kind.ts'
import { timestampOf } from '../../src/registry/timestamp.ts'
import { entity, everyKind, onDemandView, permission, service, source, streamView, view } from './messages.ts'

const copy = <Message extends RegistryMessage>(message: Message): Message => clone(kindOf(message).schema, message) as Message

/** A copy whose maps are filled in another order: what reading Python's bytes gives. */
const shuffled = (value: unknown, swap: () => boolean): unknown => {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, swap))
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, shuffled(item, swap)] as const)
  return Object.fromEntries('$typeName' in value || !swap() ? entries : entries.toReversed())
}

const edited = <Message extends RegistryMessage>(message: Message, edit: (message: Message) => void): Message => {
  const changed = copy(message)
  edit(changed)
  return changed
}

describe('a definition is the same', () => {
  test('as itself, whatever the order of its maps', () => {
    const swaps = fc.infiniteStream(fc.boolean())
    fc.assert(
      fc.property(fc.constantFrom(...everyKind()), swaps, (message, order) => {
        const swap = (): boolean => order.next().value ?? false
        const { schema } = kindOf(message)
        const other = fromBinary(schema, toBinary(schema, create(schema, shuffled(message, swap) as never))) as RegistryMessage
        return isSameDefinition(message, other) && isSameDefinition(other, message)
      }),
    )
  })

  test('as the same tags in another order, though the bytes differ', () => {
    const one = entity()
    const other = edited(entity(), ({ spec }) => spec && Object.assign(spec, { tags: { c: '3', b: '2', a: '1' } }))
    const { schema } = kindOf(one)
    expect(Buffer.compare(toBinary(schema, one), toBinary(schema, other))).not.toBe(0)
    expect(changesBetween(one, other)).toEqual([])
  })

  test('once it was materialized', () => {
    const meta = {
      createdTimestamp: timestampOf(1n),
      materializationIntervals: [{ startTime: timestampOf(1n), endTime: timestampOf(2n) }],
      state: FeatureViewState.AVAILABLE_ONLINE,
      currentVersionNumber: 3,
    }
    expect(
      changesBetween(
        view(),
        edited(view(), (one) => (one.meta = create(FeatureViewMetaSchema, meta))),
      ),
    ).toEqual([])
  })

  test('without a ttl and with one of zero', () => {
    const without = edited(view(), ({ spec }) => spec && delete spec.ttl)
    const zero = edited(view(), ({ spec }) => spec && Object.assign(spec, { ttl: create(DurationSchema) }))
    expect(changesBetween(without, zero)).toEqual([])
  })

  test.each([
    ['', 'latest'],
    ['', 'LATEST'],
    ['v2', 'version2'],
    ['V2', 'v02'],
  ])('with version "%s" and with version "%s"', (one, other) => {
    expect(changesBetween(view([], { version: one }), view([], { version: other }))).toEqual([])
  })

  test('with the times that Feast gives to the sources inside it, and with its project', () => {
    const told = edited(view(), ({ spec }) => {
      if (spec?.batchSource) {
        spec.batchSource.meta = create(DataSource_SourceMetaSchema, { createdTimestamp: timestampOf(5n) })
        spec.batchSource.project = spec.project = 'demo'
      }
    })
    expect(changesBetween(view(), told)).toEqual([])
  })

  test("with the timestamp field and view type that Python gives to a service's projections", () => {
    const plain = edited(service(), ({ spec }) => {
      for (const each of spec?.features ?? []) Object.assign(each, { timestampField: 'event_timestamp', viewType: '' })
    })
    expect(changesBetween(service(), plain)).toEqual([])
  })

  test('with the features of a stream view in the order of a set, and its code in both fields', () => {
    const python = edited(streamView(), ({ spec }) => {
      spec?.features.reverse()
      if (spec)
        spec.userDefinedFunction = create(UserDefinedFunctionSchema, { name: 'f', body: new Uint8Array([1, 2]), bodyText: 'def f(): pass' })
      for (const each of spec?.aggregations ?? []) if (each.timeWindow) each.slideInterval = each.timeWindow
    })
    expect(changesBetween(streamView(), python)).toEqual([])
    const legacy = edited(python, ({ spec }) => spec && delete spec.featureTransformation)
    expect(changesBetween(streamView(), legacy)).toEqual([])
  })

  test('with what a push source copies of its batch source, and with its class in a view', () => {
    const python = edited(streamView(), ({ spec }) => {
      if (!spec?.streamSource) return
      Object.assign(spec.streamSource, {
        timestampField: 'event_timestamp',
        createdTimestampColumn: 'created',
        dataSourceClassType: 'feast.data_source.PushSource',
      })
    })
    expect(changesBetween(streamView(), python)).toEqual([])
  })

  test('with the mode repeated in its function', () => {
    const python = edited(onDemandView(), ({ spec }) => {
      const inner = spec?.featureTransformation?.transformation
      if (inner?.case === 'userDefinedFunction') inner.value.mode = 'python'
    })
    expect(changesBetween(onDemandView(), python)).toEqual([])
  })

  test('with the types and actions of a permission in any order', () => {
    const other = edited(permission(), ({ spec }) => {
      spec?.types.reverse()
      spec?.actions.reverse()
    })
    expect(changesBetween(permission(), other)).toEqual([])
  })

  test('with the JSON of a custom source in any layout', () => {
    const configured = (text: string) =>
      create(DataSourceSchema, {
        name: 's',
        type: DataSource_SourceType.CUSTOM_SOURCE,
        options: { case: 'customOptions', value: { configuration: new TextEncoder().encode(text) } },
      })
    const one = configured('{"name": "s", "query": "", "table": "t"}')
    expect(changesBetween(one, configured('{"table":"t","query":null,"name":"s"}'))).toEqual([])
    expect(changesBetween(one, configured('{"name": "s", "query": "", "table": "u"}'))).toEqual([
      { path: 'custom_options.configuration.table', before: 't', after: 'u' },
    ])
  })
})

describe('a definition that changed', () => {
  test('says where, and what stood and stands there', () => {
    const next = edited(view(['acc_rate', 'trips']), ({ spec }) => {
      Object.assign(spec ?? {}, {
        ttl: create(DurationSchema, { seconds: 60n, nanos: 500_000_000 }),
        online: false,
        tags: { team: 'b', new: 'x' },
      })
      Object.assign(spec?.features[0] ?? {}, { valueType: 5, description: 'of' })
    })
    expect(changesBetween(view(), next)).toEqual([
      { path: 'features[acc_rate].value_type', before: 'FLOAT', after: 'DOUBLE' },
      { path: 'features[acc_rate].description', before: '', after: 'of' },
      { path: 'features[conv_rate]', before: expect.objectContaining({ name: 'conv_rate', value_type: 'FLOAT' }), after: undefined },
      { path: 'features[trips]', before: undefined, after: expect.objectContaining({ name: 'trips' }) },
      { path: 'tags[new]', before: undefined, after: 'x' },
      { path: 'tags[stage]', before: 'test', after: undefined },
      { path: 'tags[team]', before: 'a', after: 'b' },
      { path: 'ttl', before: '86400s', after: '60.5s' },
      { path: 'online', before: true, after: false },
    ])
  })

  test('in the order of its features says so', () => {
    expect(changesBetween(view(['a', 'b', 'c']), view(['b', 'a', 'd']))).toContainEqual({
      path: 'features (order)',
      before: ['a', 'b'],
      after: ['b', 'a'],
    })
  })

  test('in what Python does not compare is seen: the table of a source, the schema and switch of an on-demand view, logging', () => {
    expect(changesBetween(source(), source('driver_source', 'other')).map(({ path }) => path)).toEqual([
      'custom_options.configuration.table',
    ])
    const disabled = edited(onDemandView(), ({ spec }) => spec && Object.assign(spec, { disabled: true, owner: 'me' }))
    expect(changesBetween(onDemandView(), disabled).map(({ path }) => path)).toEqual(['owner', 'disabled'])
    const logged = edited(
      service(),
      ({ spec }) =>
        spec &&
        Object.assign(spec, {
          loggingConfig: { $typeName: 'feast.core.LoggingConfig', sampleRate: 0.5, destination: { case: undefined } },
        }),
    )
    expect(changesBetween(service(), logged).map(({ path }) => path)).toEqual(['logging_config'])
  })

  test('in its code shows the text, and of bytes their digest', () => {
    const changes = changesBetween(
      onDemandView(),
      edited(onDemandView('def trip(x): return 2'), ({ spec }) => {
        const inner = spec?.featureTransformation?.transformation
        if (inner?.case === 'userDefinedFunction') inner.value.body = new Uint8Array([4])
      }),
    )
    expect(changes.map(({ path }) => path)).toEqual([
      'feature_transformation.user_defined_function.body',
      'feature_transformation.user_defined_function.body_text',
    ])
    expect(changes[0]?.after).toMatch(/^1 bytes, sha256 e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca381c89e71$/)
  })

  test('in any field of any kind is seen', () => {
    const field = fc.constantFrom(...everyKind()).chain((message) => {
      const { schema } = kindOf(message)
      const spec = schema.fields.find(({ name }) => name === 'spec')
      const texts = (spec?.message ?? schema).fields.filter(
        (each) => each.fieldKind === 'scalar' && each.scalar === 9 && each.name !== 'project',
      )
      return fc.record({ message: fc.constant(message), field: fc.constantFrom(...texts), text: fc.string({ minLength: 1 }) })
    })
    fc.assert(
      fc.property(field, ({ message, field: { localName, name }, text }) => {
        const other = copy(message)
        const holder = ('spec' in other ? other.spec : other) as unknown as Record<string, unknown>
        fc.pre(holder[localName] !== text && name !== 'version' && !(name === 'data_source_class_type' && text === ''))
        holder[localName] = text
        return changesBetween(message, other).some(({ path }) => path === name)
      }),
    )
  })

  test('into another kind is never the same', () => {
    expect(isSameDefinition(view(), streamView())).toBe(false)
  })
})
