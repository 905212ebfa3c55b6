import type { Policy } from '@charmed-feast/server'
import { project } from '@charmed-feast/store'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bank, bankTables } from './bank.ts'
import { launchBrowser } from './browser.ts'
import { routePaths } from './route-list.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'
import { settle, watchPage } from './watch.ts'

/** What a page is told of before it asks for anything is decided too; it has to be let through for there to be a page. */
const isHost = (path: string): boolean => path === '/status'

const denying: Policy = ({ path }) =>
  isHost(path) ? { allowed: true } : { allowed: false, why: 'only readers may', setting: null, role: 'reader' }

const failing: Policy = ({ path }) => {
  if (isHost(path)) return { allowed: true }
  throw new Error('the policy cannot be read')
}

/** The routes of `route-list.ts`, with the objects of the big registry in the place of the small one's. */
const inBank = (path: string): string =>
  path
    .replace('/feature-view/driver_hourly_stats/feature/conv_rate', '/feature-view/card_1h_activity/feature/count_amount')
    .replaceAll('driver_hourly_stats', 'card_1h_activity')
    .replace('/entity/driver', '/entity/card')
    .replace('merchant_risk_source', 'card_events_000')
    .replace('/feature-service/pricing', '/feature-service/risk_model_v1')
    .replace('service=pricing', 'service=risk_model_v1')

/** Pages that ask the server for nothing until somebody asks them for something. */
const asksNothing = new Set(['/plan', '/nothing/here'])

let browser: Browser

beforeAll(async () => {
  browser = await launchBrowser()
}, 120_000)

afterAll(async () => {
  await browser.close()
})

interface State {
  readonly name: string
  readonly options: SiteOptions
  readonly pathOf?: (path: string) => string
  /** Answers that the state provokes. */
  readonly expected: readonly string[]
  /** What a page's own question is answered with where it is the host's too, which is let through. */
  readonly hostAnswer?: { readonly status: number; readonly body: string }
  readonly check: (page: Page, path: string) => Promise<void>
}

const noAlert = async (page: Page): Promise<void> => {
  expect(await page.locator('main [role=alert]').allInnerTexts()).toEqual([])
}

/** What is not there is said to be not there, and nothing else is wrong. */
const onlyMissing = async (page: Page): Promise<void> => {
  const alerts = await page.locator('main [role=alert]').allInnerTexts()
  expect(alerts.filter((text) => !text.includes('404'))).toEqual([])
}

const states: readonly State[] = [
  {
    name: 'an empty registry',
    options: { definitions: [], tables: '' },
    expected: ['404'],
    check: onlyMissing,
  },
  {
    name: 'a registry of one project and nothing else',
    options: { definitions: [project({ name: 'rides' })], tables: '' },
    expected: ['404'],
    check: onlyMissing,
  },
  { name: 'one object of each kind', options: {}, expected: [], check: noAlert },
  {
    name: '10,000 features',
    options: { definitions: bank, tables: bankTables },
    pathOf: inBank,
    // It has neither on-demand views, label views, datasets nor permissions.
    expected: ['404'],
    check: async (page) => {
      await onlyMissing(page)
      expect(await page.locator('*').count()).toBeLessThanOrEqual(2500)
    },
  },
  {
    name: 'a server that fails',
    options: { decide: failing },
    expected: ['500'],
    hostAnswer: { status: 500, body: '{"status_code": 500, "detail": "An unexpected error occurred", "error_type": "INTERNAL"}' },
    check: async (page, path) => {
      if (asksNothing.has(path)) return
      await page.locator('main [role=alert]').first().waitFor()
      const text = await page.locator('main').textContent()
      expect(text).not.toContain('the policy cannot be read')
    },
  },
  {
    name: 'a reader without a role',
    options: { decide: denying },
    expected: ['403'],
    hostAnswer: {
      status: 403,
      body: '{"status_code": 403, "detail": "only readers may; it needs the role reader", "error_type": "FORBIDDEN"}',
    },
    check: async (page, path) => {
      if (asksNothing.has(path)) return
      await page.locator('main').getByText('reader').first().waitFor()
    },
  },
]

describe.each(states)('every route, with $name', ({ options, pathOf = (path) => path, expected, hostAnswer, check }) => {
  let site: Site
  beforeAll(async () => {
    site = await openSite({ prefix: '/feast', ...options })
  }, 240_000)
  afterAll(async () => {
    await site[Symbol.asyncDispose]()
  })

  test.each(routePaths)(
    '"%s" shows its state, and asks for nothing outside',
    async (path) => {
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
      page.setDefaultTimeout(20_000)
      const watched = watchPage(page, { below: `${site.url}/`, expected })
      if (path === '/status' && hostAnswer !== undefined)
        await page.route('**/api/v1/status', (route) => route.fulfill({ ...hostAnswer, contentType: 'application/json' }))
      await page.goto(`${site.url}/p/rides${pathOf(path)}`)
      await settle(page)
      expect(await page.locator('h1').count()).toBe(1)
      await check(page, path)
      expect(watched.problems).toEqual([])
      await page.close()
    },
    60_000,
  )
})
