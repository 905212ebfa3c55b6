import type { Browser } from '../../ui/test/browser/browser.ts'

/** Feast's pages in a browser: moved from page to page as their own links do, without loading anything anew. */
export interface FeastPages {
  /** Goes to a path and waits for words in its main part, and until nothing is asked any more; what went wrong, or left the server. */
  visit(path: string, words: string): Promise<readonly string[]>
}

/**
 * Counts what a page of Feast's asks for, and tells whether it shows words and asks for nothing. The page's policy lets no text be run later:
 * what waits is a function.
 */
export const watchingFeast = `window.feastAsks = 0
const ask = window.fetch
window.fetch = (...told) => { window.feastAsks++; return ask(...told).finally(() => window.feastAsks--) }
window.feastGo = (path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', { state: {} })) }
window.feastShows = (words) => window.feastAsks === 0 && document.querySelector('#root')?.innerText.includes(words)`

/** Opens Feast's pages at an address. */
export const openFeastPages = async (browser: Browser, url: string): Promise<FeastPages> => {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(60_000)
  const problems: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`${message.text()} (${message.location().url})`)
  })
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  page.on('requestfailed', (request) => problems.push(`failed: ${request.url()} ${request.failure()?.errorText ?? ''}`))
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`)
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(?:data|blob):/.test(request.url())) problems.push(`left the server: ${request.url()}`)
  })
  await page.addInitScript(watchingFeast)
  await page.goto(url)
  return {
    async visit(path, words) {
      await page.evaluate((to) => Reflect.get(globalThis, 'feastGo')(to), path)
      const shown = page.waitForFunction((text) => Reflect.get(globalThis, 'feastShows')(text), words, { timeout: 20_000 })
      await shown.catch(async (cause: unknown) => {
        const text = (await page.locator('#root').textContent()) ?? ''
        throw new Error(`cannot find "${words}" at ${path}: ${problems.join('; ')} ${text.slice(-1500)}`, { cause })
      })
      return problems.splice(0)
    },
  }
}
