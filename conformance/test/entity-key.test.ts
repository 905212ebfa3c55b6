import * as fc from 'fast-check'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { encodeValue } from '../../store/src/definition/value.ts'
import { int32, int64, string, timestamp, type ValueType, type ValueTypeName } from '../../store/src/definition/value-type.ts'
import { type EntityKeyVersion, entityKeyEncoder, type JoinKey } from '../../store/src/online/entity-key.ts'
import { decodeEntityKey, entityKeyVersionOf } from '../../store/src/online/entity-key-reading.ts'
import { joinKeyTypes } from '../../store/src/online/join-key-value.ts'
import { typedArbitraries } from '../../store/test/definition/value-arbitrary.ts'
import { entityKeyArbitrary } from '../../store/test/online/entity-key-arbitrary.ts'
import { entityKeyCases } from '../../store/test/online/entity-key-cases.ts'
import { deviating, impossible, tested } from '../src/cell-note.ts'
import { type FeastVersion, feastVersions } from '../src/environment.ts'
import { runPython } from '../src/python.ts'

type Keys = readonly (JoinKey & { readonly value: unknown })[]

const encodeScript = `
import json, sys
from feast.infra.key_encoding_utils import serialize_entity_key
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
def stored(version, names, values):
    values = [Value.FromString(bytes.fromhex(text)) for text in values]
    return serialize_entity_key(EntityKey(join_keys=names, entity_values=values), version).hex()
print(json.dumps([stored(*case) for case in json.load(sys.stdin)]))
`

const inputOf = (keys: Keys, version: number): unknown => [
  version,
  keys.map(({ name }) => name),
  keys.map(({ type, value }) => Buffer.from(encodeValue(type, value)).toString('hex')),
]

const ours = (keys: Keys, version: EntityKeyVersion): string =>
  entityKeyEncoder({ version, joinKeys: keys })
    .encodeRow(keys.map(({ value }) => value))
    .toString('hex')

const ascii = fc.string({ unit: fc.constantFrom(...'abcXYZ_019'), minLength: 1, maxLength: 12 })
// What 0.49 cannot do: moments (0.55), no keys at all (0.58), names beyond ASCII (0.61).
const old = entityKeyArbitrary({ minLength: 1, name: ascii }).filter((keys) => keys.every(({ type }) => type.name !== 'UNIX_TIMESTAMP'))

describe.each<[FeastVersion, fc.Arbitrary<Keys>]>([
  ['0.67.0', entityKeyArbitrary()],
  ['0.49.0', old],
])('Feast %s', (version, arbitrary) => {
  const random = fc.sample(fc.tuple(arbitrary, fc.constantFrom<EntityKeyVersion>(2, 3)), { numRuns: 1000, seed: 49 })
  const known = entityKeyCases.filter(({ title }) => version === '0.67.0' || !title.includes('(0.'))
  const cases = [...known.map((each) => [each.keys, each.version] as const), ...random]
  let theirs: readonly string[]
  beforeAll(async () => {
    theirs = (await runPython(version, encodeScript, { input: cases.map(([keys, each]) => inputOf(keys, each)) })) as readonly string[]
  })

  test('stores entities under the same keys', () => {
    expect(theirs).toHaveLength(cases.length)
    expect(cases.map(([keys, each]) => ours(keys, each))).toEqual(theirs)
    for (const [keys] of cases) for (const { type } of keys) tested({ version, type: type.name, check: 'key' }, { values: 1 })
  })

  test('writes keys of version 1, which are recognised', async () => {
    const small = random
      .map(([keys]) => keys.map((key) => (key.type.name === 'INT64' ? { ...key, value: (key.value as bigint) % 1000n } : key)))
      .filter((keys) => keys.some(({ type }) => type.name === 'INT64'))
    expect(small.length).toBeGreaterThan(100)
    const stored = (await runPython(version, encodeScript, { input: small.map((keys) => inputOf(keys, 1)) })) as readonly string[]
    expect(stored.map((hex, at) => entityKeyVersionOf(Buffer.from(hex, 'hex'), small[at] ?? []))).toEqual(small.map(() => 1))
  })
})

const refusedScript = `
import json, sys
from feast.infra.key_encoding_utils import serialize_entity_key
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.protos.feast.types.Value_pb2 import Value
def refused(text):
    try:
        serialize_entity_key(EntityKey(join_keys=['k'], entity_values=[Value.FromString(bytes.fromhex(text))]), 3)
        return None
    except Exception as error:
        return str(error)
print(json.dumps([refused(text) for text in json.load(sys.stdin)]))
`

describe.each(feastVersions)('types that no key of Feast %s has', (version) => {
  const { types } = inject('known')[version]
  const keyTypes = new Set<string>(joinKeyTypes.filter((type) => version === '0.67.0' || type !== 'UNIX_TIMESTAMP'))
  const blobs: readonly ValueTypeName[] = types.filter((type) => type === 'PDF_BYTES' || type === 'IMAGE_BYTES')
  const others = types.filter((type) => !keyTypes.has(type) && !blobs.includes(type))

  test('are refused by it', async () => {
    const values = others.map((name) => {
      const { values: all, type } = typedArbitraries.find(({ type: each }) => each.name === name) ?? expect.unreachable()
      const [value] = fc.sample(
        all.filter((each) => each !== null),
        { numRuns: 1, seed: 7 },
      )
      return Buffer.from(encodeValue(type, value)).toString('hex')
    })
    const errors = await runPython(version, refusedScript, { input: values })
    expect(errors).toEqual(others.map(() => expect.stringContaining('Value type not supported')))
    for (const type of others)
      impossible(
        { version, type, check: 'key' },
        type === 'UNIX_TIMESTAMP' ? 'moments are keys from 0.55 on' : 'Feast makes no entity key of such a value',
      )
  })

  test('are refused by us, where it takes a document for its bytes', () => {
    for (const type of blobs) {
      expect(() => entityKeyEncoder({ version: 3, joinKeys: [{ name: 'k', type: { name: type } }] })).toThrow('cannot')
      deviating({ version, type, check: 'key' }, 'Documents and pictures are taken as join keys.')
    }
  })
})

const readScript = `
import json, sys
from feast.infra.key_encoding_utils import deserialize_entity_key
def read(text):
    key = deserialize_entity_key(bytes.fromhex(text), 3)
    return [list(key.join_keys), [value.SerializeToString().hex() for value in key.entity_values]]
print(json.dumps([read(text) for text in json.load(sys.stdin)]))
`

const takeScript = `
import json, sys
import numpy as np
from feast.infra.key_encoding_utils import serialize_entity_key
from feast.protos.feast.types.EntityKey_pb2 import EntityKey
from feast.type_map import python_values_to_proto_values
from feast.value_type import ValueType
def stored(type, python):
    values = python_values_to_proto_values([eval(python)], ValueType[type])
    return serialize_entity_key(EntityKey(join_keys=['k'], entity_values=values), 3).hex()
print(json.dumps([stored(*case) for case in json.load(sys.stdin)]))
`

describe('Feast 0.67.0', () => {
  test('reads keys as we do', async () => {
    // Python drops NUL characters at the end of a name.
    const keys = fc.sample(entityKeyArbitrary({ name: ascii }), { numRuns: 500, seed: 3 }).map((each) => ours(each, 3))
    const theirs = await runPython('0.67.0', readScript, { input: keys })
    const read = keys.map((hex) => {
      const pairs = decodeEntityKey(Buffer.from(hex, 'hex'))
      return [
        pairs.map(({ name }) => name),
        pairs.map(({ type, value }) => Buffer.from(encodeValue({ name: type } as ValueType, value)).toString('hex')),
      ]
    })
    expect(read).toEqual(theirs)
  })

  test('takes values as we do', async () => {
    const taken: readonly (readonly [ValueType, string, unknown])[] = [
      [int64, "'1001'", '1001'],
      [int64, '1001', 1001],
      [int32, "'-5'", '-5'],
      [string, '5', 5],
      [string, "'x'", 'x'],
      [timestamp, "np.datetime64('2026-01-01T00:00:01.9')", new Date('2026-01-01T00:00:01.900Z')],
      [timestamp, "np.datetime64('1969-12-31T23:59:58.5')", new Date(-1500)],
    ]
    const theirs = await runPython('0.67.0', takeScript, { input: taken.map(([type, python]) => [type.name, python]) })
    expect(taken.map(([type, , value]) => ours([{ name: 'k', type, value }], 3))).toEqual(theirs)
  })
})
