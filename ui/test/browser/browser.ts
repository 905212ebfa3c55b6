import chromium from '@sparticuz/chromium'
import { type Browser, chromium as driver } from 'playwright-core'

export type { Browser }

/** Made for a cloud function: they would switch off what we test (same origin) or make closing a tab end the browser. */
const unwanted = ['--single-process', '--disable-web-security', '--allow-running-insecure-content', '--no-zygote']

/** A real Chromium, from npm: no system package needed. */
export async function launchBrowser(): Promise<Browser> {
  const args = [...chromium.args.filter((arg) => !unwanted.includes(arg)), '--no-sandbox']
  return driver.launch({ executablePath: await chromium.executablePath(), args, headless: true })
}
