import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openSite, type Site } from './site.ts'
import { settle } from './watch.ts'

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
  page.setDefaultTimeout(12_000)
  await page.goto(`${site.url}/p/rides${path}`)
  await settle(page)
  return page
}

/** Text of what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })
}

test('the search is opened, used and left by keys alone', async () => {
  const page = await open('')
  await page.keyboard.press('/')
  await page.keyboard.type('merchant')
  await page
    .getByRole('option', { name: /^merchant_risk\b/ })
    .first()
    .waitFor()
  await page.keyboard.press('ArrowDown')
  expect(await page.getByRole('option', { selected: true }).count()).toBe(1)
  await page.keyboard.press('Escape')
  await page.getByRole('combobox').waitFor({ state: 'detached' })
  await page.keyboard.press('Control+k')
  await page.keyboard.type('pricing')
  await page.getByRole('option', { name: /pricing/, selected: true }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'pricing', level: 1 }).waitFor()
  await page.close()
})

test('the search that was just left opens anew', async () => {
  const page = await open('')
  await page.keyboard.press('/')
  await page.getByRole('combobox').waitFor()
  // Both keys in one task, with room for the page to draw itself but not for the browser to tell that the dialog is closed.
  await page.evaluate(async () => {
    const press = (key: string, ctrlKey = false) =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }))
    if (press('Escape')) document.querySelector('dialog')?.close()
    for (let turns = 0; turns < 10; turns += 1) await Promise.resolve()
    press('k', true)
  })
  await page.keyboard.type('pricing')
  await page.getByRole('option', { name: /pricing/, selected: true }).waitFor()
  await page.close()
})

test('the slash is a character where one types', async () => {
  const page = await open('/entity')
  await page.getByRole('searchbox').press('/')
  expect(await page.getByRole('searchbox').inputValue()).toBe('/')
  expect(await page.getByRole('combobox').count()).toBe(0)
  await page.close()
})

test('the first Tab offers to skip to the content', async () => {
  const page = await open('/entity')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  await page.close()
})

test('arrow keys walk the rows of a table, and Enter opens one', async () => {
  const page = await open('/feature-view')
  await page.getByRole('link', { name: 'driver_hourly_stats' }).focus()
  await page.keyboard.press('ArrowDown')
  const name = await focused(page)
  expect(name).not.toBe('driver_hourly_stats')
  await page.keyboard.press('ArrowUp')
  expect(await focused(page)).toBe('driver_hourly_stats')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'driver_hourly_stats', level: 1 }).waitFor()
  await page.close()
})

test('a menu opens, walks and closes by keys, and gives the focus back', async () => {
  const page = await open('/feature-view')
  const button = page.getByRole('button', { name: 'Columns' })
  await button.press('Enter')
  await page.getByRole('menu').waitFor()
  await page.keyboard.press('End')
  expect(await focused(page)).toContain('Updated')
  await page.keyboard.press('Enter')
  expect(await page.getByRole('columnheader', { name: 'Updated' }).count()).toBe(0)
  await page.keyboard.press('Escape')
  expect(await focused(page)).toBe('Columns')
  await page.close()
})

test('arrow keys walk along the edges of the graph, and t turns it into a table', async () => {
  const page = await open('/lineage?object=featureView:driver_hourly_stats')
  await page.locator('[data-node="featureView:driver_hourly_stats"]').focus()
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-node')?.match(/fare|pricing/))
  await page.keyboard.press('ArrowLeft')
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-node') === 'featureView:driver_hourly_stats')
  await page.keyboard.press('t')
  const table = page.getByRole('table', { name: 'Lineage as a table' })
  await table.waitFor()
  expect(await table.getByRole('link', { name: 'driver_stats_source' }).count()).toBe(1)
  await page.keyboard.press('t')
  await page.locator('[data-node]').first().waitFor()
  await page.close()
})

test('every stop of Tab can be seen', async () => {
  const page = await open('/feature-view/driver_hourly_stats')
  const seen = new Set<string>()
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press('Tab')
    const stop = await page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return null
      const style = getComputedStyle(element)
      return { name: element.outerHTML.slice(0, 120), visible: style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1 }
    })
    if (stop === null) break
    if (!stop.visible) seen.add(stop.name)
  }
  expect([...seen]).toEqual([])
  await page.close()
})

test('going back finds the filter and the place in the list again', async () => {
  const page = await open('/features')
  await page.getByRole('searchbox').fill('rate')
  await page.waitForURL(/q=rate/)
  await page.setViewportSize({ width: 1280, height: 320 })
  await page.evaluate(() => window.scrollTo(0, 120))
  // A click may scroll its target into sight first: what counts is where the reader was then.
  await page.evaluate(() => window.addEventListener('click', () => sessionStorage.setItem('top', String(window.scrollY)), true))
  await page.getByRole('link', { name: 'conv_rate' }).click()
  await page.getByRole('heading', { name: 'conv_rate', level: 1 }).waitFor()
  await page.goBack()
  await page.waitForFunction(() => window.scrollY > 0 && String(window.scrollY) === sessionStorage.getItem('top'))
  expect(await page.getByRole('searchbox').inputValue()).toBe('rate')
  await page.close()
})
