import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from './test/browser/browser.ts'

/**
 * Pictures of every page in both themes at three widths, and one contact sheet a theme and width, to be looked at before a page is
 * shipped.
 *
 * `npm run ui:shots -- --base http://127.0.0.1:8888/feast --project bank --out /tmp/shots [--only lineage,home]`
 */

const widths = [1440, 1024, 390] as const
const themes = ['light', 'dark'] as const

interface Options {
  readonly base: string
  readonly project: string
  readonly out: string
  readonly only: readonly string[]
}

function readOptions(args: readonly string[]): Options {
  const value = (name: string, otherwise: string): string => args[args.indexOf(`--${name}`) + 1] ?? otherwise
  const given = (name: string, otherwise: string): string => (args.includes(`--${name}`) ? value(name, otherwise) : otherwise)
  const only = given('only', '')
  return {
    base: given('base', 'http://127.0.0.1:8888').replace(/\/$/, ''),
    project: given('project', 'fraud'),
    out: given('out', join(import.meta.dirname, '.cache', 'shots')),
    only: only === '' ? [] : only.split(','),
  }
}

async function firstName(
  base: string,
  path: string,
  project: string,
  key: string,
  pick: (item: Record<string, unknown>) => unknown,
): Promise<string> {
  const answer = await fetch(`${base}/api/v1/${path}?project=${encodeURIComponent(project)}&page=1&limit=1&sort_by=name`)
  const body = (await answer.json()) as Record<string, readonly Record<string, unknown>[]>
  const item = body[key]?.[0]
  return item === undefined ? 'none' : encodeURIComponent(String(pick(item)))
}

function specName(item: Record<string, unknown>): unknown {
  return typeof item.spec === 'object' && item.spec !== null && 'name' in item.spec ? item.spec.name : item.name
}

/** Every page of a project, by name. */
async function pagesOf({ base, project }: Options): Promise<readonly (readonly [name: string, path: string])[]> {
  const first = (path: string, key: string) => firstName(base, path, project, key, specName)
  const [view, service, entity, source, feature] = await Promise.all([
    first('feature_views', 'featureViews'),
    first('feature_services', 'featureServices'),
    first('entities', 'entities'),
    first('data_sources', 'dataSources'),
    firstName(base, 'features', project, 'features', (item) => `${String(item.featureView)}/feature/${String(item.name)}`),
  ])
  const root = `/p/${encodeURIComponent(project)}`
  return [
    ['home', root],
    ['feature-view-list', `${root}/feature-view`],
    ['feature-view', `${root}/feature-view/${view}`],
    ['preview', `${root}/feature-view/${view}/preview`],
    ['statistics', `${root}/feature-view/${view}/statistics`],
    ['materialization', `${root}/feature-view/${view}/materialization`],
    ['fill-dialog', `${root}/feature-view/${view}/materialization?fill=now`],
    ['view-lineage', `${root}/feature-view/${view}/lineage`],
    ['versions', `${root}/feature-view/${view}/versions`],
    ['use', `${root}/feature-view/${view}/use`],
    ['definition', `${root}/feature-view/${view}/definition`],
    ['feature-list', `${root}/features`],
    ['feature', `${root}/feature-view/${decodeURIComponent(feature)}`],
    ['service-list', `${root}/feature-service`],
    ['service', `${root}/feature-service/${service}`],
    ['entity-list', `${root}/entity`],
    ['entity', `${root}/entity/${entity}`],
    ['source-list', `${root}/data-source`],
    ['source', `${root}/data-source/${source}`],
    ['label-view-list', `${root}/label-view`],
    ['dataset-list', `${root}/data-set`],
    ['permission-list', `${root}/permissions`],
    ['lineage', `${root}/lineage?object=entity:${entity}&depth=2`],
    ['lineage-all', `${root}/lineage`],
    ['freshness', `${root}/freshness`],
    ['runs', `${root}/runs`],
    ['playground', `${root}/playground?service=${service}`],
    ['training-set', `${root}/training-set?service=${service}`],
    ['plan', `${root}/plan?edit=featureView:${view}`],
    ['compute-engine', `${root}/compute-engine`],
    ['status', `${root}/status`],
    ['not-found', `${root}/nothing/here`],
    ['missing', `${root}/feature-view/there-is-no-such-view`],
    ['filtered-away', `${root}/feature-view?q=nothing-is-called-so`],
    ['projects', '/p/all'],
  ]
}

async function settle(page: Page): Promise<void> {
  await page.waitForLoadState('load')
  await page
    .waitForFunction(() => document.querySelector('h1') !== null && document.querySelector('.skeleton') === null, undefined, {
      timeout: 15_000,
    })
    .catch(() => undefined)
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(150)
}

async function shoot(browser: Browser, options: Options, theme: 'light' | 'dark', width: number): Promise<void> {
  const context = await browser.newContext({
    viewport: { width, height: width === 390 ? 844 : 900 },
    colorScheme: theme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const folder = join(options.out, `${theme}-${width}`)
  await mkdir(folder, { recursive: true })
  const files: string[] = []
  for (const [name, path] of await pagesOf(options)) {
    if (options.only.length > 0 && !options.only.includes(name)) continue
    await page.goto(options.base + path)
    await settle(page)
    await page.screenshot({ path: join(folder, `${name}.png`) })
    files.push(name)
  }
  if (options.only.length === 0 || options.only.includes('palette')) {
    await page.goto(`${options.base}/p/${encodeURIComponent(options.project)}`)
    await settle(page)
    await page.keyboard.press('/')
    await page.keyboard.type('card', { delay: 20 })
    await page.waitForTimeout(500)
    await page.screenshot({ path: join(folder, 'palette.png') })
    files.push('palette')
  }
  await writeSheet(page, folder, files, width)
  await context.close()
}

async function writeSheet(page: Page, folder: string, files: readonly string[], width: number): Promise<void> {
  const across = width === 390 ? 6 : 3
  const cell = Math.floor(1800 / across)
  const figures = files
    .map((name) => `<figure><img src="${name}.png" width="${cell - 12}"><figcaption>${name}</figcaption></figure>`)
    .join('')
  const html = `<style>body{margin:8px;font:14px sans-serif;background:#888}figure{display:inline-block;margin:4px}img{display:block}</style>${figures}`
  await writeFile(join(folder, 'index.html'), html)
  await page.setViewportSize({ width: 1830, height: 900 })
  await page.goto(`file://${join(folder, 'index.html')}`)
  await page.screenshot({ path: join(folder, 'sheet.png'), fullPage: true })
}

const options = readOptions(process.argv.slice(2))
const browser = await launchBrowser()
for (const theme of themes) for (const width of widths) await shoot(browser, options, theme, width)
await browser.close()
process.stdout.write(`${options.out}\n`)
