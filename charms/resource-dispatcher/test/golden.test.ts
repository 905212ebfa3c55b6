import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { formatGoldenCharmReport, inProcess, runGolden } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { charm } from '../src/charm.ts'
import { defects } from './defects.ts'
import { deviations } from './deviations.ts'

let directory = ''

// Tools of `charm/testing` print the text `\ud83d` in a databag as a lone surrogate (go-json.ts takes `\\ud83d` for an escape): the same JSON is
// written with the character itself.
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'golden-'))
  await cp(new URL('golden', import.meta.url).pathname, directory, { recursive: true })
  for (const name of await readdir(directory)) {
    const text = await readFile(join(directory, name), 'utf8')
    const plain = text.replace(/\\\\u(d[89ab][0-9a-f]{2})\\\\u(d[c-f][0-9a-f]{2})/g, (_, high: string, low: string) =>
      String.fromCharCode(Number.parseInt(high, 16), Number.parseInt(low, 16)),
    )
    if (plain !== text) await writeFile(join(directory, name), plain)
  }
})

afterAll(() => rm(directory, { recursive: true }))

test('leaves what the Python charm leaves in every recording, or what a rule says instead', async () => {
  const report = await runGolden({ directory, charm: inProcess(charm), deviations, defects })
  const text = formatGoldenCharmReport('resource-dispatcher', report)
  process.stdout.write(`${text}\n`)
  expect(text).toMatch(/ 0 failing,/)
  expect(report.unused).toEqual([])
  expect(report.results.length).toBeGreaterThanOrEqual(190)
})
