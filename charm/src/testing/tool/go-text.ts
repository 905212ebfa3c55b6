const named: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
  [0x22, '\\"'],
])

const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u

/**
 * A text in Go's `%q` form, as every error of a hook tool quotes what it was given.
 *
 * @example
 * goQuote('a"b\n')   // '"a\\"b\\n"'
 */
export function goQuote(text: string): string {
  return `"${[...text].map(quoteCharacter).join('')}"`
}

function quoteCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const name = named.get(code)
  if (name) return name
  if (!unprintable.test(character)) return character
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** A number as Go's YAML prints it: integers plainly, others with `strconv.FormatFloat(f, 'g', -1, 64)`. */
export function goNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value)
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  const digits = mantissa.replace(/[-.]/g, '').length
  if (power >= -4 && power < Math.max(digits, 21)) return String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** Texts in the order of their bytes, as Go sorts. */
export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
