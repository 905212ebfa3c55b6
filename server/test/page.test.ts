import { request } from 'node:http'
import { brotliDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { indexPage, relativeBase, safePrefix } from '../src/page/index-page.ts'
import { type Fixture, makePages, openFixture } from './fixture.ts'

let fixture: Fixture
let pages: Awaited<ReturnType<typeof makePages>>
beforeAll(async () => {
  pages = await makePages()
  fixture = await openFixture({ pages: pages.folder, rootPath: '/feast' })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  await pages[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

/** fetch decides on Host, encodings and dots in paths by itself: this does not. */
const raw = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  new Promise<{ readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer }>((done, fail) => {
    const { hostname, port } = new URL(fixture.server.url)
    const sent = request({ hostname, port, path, headers }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }))
    })
    sent.on('error', fail)
    sent.end()
  })

const configOf = (html: string) => JSON.parse(/id="feast-config">(.*?)<\/script>/s.exec(html)?.[1] ?? '{}')

describe('the page', () => {
  test.each(['/feast/', '/', '/feast/p/rides/features', '/p/rides/feature-view/stats', '/feast/p/a%2Fb'])(
    'is served at %s, with its base and its configuration',
    async (path) => {
      const response = await fixture.get(path)
      const html = await response.text()
      expect(response.status).toBe(200)
      expect(html).toContain('<head>\n    <base href="/feast/">')
      expect(configOf(html)).toMatchObject({
        apiVersion: 1,
        defaultProject: 'rides',
        session: { user: null, token: null },
        switches: { writes: { setting: '--allow-writes' } },
      })
    },
  )

  test('may load its own origin alone, runs nothing inline, and is framed by its own origin', async () => {
    const policy = (await fixture.get('/feast/')).headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
  })

  test('is never kept by a cache', async () => {
    expect((await fixture.get('/feast/')).headers.get('cache-control')).toBe('no-store')
  })

  test('is redirected to where relative addresses hold', async () => {
    const { status, headers } = await raw('/feast?a=b')
    expect([status, headers.location]).toEqual([301, '/feast/?a=b'])
  })

  test('is not what an asset or an API path that is missing gets', async () => {
    for (const path of ['/feast/assets/none.js', '/feast/api/v1/none', '/assets/'])
      expect([(await fixture.get(path)).status, (await fixture.get(path)).headers.get('content-type')]).toEqual([
        404,
        'application/json; charset=utf-8',
      ])
  })

  test.each(['/..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd', '//etc/passwd', '/assets/..%5c..%5cindex.html', '/%00', '/%'])(
    'reads no file of ours at %s',
    async (path) => {
      const { status, body } = await raw(path)
      expect(status).toBeLessThan(500)
      expect(body.toString()).not.toContain('root:')
    },
  )
})

describe('a file', () => {
  test('with a hash in its name is kept for ever, and sent small', async () => {
    const { status, headers, body } = await raw('/feast/assets/main-1a2b3c4d.js', { 'accept-encoding': 'gzip, br' })
    expect([status, headers['content-encoding'], headers['cache-control']]).toEqual([200, 'br', 'public, max-age=31536000, immutable'])
    expect(brotliDecompressSync(body).toString()).toContain('yyyy')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
  })

  test('without one is asked for again, and then known', async () => {
    const first = await raw('/theme.js')
    expect(first.headers['cache-control']).toBe('no-cache')
    expect((await raw('/theme.js', { 'if-none-match': String(first.headers.etag) })).status).toBe(304)
  })
})

describe('beside the pages', () => {
  test('stand health, the list of projects, and MLflow that is not there', async () => {
    expect((await fixture.get('/health')).status).toBe(200)
    expect(await fixture.json('/projects-list.json')).toEqual({
      projects: [{ name: 'Rides', description: 'Everything about rides', id: 'rides', registryPath: '/feast/api/v1' }],
    })
    expect(await fixture.json('/api/mlflow-runs')).toEqual({ runs: [], mlflow_uri: null })
  })

  test('the API answers below the prefix, stripped or not, and nowhere else', async () => {
    expect((await fixture.get('/feast/api/v1/projects')).status).toBe(200)
    expect((await fixture.get('/api/v1/projects')).status).toBe(200)
    expect((await fixture.get('/projects')).status).toBe(405)
  })
})

describe('a host', () => {
  test('that is not this machine is refused while only this machine is listened on', async () => {
    expect((await raw('/api/v1/projects', { host: 'evil.example' })).status).toBe(421)
    expect((await raw('/api/v1/projects', { host: 'localhost:1' })).status).toBe(200)
  })
})

describe('the base', () => {
  test('without a known prefix is relative to where the page is', () => {
    expect(['/', '/x', '/p/rides', '/p/rides/features', '/p/rides/'].map(relativeBase)).toEqual(['./', './', '../', '../../', '../../'])
  })

  test('is a path and nothing else', () => {
    expect(['/feast/', '', '/a/b', '//evil', 'https://evil', '/a"b', '/../x', undefined].map(safePrefix)).toEqual([
      ...['/feast', '', '/a/b', undefined, undefined, undefined, undefined, undefined],
    ])
  })

  test('and the configuration cannot break out of the page', () => {
    const html = indexPage('<html><head></head></html>', { base: '/"><script>', config: { name: '</script><script>alert(1)</script>$&' } })
    expect(html.match(/<script/g)).toHaveLength(1)
    expect(configOf(html)).toEqual({ name: '</script><script>alert(1)</script>$&' })
  })
})
