import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from './axe.ts'
import { launchBrowser } from './browser.ts'
import { routePaths } from './route-list.ts'
import { openSite, type Site } from './site.ts'
import { settle } from './watch.ts'

let browser: Browser
let site: Site

beforeAll(async () => {
  browser = await launchBrowser()
  site = await openSite({ prefix: '/feast' })
  await site.store.materialize({ start: new Date(Date.now() - 86_400_000), end: new Date(), views: ['driver_hourly_stats'] })
})

afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await browser.close()
})

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${site.url}/p/rides${path}`)
  await settle(page)
}

/** What opens over a page, and how. */
const overlays: readonly (readonly [name: string, path: string, open: (page: Page) => Promise<void>])[] = [
  [
    'the search',
    '',
    async (page) => {
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill('driver')
      await page.getByRole('option').first().waitFor()
    },
  ],
  [
    'the dialog of a run',
    '/feature-view/driver_hourly_stats/materialization',
    async (page) => {
      await page.getByRole('link', { name: 'Materialize', exact: true }).click()
      await page.getByRole('dialog').getByText('Rows').waitFor()
    },
  ],
  [
    'a menu',
    '/feature-view',
    async (page) => {
      await page.getByRole('button', { name: 'Columns' }).click()
      await page.getByRole('menu').waitFor()
    },
  ],
  [
    'why this value',
    '/training-set?feature=driver_hourly_stats:conv_rate&by=features',
    async (page) => {
      await page.getByRole('radio', { name: 'Paste' }).check()
      await page.getByLabel('Rows as CSV').fill(`driver_id,event_timestamp\n1001,${new Date().toISOString()}`)
      await page.getByRole('button', { name: 'Preview' }).click()
      await page.getByTitle('Why this value').first().click()
      await page.getByRole('dialog').getByText('Candidate rows').waitFor()
    },
  ],
  [
    'a value that was looked up',
    '/playground?feature=driver_hourly_stats:conv_rate&by=features',
    async (page) => {
      await page.getByLabel('driver_id, row 1').fill('1001')
      await page.getByRole('button', { name: 'Look up' }).click()
      await page.getByTitle('Why this value').first().click()
      await page.getByRole('dialog').getByText('Event time').first().waitFor()
    },
  ],
]

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  test('every page is without violations', async () => {
    const page = await browser.newPage({ colorScheme, reducedMotion: 'reduce' })
    const found: string[] = []
    for (const path of routePaths) {
      await open(page, path)
      found.push(...(await findViolations(page)).map((violation) => `${path}: ${violation}`))
    }
    expect(found).toEqual([])
    await page.close()
  }, 300_000)

  test.each(overlays)(
    '%s is without violations',
    async (_name, path, show) => {
      const page = await browser.newPage({ colorScheme, reducedMotion: 'reduce' })
      await open(page, path)
      await show(page)
      expect(await findViolations(page)).toEqual([])
      await page.close()
    },
    60_000,
  )

  test('the navigation of a phone is without violations', async () => {
    const page = await browser.newPage({ colorScheme, reducedMotion: 'reduce', viewport: { width: 390, height: 844 } })
    await open(page, '/feature-view')
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    await page.getByRole('dialog', { name: 'Navigation' }).waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.close()
  }, 60_000)
})
