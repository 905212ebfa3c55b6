import { expect, test } from 'vitest'
import * as integrator from '../../charms/feast-integrator/test/mistakes.ts'
import * as ui from '../../charms/feast-ui/test/mistakes.ts'
import * as dispatcher from '../../charms/resource-dispatcher/test/mistakes.ts'

// What others can do wrong to the three charms. Each row is run by the bad-input.test.ts beside it, which asserts the status that says so, that the last
// good configuration stays, and that all is well again by itself.

const charms = { 'feast-integrator': integrator, 'feast-ui': ui, 'resource-dispatcher': dispatcher } as const

test('at least sixty mistakes of others are tried on the charms, each of its own name, of every kind there is', () => {
  const rows = Object.entries(charms).flatMap(([charm, { mistakes, readingTools }]) => [
    ...mistakes.map(({ name, about }) => ({ charm, about: about as string, name })),
    ...readingTools.map((tool) => ({ charm, about: 'hook tool', name: `a ${tool} that fails` })),
  ])
  const counts = Map.groupBy(rows, ({ about }) => about)
  const summary = [...counts].map(([about, { length }]) => `${length} ${about}`).sort()
  process.stdout.write(`mistakes of others: ${rows.length} (${summary.join(', ')})\n`)
  expect(rows.length).toBeGreaterThanOrEqual(60)
  expect(new Set(rows.map(({ charm, name }) => `${charm}: ${name}`)).size).toBe(rows.length)
  expect([...counts.keys()].sort()).toEqual(['API server', 'Pebble', 'configuration', 'databag', 'hook tool', 'manifest', 'secret'])
})
