import { entity, featureView, float64, int64, postgresSource, project } from '@charmed-feast/store'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openSite } from './site.ts'
import { settle, watchPage } from './watch.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
})

const script = '<script>window.ran=1</script><img src=x onerror="window.ran=1"><a href="javascript:window.ran=1">x</a>'
// `.` and `..` are missing: no address can hold them as a segment, in whatever way they are written (WHATWG URL).
const awkward = ['a/b', 'a%2Fb', 'a b', '<b>bold</b>', `it's "quoted"`, '名前', 'a?b#c', 'x'.repeat(180), script]

const row = entity({
  name: 'row',
  joinKey: 'row_id',
  valueType: int64,
  description: script,
  owner: script,
  tags: { [script]: script, team: script },
})
const source = postgresSource({ name: 'table', table: 'rows', timestampField: 'event_timestamp', description: script })
const stats = featureView({
  name: 'stats',
  entities: [row],
  schema: { value: float64 },
  source,
  description: script,
  owner: script,
  tags: { team: script },
})

test('stored texts are shown and never run; names of any characters have their pages', async () => {
  const named = awkward.map((name) => entity({ name, joinKey: 'row_id', valueType: int64 }))
  await using site = await openSite({
    prefix: '/feast',
    definitions: [project({ name: 'rides', description: script }), row, source, stats, ...named],
    tables: `CREATE TABLE rows AS SELECT 1::bigint AS row_id, now() AS event_timestamp, 0.5::double precision AS value`,
  })
  const page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  const watched = watchPage(page, { below: `${site.url}/` })
  const paths = [
    '',
    '/entity',
    '/entity/row',
    '/feature-view/stats',
    '/feature-view/stats/definition',
    '/data-source/table',
    '/lineage',
    '/lineage?object=featureView:stats',
    '/plan?edit=entity:row',
  ]
  for (const path of paths) {
    await page.goto(`${site.url}/p/rides${path}`)
    await settle(page)
    expect(await page.evaluate(() => 'ran' in window), path).toBe(false)
    expect(await page.locator('main img, main script, main b').count(), path).toBe(0)
  }
  for (const name of awkward) {
    await page.goto(`${site.url}/p/rides/entity`)
    const link = page.locator('td a').filter({ hasText: name }).first()
    await link.click()
    await page.getByRole('heading', { level: 1 }).filter({ hasText: name }).waitFor()
    await page.reload()
    await page.getByText('Join key').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(name)
  }
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  expect(watched.problems).toEqual([])
  await page.close()
}, 120_000)
