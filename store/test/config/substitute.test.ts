// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is what is substituted
import { describe, expect, test } from 'vitest'
import { substituteVariables } from '../../src/config/substitute.ts'

const environment = { PW: 's3cret', HOST: 'db', EMPTY: '', NESTED: '${PW}', 'A:-b': 'odd', _x1: 'u', é: 'no' }
const text = (raw: string): string => substituteVariables(raw, environment).text

describe('variables', () => {
  test.each([
    ['a: $PW', 'a: s3cret'],
    ['a: ${PW}', 'a: s3cret'],
    ['a: "${PW}@${HOST}"', 'a: "s3cret@db"'],
    ['a: $PW$HOST', 'a: s3cretdb'],
    ['a: $PWx', 'a: $PWx'],
    ['a: ${PW}x', 'a: s3cretx'],
    ['a: $_x1', 'a: u'],
    ['a: ${EMPTY}b', 'a: b'],
    ['a: $MISSING ${MISSING}', 'a: $MISSING ${MISSING}'],
    ['a: ${A:-b}', 'a: odd'],
    ['a: ${B:-b}', 'a: ${B:-b}'],
    ['a: $$PW', 'a: $s3cret'],
    ['a: \\$PW', 'a: \\s3cret'],
    ['a: $', 'a: $'],
    ['a: ${', 'a: ${'],
    ['a: ${}', 'a: ${}'],
    ['a: $-x', 'a: $-x'],
    ['a: $é', 'a: $é'],
    ['a: ${NESTED}', 'a: ${PW}'],
    ['a: $toString ${constructor}', 'a: $toString ${constructor}'],
    ['# $PW', '# s3cret'],
  ])('%s becomes %s', (raw, substituted) => {
    expect(text(raw)).toBe(substituted)
  })

  test('that are not set are noted by their line, in braces only', () => {
    expect(substituteVariables('a: 1\nb: ${X} $Y\n\nc: ${Z}', {}).unsetLines).toEqual([2, 4])
  })

  test('of a value that looks like a replacement pattern are put in as they are', () => {
    expect(substituteVariables('a: $PW', { PW: "$& $1 $' $$" }).text).toBe("a: $& $1 $' $$")
  })
})
