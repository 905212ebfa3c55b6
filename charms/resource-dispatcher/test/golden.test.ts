import { formatGoldenCharmReport, inProcess, runGolden } from '@charmed-feast/charm/testing'
import { expect, test } from 'vitest'

import { charm } from '../src/charm.ts'
import { defects } from './defects.ts'
import { deviations } from './deviations.ts'

test('leaves what the Python charm leaves in every recording, or what a rule says instead', async () => {
  const directory = new URL('golden', import.meta.url).pathname
  const report = await runGolden({ directory, charm: inProcess(charm), deviations, defects })
  const text = formatGoldenCharmReport('resource-dispatcher', report)
  process.stdout.write(`${text}\n`)
  expect(text).toMatch(/ 0 failing,/)
  expect(report.unused).toEqual([])
  expect(report.results.length).toBeGreaterThanOrEqual(190)
})
