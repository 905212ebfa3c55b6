import type { ValueType } from './value-type.ts'

/**
 * What Feast's PostgreSQL online store puts into `value_text`: the text of a STRING, and with `numbers` (0.66 and newer) also what Python's
 * `str()` gives for integers, floats and booleans. Null for every other type, for null, and for text with a NUL character, which
 * PostgreSQL cannot hold.
 *
 * @example
 * valueText(string, 'blue') // 'blue'
 * valueText(float32, 0.7, { numbers: true }) // '0.699999988079071'
 */
export const valueText = (type: ValueType, value: unknown, options: { readonly numbers?: boolean } = {}): string | null => {
  if (value === null || value === undefined) return null
  if (type.name === 'STRING') return typeof value === 'string' && !value.includes('\0') ? value : null
  if (options.numbers !== true || Number.isNaN(value)) return null
  switch (type.name) {
    case 'INT32':
    case 'INT64':
      return String(value)
    case 'FLOAT':
      return pythonFloat(Math.fround(Number(value)))
    case 'DOUBLE':
      return pythonFloat(Number(value))
    case 'BOOL':
      return value === true ? 'True' : 'False'
    default:
      return null
  }
}

/**
 * What Feast's column `value_num` holds (0.66 and newer): integers, floats and booleans as a double, null for everything else.
 *
 * @example
 * valueNumber(bool, true) // 1
 */
export const valueNumber = (type: ValueType, value: unknown): number | null => {
  if (value === null || value === undefined || Number.isNaN(value)) return null
  switch (type.name) {
    case 'FLOAT':
      return Math.fround(Number(value))
    case 'INT32':
    case 'INT64':
    case 'DOUBLE':
    case 'BOOL':
      return Number(value)
    default:
      return null
  }
}

/**
 * What Feast's column `vector_value` holds where vectors are enabled: a list of numbers as Python prints it. Null for every other type.
 *
 * @example
 * vectorText(listOf(float32), [1, 2.5]) // '[1.0, 2.5]'
 */
export const vectorText = (type: ValueType, value: unknown): string | null => {
  if (value === null || value === undefined) return null
  const text = elementTexts[type.name]
  return text === undefined ? null : `[${Array.from(value as Iterable<number | bigint>, text).join(', ')}]`
}

/** Python's `str()` of a float: the shortest digits, with an exponent below 1e-4 and from 1e16 on. */
export const pythonFloat = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  // JavaScript writes the rest without an exponent as well: it has one below 1e-6 and from 1e21 on.
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

const elementTexts: Readonly<Record<string, ((value: number | bigint) => string) | undefined>> = {
  FLOAT_LIST: (value) => pythonFloat(Math.fround(Number(value))),
  DOUBLE_LIST: (value) => pythonFloat(Number(value)),
  INT32_LIST: String,
  INT64_LIST: String,
}
