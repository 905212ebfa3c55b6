import { entity, int64 } from '@charmed-feast/store'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openSite, type Site } from './site.ts'
import { settle, watchPage } from './watch.ts'

let browser: Browser
let site: Site

beforeAll(async () => {
  browser = await launchBrowser()
  site = await openSite({ prefix: '/feast' })
}, 120_000)

afterAll(async () => {
  await site[Symbol.asyncDispose]()
  await browser.close()
})

async function open(path: string): Promise<Page> {
  const page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  await page.goto(`${site.url}/p/rides${path}`)
  await settle(page)
  return page
}

test('a gap is filled from the strip: the run is seen to end, the value is online, and the gap is gone', async () => {
  const page = await open('/feature-view/merchant_risk/materialization')
  const watched = watchPage(page, { below: `${site.url}/` })
  await page.getByText('No runs yet').waitFor()
  await page.getByRole('link', { name: 'Materialize', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'A range' }).check()
  await dialog
    .getByRole('button', { name: /^Load \d/ })
    .or(dialog.getByRole('button', { name: 'Load', exact: true }))
    .waitFor()
  await dialog.getByLabel('Up to (UTC)').fill(new Date().toISOString().slice(0, 16))
  await dialog.getByRole('button', { name: /^Load/ }).click()
  await dialog.getByText('Succeeded').waitFor()
  await dialog.getByRole('button', { name: 'Leave it running' }).click()
  await page.getByRole('link', { name: /of merchant_risk/ }).waitFor()
  const { rows } = await site.store.readOnline(['merchant_risk:category'], [{ merchant_id: 'm-3' }]).then((read) => ({ rows: read.rows }))
  expect(rows[0]).toMatchObject({ category: expect.stringMatching(/retail|travel|food/) })
  expect(watched.problems).toEqual([])
  await page.close()
}, 60_000)

test('the playground gives the values that the store gives, and says why one is missing', async () => {
  await site.store.materialize({ start: new Date(Date.now() - 2 * 86_400_000), end: new Date(), views: ['driver_hourly_stats'] })
  const page = await open('/playground?service=pricing')
  await page.getByLabel('driver_id, row 1').fill('1001')
  await page.getByLabel('distance_km, row 1').fill('7.5')
  await page.getByRole('button', { name: 'Add a row' }).click()
  await page.getByLabel('driver_id, row 2').fill('9999')
  await page.getByLabel('distance_km, row 2').fill('1')
  await page.getByRole('button', { name: 'Look up' }).click()
  const table = page.getByRole('table').filter({ hasText: 'conv_rate' })
  await table.waitFor()
  const { rows } = await site.store.readOnline(await site.store.service('pricing'), [{ driver_id: 1001n, distance_km: 7.5 }])
  const fare = Number((rows[0] as Record<string, unknown>).expected_fare)
  expect(await table.getByRole('row').nth(1).textContent()).toContain(String(fare))
  expect(await table.getByRole('row').nth(2).textContent()).toContain('not found')
  await table.getByRole('row').nth(2).getByRole('button').first().click()
  await page.getByRole('dialog').getByText('Entity unknown').waitFor()
  expect(new URL(page.url()).search).toBe('?service=pricing')
  await page.close()
}, 60_000)

test('what is typed wrong is refused before anything is asked', async () => {
  const page = await open('/playground?feature=driver_hourly_stats:conv_rate&by=features')
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/online/explain')) asked.push(request.url())
  })
  await page.getByLabel('driver_id, row 1').fill('10x')
  await page.getByRole('button', { name: 'Look up' }).click()
  await page.getByText('a whole number is needed').waitFor()
  expect(asked).toEqual([])
  await page.close()
})

test('a value of a training set tells which row it was taken from, and which were too late', async () => {
  const page = await open('/training-set?feature=driver_hourly_stats:conv_rate&by=features')
  const asOf = new Date(Date.now() - 5 * 3_600_000)
  await page.getByRole('radio', { name: 'Paste' }).check()
  await page.getByLabel('Rows as CSV').fill(`driver_id,event_timestamp\n1001,${asOf.toISOString()}`)
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByTitle('Why this value').click()
  const panel = page.getByRole('dialog')
  await panel.getByRole('cell', { name: 'chosen', exact: true }).waitFor()
  const verdicts = await panel.getByRole('row').allInnerTexts()
  const chosen = verdicts.findIndex((row) => row.includes('chosen'))
  expect(verdicts.slice(1, chosen).every((row) => row.includes('in the future'))).toBe(true)
  expect(verdicts[chosen + 1]).toContain('older')
  const hour = new Date(Math.floor(asOf.getTime() / 3_600_000) * 3_600_000)
  expect(verdicts[chosen]).toContain(hour.toISOString().slice(0, 16).replace('T', ' '))
  await page.close()
}, 60_000)

test('an edit is planned, read, applied, and undone; nothing that the form does not know is lost', async () => {
  const before = await (await fetch(`${site.url}/api/v1/feature_views/merchant_risk?project=rides`)).json()
  const page = await open('/plan?edit=featureView:merchant_risk')
  await page.getByLabel('Description').fill('How risky a merchant is')
  await page.getByRole('button', { name: 'Add to the plan' }).click()
  const diff = page.locator('.field-diff')
  await diff.getByText('spec.description').waitFor()
  expect(await diff.locator('dt').allInnerTexts()).toEqual(['spec.description'])
  await page.getByRole('button', { name: 'Apply 1 change' }).click()
  await page.getByText('Applied 1 change.').waitFor()
  const after = await (await fetch(`${site.url}/api/v1/feature_views/merchant_risk?project=rides`)).json()
  expect(after.spec).toEqual({ ...before.spec, description: 'How risky a merchant is' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Undone').waitFor()
  const undone = await (await fetch(`${site.url}/api/v1/feature_views/merchant_risk?project=rides`)).json()
  expect(undone.spec).toEqual(before.spec)
  await page.close()
}, 60_000)

test('a plan that the registry has left behind says so, and is not made anew under the reader’s eyes', async () => {
  const page = await open('/plan?edit=entity:merchant')
  await page.getByLabel('Owner').fill('second@example.com')
  await page.getByRole('button', { name: 'Add to the plan' }).click()
  await page.getByRole('button', { name: 'Apply 1 change' }).waitFor()
  await site.store.apply([entity({ name: 'courier', joinKey: 'courier_id', valueType: int64 })])
  await page.getByRole('alert').getByText('Someone else changed the registry').waitFor()
  expect(await page.getByRole('button', { name: 'Apply 1 change' }).isDisabled()).toBe(true)
  await page.getByRole('button', { name: 'Plan again' }).click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  expect(await page.getByRole('button', { name: 'Apply 1 change' }).isEnabled()).toBe(true)
  await page.close()
}, 60_000)

test('who is second is told by the server even when no event reached the page, and nothing of the first is overwritten', async () => {
  const page = await browser.newPage()
  page.setDefaultTimeout(15_000)
  await page.route(/\/api\/v1\/events/, (route) => route.abort())
  await page.goto(`${site.url}/p/rides/plan?edit=entity:merchant`)
  await page.getByLabel('Owner').fill('second@example.com')
  await page.getByRole('button', { name: 'Add to the plan' }).click()
  await page.getByRole('button', { name: 'Apply 1 change' }).waitFor()
  await site.store.apply([entity({ name: 'rider', joinKey: 'rider_id', valueType: int64 })])
  await page.getByRole('button', { name: 'Apply 1 change' }).click()
  await page.getByRole('alert').getByText('nothing was applied').waitFor()
  const { spec } = await (await fetch(`${site.url}/api/v1/entities/merchant?project=rides`)).json()
  expect(spec.owner ?? '').toBe('')
  await page.close()
}, 60_000)

test('a half-filled form holds the reader back', async () => {
  const page = await open('/plan?edit=entity:driver')
  await page.getByLabel('Owner').fill('someone')
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.message())
    void dialog.dismiss()
  })
  await page.getByRole('link', { name: 'Entities' }).click()
  expect(asked).toEqual(['Leave without keeping what you typed?'])
  expect(page.url()).toContain('/plan')
  await page.close()
})

test('an apply elsewhere is seen within two seconds, without a reload', async () => {
  const page = await open('/entity')
  await page.getByRole('link', { name: 'driver', exact: true }).waitFor()
  await site.store.apply([entity({ name: 'vehicle', joinKey: 'vehicle_id', valueType: int64 })])
  await page.getByRole('link', { name: 'vehicle', exact: true }).waitFor({ timeout: 4000 })
  await page.close()
})

test('a list is exported as CSV that is read back, with formulas made harmless', async () => {
  const page = await open('/entity')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitem', { name: 'Export as CSV' }).click()
  const stream = await (await download).createReadStream()
  const text = await new Response(ReadableStreamOf(stream)).text()
  expect(text.split('\r\n')[0]).toBe('Name,Join key,Type,Views,Description,Owner,Tags,Updated')
  expect(text).toContain('driver,driver_id,int64,')
  await page.close()
})

function ReadableStreamOf(stream: NodeJS.ReadableStream): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      for await (const chunk of stream)
        controller.enqueue(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : new Uint8Array(chunk))
      controller.close()
    },
  })
}
