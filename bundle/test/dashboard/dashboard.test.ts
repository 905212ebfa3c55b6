import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { launchBrowser } from '../../../ui/test/browser/browser.ts'
import { type Dashboard, openDashboard } from '../../src/dashboard/dashboard.ts'
import { linksConfig, parseLinks } from '../../src/dashboard/links.ts'
import { followRoutes } from '../../src/gateway/follow-routes.ts'
import { type Gateway, openGateway } from '../../src/gateway/gateway.ts'
import { virtualService } from '../../src/gateway/istio.ts'
import { openTestCluster, type TestCluster, until, userNamespace } from '../cluster/open.ts'

const feast = { text: 'Feast <b>', link: '/feast/', location: 'menu', icon: 'device:data-usage', type: 'item', desc: '' } as const

describe('a link', () => {
  test('is taken with its six keys, and placed by its location', () => {
    const docs = { ...feast, text: 'A', link: '/docs', location: 'documentation', desc: 'd' } as const
    expect(parseLinks(JSON.stringify([feast, docs]))).toEqual([feast, docs])
    expect(linksConfig([feast, docs, { ...feast, text: 'Another' }])).toMatchObject({
      menuLinks: [{ text: 'Another' }, { text: 'Feast <b>', link: '/feast/', type: 'item', icon: 'device:data-usage' }],
      documentationItems: [{ text: 'A', desc: 'd', link: '/docs' }],
    })
  })

  test.each([
    ['a key more', [{ ...feast, iframe: true }]],
    ['another location', [{ ...feast, location: 'elsewhere' }]],
    ['a link that is no path', [{ ...feast, link: 'javascript:alert(1)' }]],
    ['no list', feast],
  ])('with %s is none', (_, links) => {
    expect(parseLinks(JSON.stringify(links))).toBeNull()
  })
})

/** An application as Kubeflow frames it: it says that it is there, and shows what it is told. */
const application = `<!doctype html><title>app</title><h1>framed</h1><p id="user">USER</p><ol></ol><script>
addEventListener('message', (event) => { const li = document.createElement('li'); li.textContent = JSON.stringify(event.data); document.querySelector('ol').append(li) })
parent.postMessage({ type: 'iframe-connected' }, location.origin)
</script>`

let opened: TestCluster
let upstream: Server
let dashboard: Dashboard
let gateway: Gateway
const resources = new AsyncDisposableStack()

beforeAll(async () => {
  opened = resources.use(await openTestCluster())
  for (const name of ['kubeflow', 'hidden']) await opened.create('/api/v1/namespaces', { kind: 'Namespace', metadata: { name } })
  for (const name of ['alice', 'bob']) await opened.create('/api/v1/namespaces', userNamespace(name))
  const request = { service: 'feast-ui', port: 8888, prefix: '/feast/', rewrite: '/', namespace: 'kubeflow' }
  const route = virtualService(request, { namespace: 'kubeflow', gateway: 'kubeflow-gateway' })
  await opened.create('/apis/networking.istio.io/v1alpha3/namespaces/kubeflow/virtualservices', route)
  const data = { links: JSON.stringify(linksConfig([feast])), settings: '{"DASHBOARD_FORCE_IFRAME":true}' }
  await opened.create('/api/v1/namespaces/kubeflow/configmaps', { kind: 'ConfigMap', metadata: { name: 'centraldashboard-config' }, data })
  upstream = createServer(({ headers }, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(application.replace('USER', String(headers['kubeflow-userid'])))
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  resources.defer(() => {
    upstream.closeAllConnections()
    upstream.close()
  })
  dashboard = resources.use(
    await openDashboard({
      address: { host: '127.0.0.1', port: 0 },
      connection: opened.kubernetes,
      namespace: 'kubeflow',
      log: () => undefined,
    }),
  )
  const address = upstream.address()
  const ui = typeof address === 'object' && address !== null ? address.port : 0
  const home = { prefix: '/', rewrite: '/', match: 'text', host: 'dashboard', port: 80 } as const
  gateway = resources.use(
    await openGateway({
      address: { host: '127.0.0.1', port: 0 },
      token: 'key',
      user: 'user@example.com',
      routes: [home],
      resolve: (host) => ({ host: '127.0.0.1', port: host === 'dashboard' ? dashboard.port : ui }),
    }),
  )
  const routed = Promise.withResolvers<void>()
  resources.use(
    followRoutes(opened.kubernetes, {
      onRoutes: (routes) => {
        gateway.setRoutes([...routes, home])
        if (routes.length > 0) routed.resolve()
      },
      log: () => undefined,
    }),
  )
  await routed.promise
})

afterAll(() => resources.disposeAsync())

const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${dashboard.port}${path}`)

describe('the dashboard', () => {
  test('answers what Kubeflow’s answers: links, settings, and whose namespaces there are', async () => {
    expect(await (await get('/api/dashboard-links')).json()).toMatchObject({ menuLinks: [{ link: '/feast/' }] })
    expect(await (await get('/api/dashboard-settings')).json()).toEqual({ DASHBOARD_FORCE_IFRAME: true })
    const info = (await (await get('/api/workgroup/env-info')).json()) as { readonly namespaces: readonly { readonly namespace: string }[] }
    expect(info.namespaces.map(({ namespace }) => namespace)).toEqual(['alice', 'bob'])
  })

  test('runs no script but its own, is framed by nobody, and quotes what it shows', async () => {
    const response = await get('/_/feast/')
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    const page = await response.text()
    expect(page).toContain('Feast &lt;b&gt;')
    expect(page).not.toMatch(/<script>|style=/)
    expect((await get('/_//evil.example/')).status).toBe(404)
    expect(await (await get('/_/feast/?x=%22%3E%3Cscript%3E')).text()).not.toContain('"><script>')
  })
})

test('in a browser, behind the gateway: the link opens its application in the frame, and the frame hears the namespace now and when it changes', async () => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    const problems: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text())
    })
    page.on('pageerror', (error) => problems.push(error.message))
    await page.goto(gateway.firstUrl)
    expect(page.url()).toBe(`${gateway.url}/`)
    await page.getByRole('link', { name: 'Feast' }).click()
    const frame = page.frameLocator('iframe')
    await frame.getByRole('heading', { name: 'framed' }).waitFor()
    expect(await frame.locator('#user').textContent()).toBe('user@example.com')
    await frame.locator('li').nth(1).waitFor()
    expect(await frame.locator('li').allTextContents()).toEqual([
      '{"type":"parent-connected","value":null}',
      '{"type":"namespace-selected","value":"alice"}',
    ])
    await page.getByLabel('Namespace').selectOption('bob')
    await frame.locator('li').nth(2).waitFor()
    expect(await frame.locator('li').nth(2).textContent()).toBe('{"type":"namespace-selected","value":"bob"}')
    await until(() => page.url() === `${gateway.url}/_/feast/?ns=bob`)
    await page.reload()
    await frame.locator('li').nth(1).waitFor()
    expect(await frame.locator('li').nth(1).textContent()).toContain('"bob"')
    expect(await page.getByRole('link', { name: 'Feast' }).getAttribute('aria-current')).toBe('page')
    expect(problems).toEqual([])
  } finally {
    await browser.close()
  }
}, 90_000)

test('in a browser: an application that is quicker than the dashboard’s own script is heard all the same', async () => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(gateway.firstUrl)
    const framed = page
      .waitForResponse((response) => response.url().startsWith(`${gateway.url}/feast/`))
      .then((response) => response.finished())
    // The script comes after the application, unless the page does not even begin with that one before.
    await page.route('**/dashboard.js', async (route) => {
      await Promise.race([framed, new Promise((resolve) => setTimeout(resolve, 500))])
      await route.continue()
    })
    await page.goto(`${gateway.url}/_/feast/`)
    const told = page.frameLocator('iframe').locator('li')
    await told.nth(1).waitFor({ timeout: 10_000 })
    expect(await told.nth(1).textContent()).toContain('namespace-selected')
  } finally {
    await browser.close()
  }
}, 90_000)
