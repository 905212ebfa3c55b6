import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { type Gateway, openGateway } from '../../src/gateway/gateway.ts'
import { findRoute, type Route } from '../../src/gateway/route.ts'

const ui: Route = { prefix: '/feast/', rewrite: '/', match: 'text', host: 'feast-ui.kubeflow.svc.cluster.local', port: 8888 }
const dashboard: Route = { prefix: '/', rewrite: '/', match: 'text', host: 'dashboard', port: 80 }

describe('a path', () => {
  test.each<readonly [string, Route['match'], string, string | null]>([
    ['/feast/', 'text', '/', '/'],
    ['/feast/p/x', 'text', '/', '/p/x'],
    ['/feast', 'text', '/', null],
    ['/feastly/x', 'text', '/', null],
    ['/feast/x', 'text', '/feast/', '/feast/x'],
    ['/feast', 'element', '/', '/'],
    ['/feast/', 'element', '/', '/'],
    ['/feast/p/x', 'element', '/', '/p/x'],
    ['/feastly/x', 'element', '/', null],
    ['/feast/x', 'element', '/a', '/a/x'],
  ])('%s of a %s route to %s goes on as %s', (path, match, rewrite, goesOn) => {
    expect(findRoute([{ ...ui, match, rewrite }], path)?.path ?? null).toBe(goesOn)
  })

  test('a text prefix without its slash gives two, as Istio does; the longest prefix wins, whatever the order', () => {
    expect(findRoute([{ ...ui, prefix: '/feast' }], '/feast/x')?.path).toBe('//x')
    expect(findRoute([dashboard, ui], '/feast/x')?.route).toBe(ui)
    expect(findRoute([ui, dashboard], '/feast')?.route).toBe(dashboard)
  })
})

interface Seen {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let upstream: Server
let gateway: Gateway
const seen: Seen[] = []

const portOf = (server: Server): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const ask = async (
  path: string,
  given: { readonly headers?: Record<string, string>; readonly method?: string; readonly body?: string } = {},
) => {
  const port = Number(new URL(gateway.url).port)
  const headers = { host: `localhost:${port}`, ...given.headers }
  const sent = request({ host: '127.0.0.1', port, path, method: given.method ?? 'GET', headers, agent: false })
  sent.end(given.body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) }
}
const cookie = { cookie: 'charmed-feast=the key' }

beforeEach(async () => {
  seen.length = 0
  upstream = createServer(async (asked, response) => {
    seen.push({ url: asked.url ?? '', headers: asked.headers, body: await text(asked) })
    response.writeHead(asked.url === '/missing' ? 404 : 200, { 'x-upstream': 'yes', 'set-cookie': ['a=1', 'b=2'] }).end('hello')
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const resolve = (host: string) =>
    host === ui.host ? { host: '127.0.0.1', port: portOf(upstream) } : host === 'dead' ? { host: '127.0.0.1', port: 1 } : null
  const routes = [ui, { ...ui, prefix: '/dead/', host: 'dead' }, { ...ui, prefix: '/gone/', host: 'gone' }]
  gateway = await openGateway({ address: { host: '127.0.0.1', port: 0 }, token: 'the key', user: 'user@example.com', routes, resolve })
})

afterEach(async () => {
  await gateway[Symbol.asyncDispose]()
  upstream.closeAllConnections()
  upstream.close()
})

describe('the gateway', () => {
  test('sends a request on with its path rewritten, and the answer back with its headers', async () => {
    const answer = await ask('/feast/p/x?a=1&b=/feast/', { headers: cookie, method: 'POST', body: 'content' })
    expect(answer).toMatchObject({ status: 200, body: 'hello', headers: { 'x-upstream': 'yes', 'set-cookie': ['a=1', 'b=2'] } })
    expect(seen).toMatchObject([{ url: '/p/x?a=1&b=/feast/', body: 'content' }])
    expect((await ask('/feast/missing', { headers: cookie })).status).toBe(404)
  })

  test('says who asks and from where, whatever the request says; its own cookie stays with it', async () => {
    const lies = {
      'kubeflow-userid': 'boss@example.com',
      'Kubeflow-Groups': 'admins',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-prefix': '/evil',
      forwarded: 'for=10.0.0.1',
      'x-real-ip': '10.0.0.1',
      'x-auth-token': 'x',
      connection: 'keep-alive, x-hop',
      'x-hop': '1',
      'x-mine': 'kept',
    }
    await ask('/feast/', { headers: { ...lies, cookie: 'mine=1; charmed-feast=the key; other=2' } })
    const [{ headers = {} } = {}] = seen
    const host = new URL(gateway.url).host
    expect(headers).toMatchObject({
      'kubeflow-userid': 'user@example.com',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': host,
      'x-forwarded-proto': 'http',
      host,
      cookie: 'mine=1; other=2',
      'x-mine': 'kept',
    })
    for (const name of ['kubeflow-groups', 'x-forwarded-prefix', 'forwarded', 'x-real-ip', 'x-auth-token', 'x-hop'])
      expect(headers).not.toHaveProperty(name)
  })

  test.each(['evil.example', '127.0.0.1', 'localhost', 'localhost:1', ''])('does not answer for host "%s"', async (host) => {
    expect((await ask('/feast/', { headers: { ...cookie, host } })).status).toBe(421)
    expect(seen).toEqual([])
  })

  test('lets in who shows the token once, by a cookie that other sites’ pages cannot use', async () => {
    expect((await ask('/feast/')).status).toBe(401)
    expect((await ask('/feast/', { headers: { cookie: 'charmed-feast=another' } })).status).toBe(401)
    expect((await ask('/feast/?token=another')).status).toBe(401)
    const welcome = await ask('/feast/x?a=1&token=the%20key')
    expect(welcome).toMatchObject({ status: 303, headers: { location: '/feast/x?a=1' } })
    expect(welcome.headers['set-cookie']).toEqual(['charmed-feast=the key; Path=/; HttpOnly; SameSite=Strict'])
    expect((await ask('//evil.example/?token=the%20key')).headers.location).not.toMatch(/^\/\//)
    expect(seen).toEqual([])
    expect(gateway.firstUrl).toBe(`${gateway.url}/?token=the%20key`)
  })

  test('says what is not there, what does not run and what does not answer', async () => {
    expect(await ask('/nothing', { headers: cookie })).toMatchObject({ status: 404, body: expect.stringContaining('/nothing') })
    expect((await ask('/gone/', { headers: cookie })).status).toBe(503)
    expect((await ask('/dead/', { headers: cookie })).status).toBe(503)
    gateway.setRoutes([])
    expect((await ask('/feast/', { headers: cookie })).status).toBe(404)
  })

  test('listens to this machine alone', async () => {
    const options = { token: 't', user: 'u', routes: [], resolve: () => null }
    await expect(openGateway({ ...options, address: { host: '0.0.0.0', port: 0 } })).rejects.toThrow('is no loopback address')
  })
})

describe('streams', () => {
  test('events pass one by one, while the answer still goes on', async () => {
    let send: (line: string) => void = () => undefined
    upstream.removeAllListeners('request')
    upstream.on('request', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      send = (line) => void response.write(line)
    })
    const port = Number(new URL(gateway.url).port)
    const sent = request({
      host: '127.0.0.1',
      port,
      path: '/feast/events',
      headers: { ...cookie, host: `localhost:${port}` },
      agent: false,
    })
    sent.end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    for (const line of ['data: 1\n\n', 'data: 2\n\n']) {
      send(line)
      expect(String((await once(answer, 'data'))[0])).toBe(line)
    }
    answer.destroy()
  })

  test('an upgraded connection passes in both directions', async () => {
    upstream.on('upgrade', (asked, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: ${asked.headers.upgrade}\r\nX-User: ${String(asked.headers['kubeflow-userid'])}\r\n\r\n`,
      )
      socket.on('data', (chunk: Buffer) => socket.write(`echo ${chunk}`))
    })
    const port = Number(new URL(gateway.url).port)
    const open = async (cookieLine: string): Promise<string> => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`GET /feast/ws HTTP/1.1\r\nHost: localhost:${port}\r\n${cookieLine}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
      const [head] = await once(socket, 'data')
      if (!String(head).includes(' 101 ')) return String(head)
      socket.write('hello')
      const [echoed] = await once(socket, 'data')
      socket.destroy()
      return `${head}${echoed}`
    }
    const passed = await open('Cookie: charmed-feast=the key\r\n')
    expect(passed).toContain('X-User: user@example.com')
    expect(passed).toMatch(/echo hello$/)
    expect(await open('')).toContain(' 401 ')
  })
})
