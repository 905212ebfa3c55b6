import {
  bool,
  bytes,
  decimal,
  float32,
  float64,
  imageBytes,
  int32,
  int64,
  json,
  listOf,
  map,
  nestedListOf,
  nestedSetOf,
  pdfBytes,
  scalarMap,
  setOf,
  string,
  struct,
  timestamp,
  timeUuid,
  uuid,
  type ValueType,
  zonedTimestamp,
} from '../../src/definition/value-type.ts'

/** A value here, the same value in Python, and the bytes that Feast stores for it. */
export interface ValueCase {
  readonly type: ValueType
  readonly value: unknown
  /** A Python expression; `u` is uuid.UUID, `D` Decimal, `utc(...)` a datetime in UTC, `at(zone, ...)` one in a zone. */
  readonly python: string
  readonly hex: string
  /** What is read back, where it is not what was written. */
  readonly read?: unknown
}

const of =
  (type: ValueType) =>
  (value: unknown, python: string, hex: string, ...read: unknown[]): ValueCase => ({
    type,
    value,
    python,
    hex,
    ...(read.length === 0 ? {} : { read: read[0] }),
  })

const newYear = new Date('2026-01-01T00:00:00Z')
const one = '00000000-0000-0000-0000-000000000001'
const upper = 'ABCDEF00-0000-0000-0000-00000000000F'
const hello = Uint8Array.of(0, 255)
const address = struct({ street: string, number: int32, weight: float32, tags: listOf(string), inner: struct({ depth: int32 }) })

/** Types that Feast 0.49 knows. */
export const oldCases: readonly ValueCase[] = [
  ...[of(bytes)(hello, "b'\\x00\\xff'", '0a0200ff'), of(bytes)(null, 'None', '')],
  ...[
    of(string)('a', "'a'", '120161'),
    of(string)('', "''", '1200'),
    of(string)('é😀', "'é😀'", '1206c3a9f09f9880'),
    of(string)('a\0b', "'a\\0b'", '1203610062'),
    of(string)('x'.repeat(200), "'x' * 200", `12c801${'78'.repeat(200)}`),
    of(string)(null, 'None', ''),
  ],
  ...[
    of(int32)(-1, '-1', '18ffffffffffffffffff01'),
    of(int32)(0, '0', '1800'),
    of(int32)(2147483647, '2147483647', '18ffffffff07'),
    of(int32)(-2147483648, '-2147483648', '1880808080f8ffffffff01'),
    of(int32)(null, 'None', ''),
  ],
  ...[
    of(int64)(1n, '1', '2001'),
    of(int64)(0n, '0', '2000'),
    of(int64)(-1n, '-1', '20ffffffffffffffffff01'),
    of(int64)(300, '300', '20ac02', 300n),
    of(int64)(-4294967297, '-4294967297', '20ffffffffefffffffff01', -4294967297n),
    of(int64)(9007199254740993n, '9007199254740993', '208180808080808010'),
    of(int64)(9223372036854775807n, '9223372036854775807', '20ffffffffffffffff7f'),
    of(int64)(-9223372036854775808n, '-9223372036854775808', '2080808080808080808001'),
    of(int64)(null, 'None', ''),
  ],
  ...[
    of(float64)(0.5, '0.5', '29000000000000e03f'),
    of(float64)(-0, '-0.0', '290000000000000080'),
    of(float64)(Infinity, "float('inf')", '29000000000000f07f'),
    of(float64)(Number.NaN, "float('nan')", '', null),
    of(float64)(null, 'None', ''),
  ],
  ...[
    of(float32)(0.5, '0.5', '350000003f'),
    of(float32)(0.1, '0.1', '35cdcccc3d', Math.fround(0.1)),
    of(float32)(0.7, '0.7', '353333333f', Math.fround(0.7)),
    of(float32)(-Infinity, "float('-inf')", '35000080ff'),
    of(float32)(1e300, '1e300', '350000807f', Infinity),
    of(float32)(Number.NaN, "float('nan')", '', null),
  ],
  ...[of(bool)(false, 'False', '3800'), of(bool)(true, 'True', '3801'), of(bool)(null, 'None', '')],
  ...[
    of(timestamp)(newYear, 'utc(2026, 1, 1)', '4080f2d6ca06'),
    of(timestamp)(1767225600_123456n, 'utc(2026, 1, 1, 0, 0, 0, 123456)', '4080f2d6ca06', newYear),
    of(timestamp)(new Date(0), 'utc(1970, 1, 1)', '4000'),
    of(timestamp)(new Date(-2000), 'utc(1969, 12, 31, 23, 59, 58)', '40feffffffffffffffff01'),
    // What a dataframe's column holds; a datetime by itself would be cut towards zero.
    of(timestamp)(new Date(-1500), "np.datetime64('1969-12-31T23:59:58.5')", '40feffffffffffffffff01', new Date(-2000)),
    of(timestamp)(-1_500_000n, "np.datetime64('1969-12-31T23:59:58.5')", '40feffffffffffffffff01', new Date(-2000)),
    of(timestamp)(null, 'None', ''),
  ],
  of(listOf(bytes))([hello, new Uint8Array()], "[b'\\x00\\xff', b'']", '5a060a0200ff0a00'),
  of(listOf(string))(['a', 'b'], "['a', 'b']", '62060a01610a0162'),
  of(listOf(int32))([1, -1], '[1, -1]', '6a0d0a0b01ffffffffffffffffff01'),
  of(listOf(int64))([1n, 2n, 300n], '[1, 2, 300]', '72060a040102ac02'),
  of(listOf(float64))([0.5], '[0.5]', '7a0a0a08000000000000e03f'),
  of(listOf(float64))([Number.NaN], "[float('nan')]", '7a0a0a08000000000000f87f'),
  of(listOf(float32))([1, 2.5], '[1.0, 2.5]', '82010a0a080000803f00002040'),
  of(listOf(float32))(Float32Array.of(1, 2.5), '[1.0, 2.5]', '82010a0a080000803f00002040', [1, 2.5]),
  of(listOf(float32))([], '[]', '820100'),
  of(listOf(float32))(new Array(40).fill(0), '[0.0] * 40', `8201a3010aa001${'00'.repeat(160)}`),
  of(listOf(bool))([true, false], '[True, False]', '8a01040a020100'),
  of(listOf(timestamp))([newYear], '[utc(2026, 1, 1)]', '9201070a0580f2d6ca06'),
  of(listOf(string))(null, 'None', ''),
]

/** Types that came after 0.49. */
export const newCases: readonly ValueCase[] = [
  of(map)({ k: 1n }, "{'k': 1}", 'a201090a070a016b12022001'),
  of(map)({}, '{}', 'a20100'),
  of(map)({ '': null }, "{'': None}", 'a201060a040a001200'),
  of(map)(
    { b: true, d: newYear, f: 1, n: null, s: 'x', y: hello },
    "{'b': True, 'd': utc(2026, 1, 1), 'f': 1.0, 'n': None, 's': 'x', 'y': b'\\x00\\xff'}",
    'a201420a070a0162120238010a0b0a016412064080f2d6ca060a0e0a0166120929000000000000f03f0a050a016e12000a080a017312031201780a090a017912040a0200ff',
  ),
  of(map)(
    { l: [1n, 2n], m: { z: 1n }, o: [{ q: 1n }, {}], t: new Set([3n]) },
    "{'l': [1, 2], 'm': {'z': 1}, 'o': [{'q': 1}, {}], 't': {3}}",
    'a201440a0b0a016c120672040a0201020a110a016d120ca201090a070a017a120220010a150a016f1210aa010d0a090a070a0171120220010a000a0b0a01741206ca01030a0103',
  ),
  of(listOf(map))([{ a: 1n }, {}], "[{'a': 1}, {}]", 'aa010d0a090a070a0161120220010a00'),
  of(setOf(bytes))(new Set([hello]), "{b'\\x00\\xff'}", 'b201040a0200ff'),
  of(setOf(string))(new Set(['a']), "{'a'}", 'ba01030a0161'),
  of(setOf(int32))(new Set([5]), '{5}', 'c201030a0105'),
  of(setOf(int64))(new Set([5n]), '{5}', 'ca01030a0105'),
  of(setOf(float64))(new Set([0.5]), '{0.5}', 'd2010a0a08000000000000e03f'),
  of(setOf(float32))(new Set([0.5]), '{0.5}', 'da01060a040000003f'),
  of(setOf(bool))(new Set([true]), '{True}', 'e201030a0101'),
  of(setOf(timestamp))(new Set([newYear]), '{utc(2026, 1, 1)}', 'ea01070a0580f2d6ca06'),
  of(setOf(string))(new Set(), 'set()', 'ba0100'),
  of(json)('{"a": 1}', '\'{"a": 1}\'', '8202087b2261223a20317d'),
  of(listOf(json))(['{}', '[1]'], "['{}', '[1]']", '8a02090a027b7d0a035b315d'),
  of(address)(
    { inner: { depth: 7 }, number: 5, street: 'x', tags: ['t'], weight: 0.5 },
    "{'street': 'x', 'number': 5, 'weight': 0.5, 'tags': ['t'], 'inner': {'depth': 7}}",
    '92025c0a190a05696e6e65721210a2010d0a0b0a056465707468120220070a0c0a066e756d626572120220050a0d0a0673747265657412031201780a0d0a0474616773120562030a01740a130a06776569676874120929000000000000e03f',
  ),
  of(struct({ a: int64, b: int64 }))({ a: 1n, b: null }, "{'a': 1, 'b': None}", '9202100a070a0161120220010a050a01621200'),
  of(listOf(struct({ a: int32 })))([{ a: 1 }], "[{'a': 1}]", '9a020b0a090a070a016112022001'),
  of(uuid)(one, 'u(int=1)', `a20224${Buffer.from(one).toString('hex')}`),
  of(uuid)(upper, `'${upper}'`, `a20224${Buffer.from(upper).toString('hex')}`),
  of(timeUuid)(one, 'u(int=1)', `aa0224${Buffer.from(one).toString('hex')}`),
  of(listOf(uuid))([one], '[u(int=1)]', `b202260a24${Buffer.from(one).toString('hex')}`),
  of(listOf(timeUuid))([one], '[u(int=1)]', `ba02260a24${Buffer.from(one).toString('hex')}`),
  of(setOf(uuid))(new Set([one]), '{u(int=1)}', `c202260a24${Buffer.from(one).toString('hex')}`),
  of(setOf(timeUuid))(new Set([one]), '{u(int=1)}', `ca02260a24${Buffer.from(one).toString('hex')}`),
  of(nestedListOf(listOf(int32)))([[1, 2], [], [3]], '[[1, 2], [], [3]]', 'd202110a0672040a0201020a000a0572030a0103'),
  of(nestedListOf(setOf(float32)))([new Set([0.5])], '[{0.5}]', 'd2020e0a0c7a0a0a08000000000000e03f'),
  of(nestedListOf(nestedListOf(listOf(int64))))([[[1n]]], '[[[1]]]', 'd2020c0a0ad202070a0572030a0101'),
  of(nestedListOf(listOf(uuid)))([[one]], '[[u(int=1)]]', `d2022b0a29b202260a24${Buffer.from(one).toString('hex')}`),
  of(nestedListOf(listOf(int64)))([], '[]', 'd20200'),
  of(nestedSetOf(listOf(string)))([['a']], "[['a']]", 'da02070a0562030a0161'),
  of(decimal)('1.10', "D('1.10')", 'e20204312e3130'),
  of(decimal)('1E+3', "D('1E+3')", 'e2020431452b33'),
  of(decimal)('NaN', "D('NaN')", '', null),
  of(listOf(decimal))(['1.10', '-2'], "[D('1.10'), D('-2')]", 'ea020a0a04312e31300a022d32'),
  of(setOf(decimal))(new Set(['1.10']), "{D('1.10')}", 'f202060a04312e3130'),
  of(scalarMap)(new Map([[1n, { a: 1n }]]), "{1: {'a': 1}}", 'fa02140a120a021001120ca201090a070a016112022001'),
  of(scalarMap)(new Map(), '{}', 'fa0200'),
  of(scalarMap)(
    new Map<unknown, unknown>([
      [true, 1n],
      [1.5, null],
      [one, 'x'],
      ['1.10', 'y'],
      [hello, 'z'],
      [newYear, 2n],
    ]),
    "{True: 1, 1.5: None, u(int=1): 'x', D('1.10'): 'y', b'\\x00\\xff': 'z', utc(2026, 1, 1): 2}",
    'fa02720a080a022801120220010a0d0a0921000000000000f83f12000a2d0a26422430303030303030302d303030302d303030302d303030302d30303030303030303030303112031201780a0d0a065204312e313012031201790a0b0a043a0200ff120312017a0a0c0a063080f2d6ca0612022002',
  ),
  of(zonedTimestamp)(
    { at: newYear, zone: 'Europe/Berlin' },
    "at('Europe/Berlin', 2026, 1, 1, 1)",
    '8203150880f2d6ca06120d4575726f70652f4265726c696e',
  ),
  of(zonedTimestamp)({ at: newYear, zone: '' }, 'datetime.datetime(2026, 1, 1)', '8203060880f2d6ca06'),
  of(zonedTimestamp)({ at: new Date(0), zone: 'UTC' }, 'utc(1970, 1, 1)', '8203051203555443'),
  of(pdfBytes)(hello, "b'\\x00\\xff'", '0a0200ff'),
  of(imageBytes)(hello, "b'\\x00\\xff'", '0a0200ff'),
]
