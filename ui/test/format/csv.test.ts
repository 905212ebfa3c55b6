import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv, writeCsv } from '../../src/format/csv.ts'

describe('writeCsv', () => {
  test('is read back as the same cells, whatever they hold', () => {
    const plain = fc.string().filter((text) => !/^[=+\-@\t\r']/.test(text) && !text.includes('\r') && !text.includes('\t'))
    const row = fc.array(plain, { minLength: 2, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const width = Math.max(...rows.map((each) => each.length))
        const even = rows.map((each) => [
          ...each,
          ...Array<string>(width - each.length)
            .fill('-')
            .map(() => 'x'),
        ])
        expect(readCsv(writeCsv(even[0] ?? [], even.slice(1)))).toEqual(even)
      }),
    )
  })

  test('marks what a spreadsheet would run, and leaves numbers alone', () => {
    expect(writeCsv(['a'], [['=HYPERLINK("x")'], ['-1.5'], ['@sum'], ['+2'], ['-1+2']])).toBe(
      'a\r\n"\'=HYPERLINK(""x"")"\r\n-1.5\r\n\'@sum\r\n+2\r\n\'-1+2\r\n',
    )
  })
})

describe('readCsv', () => {
  test('reads what a sheet puts on the clipboard, with tabs', () => {
    expect(readCsv('id\tname\n1\tAna\n')).toEqual([
      ['id', 'name'],
      ['1', 'Ana'],
    ])
  })

  test('keeps line breaks and quotes inside quotes, and leaves blank lines out', () => {
    expect(readCsv('a,b\n"x\ny","say ""so"""\n\n')).toEqual([
      ['a', 'b'],
      ['x\ny', 'say "so"'],
    ])
  })
})
