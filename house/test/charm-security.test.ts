import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { plain } from '../charm-page.ts'

const root = join(import.meta.dirname, '../..')

test('each promise of the page has its test, in the file that is named', () => {
  const lines = readFileSync(join(root, 'docs/reference/charm-security.md'), 'utf8')
    .split('\n')
    .filter((line) => /^\| \d/.test(line))
  const rows = lines.map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
  for (const [, file, name = ''] of rows) expect(readFileSync(join(root, plain(file)), 'utf8')).toContain(`'${name}'`)
  const sentences = rows.map(([promise = '']) => promise.split(':')[0])
  expect([...new Set(sentences)]).toEqual(['6', '25', '26', '27', '28', '29'])
})
