import { environmentVariables, makeEnvironment } from '../../../conformance/src/environment.ts'
import { watchingFeast } from '../../../conformance/src/feast-page.ts'
import { type Repository, startFeastServer } from '../../../conformance/src/feast-server.ts'
import type { Browser } from './browser.ts'

/** What Feast's own UI did on one of its pages. */
export interface FeastVisit {
  /** Milliseconds from the first byte of the page until its words are there and nothing is asked any more. */
  readonly ready: number
  readonly calls: number
  readonly jsonBytes: number
  readonly blocked: number
  readonly elements: number
}

/** Feast's own UI: its pages by the names that our budgets have, and words that each ends with. */
const pages: Readonly<Record<string, readonly [path: string, words: string]>> = {
  home: ['/p/rides', 'A registry of 10,000 features'],
  'features list': ['/p/rides/features', 'count_amount'],
  'feature view list': ['/p/rides/feature-view', 'account_1h_activity'],
  'feature view': ['/p/rides/feature-view/card_1h_activity', 'Materialization Intervals'],
  'lineage of the project': ['/p/rides/lineage', 'Feast registry lineage'],
}

/** Milliseconds that a page of Feast's may take, and all of them together: the gates are ours, and must not wait for it for long. */
const patience = { page: 45_000, all: 120_000 }

const watching = `${watchingFeast}
window.blockedFor = 0
new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) window.blockedFor += Math.max(0, duration - 50) }).observe({ type: 'longtask', buffered: true })
window.readyWith = (words) => window.feastShows(words) && performance.now()`

const measure = async (browser: Browser, url: string, [path, words]: readonly [string, string]): Promise<FeastVisit> => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  try {
    page.setDefaultTimeout(patience.page)
    await page.addInitScript(watching)
    await page.goto(`${url}${path}`, { waitUntil: 'commit' })
    const at = await page.waitForFunction((text) => Reflect.get(globalThis, 'readyWith')(text), words, { timeout: patience.page })
    const ready = Number(await at.jsonValue())
    const told = await page.evaluate(() => ({
      began: performance.getEntriesByType('navigation').map((entry) => (entry as PerformanceNavigationTiming).responseStart)[0] ?? 0,
      sizes: performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/api/v1/'))
        .map((entry) => (entry as PerformanceResourceTiming).decodedBodySize),
      blocked: Number(Reflect.get(globalThis, 'blockedFor')),
      elements: document.querySelectorAll('*').length,
    }))
    const { began, sizes, blocked, elements } = told
    return { ready: ready - began, calls: sizes.length, jsonBytes: sizes.reduce((sum, size) => sum + size, 0), blocked, elements }
  } finally {
    await page.close()
  }
}

/**
 * Measures the pages of Feast 0.67's own `feast ui` on a repository, with Feast's own time to live of the registry, each once, after a visit that warms its server and the browser. What
 * took too long is left out, and all of it where there is no Python environment to be had: both are said.
 */
export const measureFeastUi = async (browser: Browser, repository: Repository): Promise<ReadonlyMap<string, FeastVisit> | undefined> => {
  const say = (line: string) => process.stdout.write(`${line}\n`)
  try {
    process.env[environmentVariables['0.67.0']] ??= await makeEnvironment('0.67.0', say)
  } catch (error) {
    say(`Feast's own UI is not measured: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
  await using feast = await startFeastServer('0.67.0', { ...repository, cacheSeconds: 600 }, 'ui')
  const visits = new Map<string, FeastVisit>()
  const end = Date.now() + patience.all
  const [warm] = Object.values(pages)
  if (warm !== undefined) await measure(browser, feast.url, warm).catch(() => undefined)
  for (const [name, page] of Object.entries(pages)) {
    if (Date.now() > end) say(`Feast's ${name} is not measured: its pages before took too long`)
    else
      await measure(browser, feast.url, page).then(
        (visit) => visits.set(name, visit),
        (error: unknown) =>
          say(`Feast's ${name} is not measured: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`),
      )
  }
  return visits
}
