import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { project } from '@charmed-feast/store'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from './browser.ts'
import { openSite, type Site } from './site.ts'

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

/** Kubeflow's dashboard as far as a framed page meets it: one origin for itself and for what it frames. */
const dashboard = `<!doctype html><title>Dashboard</title><iframe title="app" src="/feast/p/rides/entity" width="1200" height="700"></iframe>`

test('inside the dashboard there is one menu, and the namespace chooses the project', async () => {
  const page = await browser.newPage()
  await page.route('**/dashboard', (route) => route.fulfill({ contentType: 'text/html', body: dashboard }))
  await page.addInitScript(() => {
    if (window.parent !== window) return
    window.addEventListener('message', (event) => {
      if (event.data?.type !== 'iframe-connected') return
      const frame = event.source as Window
      frame.postMessage({ type: 'parent-connected', value: null }, event.origin)
      frame.postMessage({ type: 'namespace-selected', value: 'rides' }, event.origin)
      Object.assign(window, { connected: true })
    })
  })
  await page.goto(`${site.server.url}/dashboard`)
  const frame = page.frameLocator('iframe')
  await frame.getByRole('link', { name: 'driver', exact: true }).waitFor()
  await page.waitForFunction(() => 'connected' in window)
  expect(await frame.getByRole('navigation', { name: 'Sections' }).count()).toBe(1)
  expect(await frame.locator('.side, .brand, .project-button').count()).toBe(0)
  expect(await frame.getByRole('heading', { name: 'Entities', level: 1 }).count()).toBe(1)
  await frame.getByRole('button', { name: 'Search' }).click()
  await frame.getByRole('combobox').waitFor()
  await page.close()
})

test('a namespace of a project of the same name leads to it; a message of another origin does not', async () => {
  await site.store.apply([project({ name: 'rides', description: 'Everything about rides' })])
  const page = await browser.newPage()
  await page.route('**/dashboard', (route) =>
    route.fulfill({ contentType: 'text/html', body: dashboard.replace('/feast/p/rides/entity', '/feast/') }),
  )
  await page.goto(`${site.server.url}/dashboard`)
  const inner = page.frames().find((each) => each.parentFrame() !== null)
  if (!inner) throw new Error('the dashboard has no frame')
  await inner.waitForURL(/p\/rides/)
  await inner.evaluate(() => {
    window.dispatchEvent(
      new MessageEvent('message', {
        data: { type: 'namespace-selected', value: 'elsewhere' },
        origin: 'https://evil.example',
        source: window.parent,
      }),
    )
  })
  expect(new URL(inner.url()).pathname).toBe('/feast/p/rides')
  await page.close()
})

test('another site may not frame the page', async () => {
  const other = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<iframe title="stolen" src="${site.url}/p/rides"></iframe>`)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const page = await browser.newPage()
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'))
  await page.goto(`http://127.0.0.1:${port}/`)
  await refused
  other.close()
  await page.close()
})
