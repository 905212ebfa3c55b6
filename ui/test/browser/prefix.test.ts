import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { routePaths } from './route-list.ts'
import { openSite } from './site.ts'
import { settle, watchPage } from './watch.ts'

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser.close()
})

describe.each([
  { prefix: '', gateway: false },
  { prefix: '/feast', gateway: false },
  { prefix: '/a/b', gateway: true },
])('one build below "$prefix" (a gateway that takes it off: $gateway)', ({ prefix, gateway }) => {
  test('opens every address directly, without an error and without a request outside', async () => {
    await using site = await openSite({ prefix, gateway })
    await site.store.materialize({ start: new Date(Date.now() - 86_400_000), end: new Date(), views: ['driver_hourly_stats'] })
    const page = await browser.newPage()
    const watched = watchPage(page, { below: `${site.url}/` })
    for (const path of routePaths) {
      await page.goto(`${site.url}/p/rides${path}`)
      await settle(page)
      expect(await page.locator('h1').count(), path).toBe(1)
      expect(await page.locator('main [role=alert]').allInnerTexts(), path).toEqual([])
      expect(watched.problems.splice(0), path).toEqual([])
    }
    const outside = await page
      .locator('a[href]')
      .evaluateAll(
        (links, base) => links.map((link) => String((link as HTMLAnchorElement).href)).filter((href) => !href.startsWith(base)),
        `${site.url}/`,
      )
    expect(outside).toEqual([])
    await page.close()
  }, 240_000)
})

test('without a project in the address the only one opens, and links lead on without loading the page anew', async () => {
  await using site = await openSite({ prefix: '/feast' })
  const page = await browser.newPage()
  const watched = watchPage(page, { below: `${site.url}/` })
  page.setDefaultTimeout(10_000)
  await page.goto(`${site.url}/`)
  await page.waitForURL(`${site.url}/p/rides`)
  await page.evaluate(() => Object.assign(window, { sameDocument: true }))
  await page.getByRole('link', { name: 'Entities' }).click()
  await page.getByRole('link', { name: 'driver', exact: true }).click()
  await page.getByRole('heading', { name: 'driver', level: 1 }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/feast/p/rides/entity/driver')
  expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true)
  expect(watched.problems).toEqual([])
  await page.close()
})

test('the page may run no inline script, take no inline style, and load nothing from elsewhere', async () => {
  await using site = await openSite()
  const response = await fetch(`${site.url}/p/rides`, { headers: { accept: 'text/html' } })
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/script-src 'self';/)
  expect(policy).toMatch(/style-src 'self';/)
  expect(policy).not.toContain('unsafe')
  expect(policy).not.toContain('http')
})
