import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findViolations } from './axe.ts'
import { launchBrowser } from './browser.ts'
import { openSite, type Site } from './site.ts'
import { settle, watchPage } from './watch.ts'

let browser: Browser
let site: Site
let empty: Site

beforeAll(async () => {
  browser = await launchBrowser()
  site = await openSite({ prefix: '/feast' })
  empty = await openSite({ prefix: '/feast', definitions: [], tables: '' })
}, 120_000)

afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await empty[Symbol.asyncDispose]()
  await browser.close()
})

/** The lists, with the path of their request and what they say when there is nothing. */
const lists = [
  ['feature-view', 'feature_views', 'No feature views yet'],
  ['features', 'features', 'No features yet'],
  ['feature-service', 'feature_services', 'No feature services yet'],
  ['entity', 'entities', 'No entities yet'],
  ['data-source', 'data_sources', 'No data sources yet'],
  ['label-view', 'label_views', 'No label views yet'],
  ['data-set', 'saved_datasets', 'No datasets yet'],
  ['permissions', 'permissions', 'No permissions yet'],
  ['freshness', 'freshness', 'No feature views yet'],
  ['runs', 'runs', 'No runs yet'],
] as const

async function answerWith(page: Page, path: string, status: number, body: object): Promise<void> {
  await page.route(new RegExp(`/api/v1/${path}(\\?|$)`), (route) =>
    route.fulfill({ status, contentType: 'application/json', headers: { 'x-request-id': 'r-42' }, body: JSON.stringify(body) }),
  )
}

describe.each(lists)('the list at /%s', (route, path, words) => {
  test('teaches when there is nothing yet', async () => {
    const page = await browser.newPage()
    const watched = watchPage(page, { below: `${empty.url}/` })
    await page.goto(`${empty.url}/p/rides/${route}`)
    await page.getByRole('heading', { name: words }).waitFor()
    expect(await page.locator('main pre').textContent()).not.toBe('')
    expect(watched.problems).toEqual([])
    await page.close()
  })

  test('says what failed, where, and under which id, and asks again', async () => {
    const page = await browser.newPage()
    await answerWith(page, path, 500, { status_code: 500, detail: 'cannot read the registry: it is gone', code: 'STORE_REGISTRY_GONE' })
    await page.goto(`${site.url}/p/rides/${route}`)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    const text = await alert.textContent()
    for (const part of ['cannot read the registry: it is gone', `/feast/api/v1/${path}`, '500', 'STORE_REGISTRY_GONE', 'r-42'])
      expect(text).toContain(part)
    expect(await findViolations(page)).toEqual([])
    await page.unrouteAll()
    await page.getByRole('button', { name: 'Try again' }).click()
    await alert.waitFor({ state: 'detached' })
    await page.close()
  })

  test('says which role is needed when it is forbidden', async () => {
    const page = await browser.newPage()
    await answerWith(page, path, 403, { status_code: 403, detail: 'cannot list: you may not', needed_role: 'reader' })
    await page.goto(`${site.url}/p/rides/${route}`)
    await page.getByRole('heading', { name: 'You cannot see this' }).waitFor()
    expect(await page.locator('main').textContent()).toContain('reader')
    await page.close()
  })
})

test('a filter that finds nothing is named and can be cleared', async () => {
  const page = await browser.newPage()
  await page.goto(`${site.url}/p/rides/entity?q=nothing-is-called-so`)
  await page.getByRole('heading', { name: 'No entities match' }).waitFor()
  await page.getByRole('button', { name: 'Clear the filter' }).click()
  await page.getByRole('link', { name: 'driver', exact: true }).waitFor()
  expect(new URL(page.url()).search).toBe('')
  await page.close()
})

test('an object that is not there says so, and a page that is not there, too', async () => {
  const page = await browser.newPage()
  await page.goto(`${site.url}/p/rides/entity/nobody`)
  await page.getByRole('heading', { name: 'Not found' }).waitFor()
  await page.goto(`${site.url}/p/rides/no/such/page`)
  await page.getByRole('heading', { name: 'No such page' }).waitFor()
  await page.close()
})

test('what the server does not offer is not in the navigation, and its address says what turns it on', async () => {
  await using closed = await openSite({ openings: {} })
  const page = await browser.newPage()
  const watched = watchPage(page, { below: `${closed.url}/` })
  await page.goto(`${closed.url}/p/rides/training-set`)
  await page.getByRole('heading', { name: 'Reading stored values is off' }).waitFor()
  expect(await page.locator('main').textContent()).toContain('--allow-data')
  const places = await page.getByRole('navigation', { name: 'Sections' }).textContent()
  for (const gone of ['Training set', 'Plan']) expect(places).not.toContain(gone)
  expect(places).toContain('Freshness')
  await page.goto(`${closed.url}/p/rides/feature-view/driver_hourly_stats`)
  await settle(page)
  expect(await page.getByRole('link', { name: 'Preview' }).count()).toBe(0)
  expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0)
  expect(watched.problems).toEqual([])
  await page.close()
})

test('a card that failed does not take the page with it', async () => {
  const page = await browser.newPage()
  await answerWith(page, 'runs', 500, { status_code: 500, detail: 'cannot read runs' })
  await page.goto(`${site.url}/p/rides`)
  await page.getByText('cannot read runs').waitFor()
  await page.getByRole('heading', { name: 'Recent changes' }).waitFor()
  await page.getByText('Never materialized').first().waitFor()
  await page.close()
})

test('a count that is unknown is a dash, never zero', async () => {
  const page = await browser.newPage()
  await answerWith(page, 'freshness', 500, { status_code: 500, detail: 'no' })
  await answerWith(page, 'metrics/resource_counts', 500, { status_code: 500, detail: 'no' })
  await page.goto(`${site.url}/p/rides`)
  await page.getByRole('alert').first().waitFor()
  expect(await page.locator('.figures .number').allInnerTexts()).toEqual(['–', '–', '–', '–'])
  await page.close()
})

test('an older server that knows another API is told of in a banner', async () => {
  const page = await browser.newPage()
  await page.route(/\/feast\/p\/rides$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replace('"apiVersion":1', '"apiVersion":2') })
  })
  await page.goto(`${site.url}/p/rides`)
  expect(await page.getByRole('alert').textContent()).toContain('Some things may not work')
  await page.close()
})
