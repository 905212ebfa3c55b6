import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeValue } from '../../store/src/definition/value.ts'
import { valueNumber, valueText, vectorText } from '../../store/src/definition/value-text.ts'
import { bool, float32, float64, int32, int64, listOf, string, type ValueType } from '../../store/src/definition/value-type.ts'
import { floatTexts } from '../../store/test/definition/float-texts.ts'
import { impossible, tested } from '../src/cell-note.ts'
import { runPython } from '../src/python.ts'

const script = `
import json, struct, sys
from feast.infra.key_encoding_utils import get_list_val_str
from feast.infra.online_stores.helpers import extract_text_and_num
from feast.protos.feast.types.Value_pb2 import Value
def columns(text):
    value = Value.FromString(bytes.fromhex(text))
    words, number = extract_text_and_num(value, True)
    return [words, None if number is None else struct.pack('>d', number).hex(), get_list_val_str(value)]
print(json.dumps([columns(text) for text in json.load(sys.stdin)]))
`

const double = fc.double({ noNaN: true })
const float = fc.float({ noNaN: true })
const arbitraries: readonly (readonly [ValueType, fc.Arbitrary<unknown>])[] = [
  [string, fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'))],
  [int32, fc.integer()],
  [int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [float32, float],
  [
    float64,
    fc.oneof(
      double,
      fc.double({ min: 1e-8, max: 1e-3 }),
      fc.double({ min: 1e14, max: 1e18 }),
      fc.constantFrom(...floatTexts.map(([number]) => number).filter((number) => !Number.isNaN(number))),
    ),
  ],
  [bool, fc.boolean()],
  [listOf(float32), fc.array(float)],
  [listOf(float64), fc.array(double)],
  [listOf(int32), fc.array(fc.integer())],
  [listOf(int64), fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
  [listOf(string), fc.array(fc.string())],
]

const bits = (number: number | null): string | null => {
  if (number === null) return null
  const buffer = Buffer.alloc(8)
  buffer.writeDoubleBE(number)
  return buffer.toString('hex')
}

describe('Feast 0.67.0', () => {
  test('fills the columns beside a value with the same texts and numbers', async () => {
    const samples = arbitraries.flatMap(([type, values], seed) =>
      fc.sample(values, { numRuns: 300, seed }).map((value) => [type, value] as const),
    )
    const input = samples.map(([type, value]) => Buffer.from(encodeValue(type, value)).toString('hex'))
    const theirs = (await runPython('0.67.0', script, { input })) as readonly unknown[]
    expect(theirs).toHaveLength(arbitraries.length * 300)
    for (const [at, [type, value]] of samples.entries()) {
      const ours = [valueText(type, value, { numbers: true }), bits(valueNumber(type, value)), vectorText(type, value)]
      expect(ours, `${type.name} ${String(value)}`).toEqual(theirs[at])
    }
    tested({ version: '0.67.0', operation: 'value_columns' }, { values: samples.length })
  })
})

test('Feast 0.49.0 fills no such columns', async () => {
  const asked = "import json, feast.infra.online_stores.helpers as h; print(json.dumps(hasattr(h, 'extract_text_and_num')))"
  expect(await runPython('0.49.0', asked)).toBe(false)
  impossible({ version: '0.49.0', operation: 'value_columns' }, 'numbers stand beside values from 0.66 on')
})
