/** A YAML scalar as Python reads it. A date keeps its text: no field of Feast's takes one, and the error names it. */
export type Scalar =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null'; readonly value: null }
  | { readonly kind: 'date'; readonly value: string }

// The forms of YAML 1.1, https://yaml.org/type/, as PyYAML 6 has them: `y` and `n` are text, `1e3` is text, `012` is ten, `1:30` is ninety.
const truths = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/
const untruths = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/
const nothing = /^(?:~|null|Null|NULL|)$/
const integer = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const date =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/

/**
 * Reads a plain scalar, one without quotes, by the rules of YAML 1.1 as PyYAML applies them.
 *
 * @example
 * readScalar('12:30:45') // { kind: 'integer', value: 45045 }
 */
export const readScalar = (text: string): Scalar => {
  if (nothing.test(text)) return { kind: 'null', value: null }
  if (truths.test(text) || untruths.test(text)) return { kind: 'boolean', value: truths.test(text) }
  if (float.test(text)) return { kind: 'float', value: readFloat(text) }
  if (integer.test(text)) return { kind: 'integer', value: readInteger(text) }
  if (date.test(text)) return { kind: 'date', value: text }
  return { kind: 'text', value: text }
}

const readFloat = (text: string): number => {
  const digits = text.replaceAll('_', '').toLowerCase()
  const sign = digits.startsWith('-') ? -1 : 1
  const rest = digits.replace(/^[-+]/, '')
  if (rest === '.inf') return sign * Infinity
  if (rest === '.nan') return Number.NaN
  return sign * rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
}

const readInteger = (text: string): number | bigint => {
  const digits = text.replaceAll('_', '')
  const rest = digits.replace(/^[-+]/, '')
  const value = rest.includes(':')
    ? rest.split(':').reduce((sum, part) => sum * 60n + BigInt(part), 0n)
    : BigInt(rest.replace(/^0(?=[0-7])/, '0o'))
  const signed = digits.startsWith('-') ? -value : value
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed
}

/** What a scalar with an explicit tag is; undefined for a tag that a configuration has no use for, or a text that does not fit it. */
export const readTagged = (tag: string, text: string): Scalar | undefined => {
  const scalar = readScalar(text)
  switch (tag.replace('tag:yaml.org,2002:', '')) {
    case 'str':
      return { kind: 'text', value: text }
    case 'int':
      return scalar.kind === 'integer' ? scalar : undefined
    case 'float':
      return scalar.kind === 'integer' ? { kind: 'float', value: Number(scalar.value) } : scalar.kind === 'float' ? scalar : undefined
    case 'bool':
      return scalar.kind === 'boolean' ? scalar : undefined
    case 'null':
      return { kind: 'null', value: null }
    default:
      return undefined
  }
}
