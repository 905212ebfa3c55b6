import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store } from '@charmed-feast/store'
import pg from 'pg'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { sendCommand } from '../../../bundle/src/control/client.ts'
import type { KubernetesAccess } from '../../../bundle/src/kubernetes/access.ts'
import { connectKubernetes } from '../../../bundle/src/kubernetes/connection.ts'
import { writeSecret } from '../../../bundle/src/notebook/mounted-secret.ts'
import { listen, start } from '../../../bundle/test/cli/program.ts'
import { launchBrowser } from './browser.ts'

// The door that `npm start` opens: a browser comes in through the gateway, and everything is looked at in the dashboard's frame.

let folder: string
let bundle: ChildProcess
let browser: Browser
let page: Page
let origin: string
let store: Store
let online: pg.Client

/** Shows the files of the namespace's Secret as a notebook's pod finds them, and gives the path of its feature_store.yaml. */
const mounted = async (access: KubernetesAccess): Promise<string> => {
  using kubernetes = connectKubernetes(access)
  const { data } = await kubernetes.call({ method: 'GET', path: '/api/v1/namespaces/alice/secrets/feature-store-yaml' })
  const target = join(folder, 'mounted')
  await writeSecret({ folder: target, mountPath: '/feast' }, Object(data))
  return join(target, 'feature_store.yaml')
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feast-'))
  bundle = start('start.ts', ['--state', folder])
  await listen(bundle).says('What to try')
  const access = JSON.parse(await sendCommand(folder, ['access'])) as KubernetesAccess & { readonly firstUrl: string }
  const path = await mounted(access)
  store = await openStore({ path, env: {}, live: false })
  const { host, port, user, password, database } = parse(await readFile(path, 'utf8')).online_store
  online = new pg.Client({ host, port, user, password, database })
  await online.connect()
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(30_000)
  await page.goto(access.firstUrl)
  origin = new URL(access.firstUrl).origin
}, 300_000)

afterAll(async () => {
  await browser?.close()
  await online?.end()
  await store?.[Symbol.asyncDispose]()
  const ended = once(bundle, 'exit')
  bundle.kill('SIGINT')
  await ended
  await rm(folder, { recursive: true, force: true })
}, 60_000)

/** A page of the UI in the dashboard's frame. */
const framed = async (path: string): Promise<FrameLocator> => {
  await page.goto(`${origin}/_/feast/p/driver_stats${path}`)
  return page.frameLocator('#frame')
}

test('the dashboard links to the UI and shows the project in its frame', async () => {
  await page.goto(origin)
  await page.getByRole('link', { name: 'Feast' }).click()
  const frame = page.frameLocator('#frame')
  await frame.getByRole('heading', { name: 'driver_stats', level: 1 }).waitFor()
  await frame.getByText('How drivers do, hour by hour').waitFor()
})

test('its lineage is drawn, from the source to the services', async () => {
  const frame = await framed('/lineage')
  for (const name of ['driver_stats', 'driver_hourly_stats', 'fare', 'pricing', 'driver_activity'])
    await frame.locator(`[data-node$="${name}"]`).first().waitFor()
})

test('the freshness board says how old what is served is', async () => {
  const frame = await framed('/freshness')
  await frame.getByRole('row', { name: /driver_hourly_stats/ }).waitFor()
})

const asked = [{ driver_id: 1001n }, { driver_id: 1005n }]
const features = ['conv_rate', 'acc_rate', 'avg_daily_trips']
const references = features.map((name) => `driver_hourly_stats:${name}`)

/** What the playground shows for the drivers asked for, a record a row. */
const lookUp = async (): Promise<readonly string[]> => {
  const frame = await framed(`/playground?${references.map((each) => `feature=${each}`).join('&')}&by=features`)
  await frame.getByLabel('driver_id, row 1').fill('1001')
  await frame.getByRole('button', { name: 'Add a row' }).click()
  await frame.getByLabel('driver_id, row 2').fill('1005')
  await frame.getByRole('button', { name: 'Look up' }).click()
  const table = frame.getByRole('table').filter({ hasText: 'conv_rate' })
  await table.waitFor()
  return (await table.getByRole('row').allInnerTexts()).slice(1)
}

test('the playground gives the values that the SDK gives', async () => {
  const shown = await lookUp()
  const { rows } = await store.readOnline(references, asked)
  expect(rows).toHaveLength(2)
  for (const [at, row] of rows.entries()) {
    // Floats of 32 bits are shown by the shortest text that names them.
    const numbers = (shown[at] ?? '').split(/\s+/).map((word) => Math.fround(Number(word)))
    for (const name of features) expect(numbers).toContain(Number(Reflect.get(row, name)))
  }
})

test('a back-fill that is started there is seen live, and lands in the online store', async () => {
  await online.query('DELETE FROM driver_stats_driver_hourly_stats')
  expect((await store.readOnline(references, asked)).rows[0]).toMatchObject({ conv_rate: null })
  const frame = await framed('/feature-view/driver_hourly_stats/materialization')
  await frame.getByRole('link', { name: 'Materialize', exact: true }).click()
  const dialog = frame.getByRole('dialog')
  await dialog.getByRole('radio', { name: 'A range' }).check()
  await dialog.getByLabel('Up to (UTC)').fill(new Date().toISOString().slice(0, 16))
  await dialog.getByRole('button', { name: /^Load/ }).click()
  await dialog.getByText('Succeeded').waitFor()
  const { rows } = await store.readOnline(references, asked)
  for (const row of rows) for (const name of features) expect(Reflect.get(row, name)).not.toBeNull()
})
