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

/**
 * A floating-point number as go-yaml prints it: `strconv.FormatFloat(f, 'g', -1, 64)`.
 *
 * @example
 * goFloat(1000000)   // '1e+06'
 */
export function goFloat(value: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return Object.is(value, -0) ? '-0' : String(value)
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

/** Texts in the order of their bytes, as Go sorts. */
export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

const letter = /\p{L}/u
const digit = /\p{Nd}/u

/** Keys in the order of go-yaml v2: what is no letter before letters, and numbers in them by their value. */
export function byYamlKey(left: string, right: string): number {
  const [a, b] = [[...left], [...right]]
  const at = a.findIndex((character, index) => character !== b[index])
  const [x, y] = [a[at], b[at]]
  if (at < 0 || x === undefined || y === undefined) return a.length - b.length
  const [xLetter, yLetter] = [letter.test(x), letter.test(y)]
  if (xLetter !== yLetter) return xLetter ? 1 : -1
  const byCode = (x.codePointAt(0) ?? 0) - (y.codePointAt(0) ?? 0)
  return xLetter ? byCode : byNumber(a, b, at) || byCode
}

/** Compares the digits that begin where two keys part; a zero there counts as a digit of the number before it. */
function byNumber(a: readonly string[], b: readonly string[], at: number): number {
  const inside = (a[at] === '0' || b[at] === '0') && /[1-9]\d*$/.test(a.slice(0, at).join(''))
  const run = (text: readonly string[]): string => {
    const end = text.findIndex((character, index) => index >= at && !digit.test(character))
    return text.slice(at, end < 0 ? undefined : end).join('')
  }
  const [m, n] = [run(a), run(b)]
  const prefix = inside ? '1' : '0'
  return Number(`${prefix}${m}`) - Number(`${prefix}${n}`) || m.length - n.length
}
