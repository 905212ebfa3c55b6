import { expect, test } from 'vitest'
import { formatGoJson } from '../../src/testing/tool/go-json.ts'

test.each([
  ['a pair of surrogates', '🔑', '"🔑"'],
  ['half of one', 'a\ud83db', '"a\\ufffdb"'],
  ['text that spells an escape', '\\ud83d\\udd11', '"\\\\ud83d\\\\udd11"'],
  ['what HTML would take', '<&>\u2028', '"\\u003c\\u0026\\u003e\\u2028"'],
  ['quotes and control characters', '"\n\u0001', '"\\"\\n\\u0001"'],
])('%s is printed as Go prints it', (_, text, printed) => {
  expect(formatGoJson(text)).toBe(printed)
})
