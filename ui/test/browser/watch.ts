import type { Page } from 'playwright-core'

/** What must not happen while a test uses a page. */
export interface Watched {
  /** Errors of the console, uncaught errors, and requests that left the prefix or failed. */
  readonly problems: string[]
}

export interface WatchOptions {
  /** Where everything must stay below: `http://127.0.0.1:4711/feast/`. */
  readonly below: string
  /** Answers that a test provokes, by a part of their address. */
  readonly expected?: readonly string[]
}

/** Watches a page from now on. `data:` and `blob:` addresses never leave it. */
export function watchPage(page: Page, { below, expected = [] }: WatchOptions): Watched {
  const problems: string[] = []
  const provoked = (text: string) => expected.some((part) => text.includes(part))
  page.on('console', (message) => {
    const text = `${message.type()}: ${message.text()} (${message.location().url})`
    if ((message.type() === 'error' || message.type() === 'warning') && !provoked(text)) problems.push(text)
  })
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(below) && !/^(data|blob|about):/.test(url)) problems.push(`left the prefix: ${url}`)
  })
  page.on('response', (response) => {
    const problem = `${response.status()}: ${response.url()}`
    if (response.status() >= 400 && !provoked(problem)) problems.push(problem)
  })
  return { problems }
}

/** Waits until the page shows what it has: a heading, and no skeleton. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector('h1') !== null && document.querySelector('.skeleton, [aria-busy="true"]') === null,
  )
}
