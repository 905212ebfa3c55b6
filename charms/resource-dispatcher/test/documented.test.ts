import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { defects } from './defects.ts'
import { deviations } from './deviations.ts'

test('every rule and every assertion has a row in the reference, and no row is left over', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/charm-deviations.md'), 'utf8')
  const [, section = ''] = page.split(/^## resource-dispatcher$/m)
  const rows = (section.split(/^## /m)[0] ?? '').matchAll(/^\| (?!rule|assertion|-)(.+?) +\|/gm)
  expect([...rows].map(([, name]) => name).sort()).toEqual([...deviations, ...defects].map(({ name }) => name).sort())
})
