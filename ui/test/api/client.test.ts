import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { readConfigBlock, withDefaults } from '../../src/api/session.ts'

/** A server of one answer, and the client as a page below `/feast/` of it loads it. */
async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  vi.stubGlobal('document', { baseURI: `http://127.0.0.1:${port}/feast/`, querySelector: () => ({}) })
  const client = await import('../../src/api/client.ts')
  return { client, session: await import('../../src/api/session.ts'), [Symbol.asyncDispose]: async () => void server.close() }
}

beforeEach(() => {
  vi.resetModules()
})

const json = { 'content-type': 'application/json' }

describe('the API client', () => {
  test('asks below the prefix, with lists repeated and empty parameters left out', async () => {
    let asked = ''
    await using served = await serve((request, response) => {
      asked = request.url ?? ''
      response.writeHead(200, json).end('{"ok":true}')
    })
    expect(await served.client.get('entities', { project: 'a b', q: '', none: null, kinds: ['x', 'y'] })).toEqual({ ok: true })
    expect(asked).toBe('/feast/api/v1/entities?project=a+b&kinds=x&kinds=y')
  })

  test('tells what failed, with the server’s words, code and request id', async () => {
    const detail = 'cannot find view "x"'
    await using served = await serve((_request, response) => {
      response
        .writeHead(404, { ...json, 'x-request-id': 'r-1' })
        .end(JSON.stringify({ status_code: 404, detail, code: 'STORE_VIEW_NOT_FOUND' }))
    })
    const failure = await served.client.get('feature_views/x').catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: 'ApiFailure',
      status: 404,
      message: detail,
      code: 'STORE_VIEW_NOT_FOUND',
      requestId: 'r-1',
      path: '/feast/api/v1/feature_views/x',
    })
  })

  test('does not take a proxy’s page for an answer', async () => {
    await using served = await serve((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'))
    await expect(served.client.get('status')).rejects.toThrow('cannot read /feast/api/v1/status: the answer is not JSON')
  })

  test('shows a list of validation problems as text', async () => {
    await using served = await serve((_request, response) => response.writeHead(422, json).end('{"detail":[{"msg":"Field required"}]}'))
    await expect(served.client.get('x')).rejects.toThrow('[{"msg":"Field required"}]')
  })

  test('says so when nobody answers', async () => {
    vi.stubGlobal('document', { baseURI: 'http://127.0.0.1:1/', querySelector: () => ({}) })
    const { get } = await import('../../src/api/client.ts')
    await expect(get('status')).rejects.toMatchObject({
      status: 0,
      message: 'cannot reach the server at /api/v1/status: the connection failed',
    })
  })

  test('writes JSON with the page’s token, and notes the registry version of every answer', async () => {
    const seen: unknown[] = []
    await using served = await serve((request, response) => {
      seen.push([request.method, request.headers['content-type'], request.headers['x-feast-token'], request.headers['if-match']])
      response.writeHead(200, { ...json, 'x-registry-version': '7' }).end('{}')
    })
    served.session.setHostConfig(withDefaults({ session: { user: null, roles: [], token: 't0k' }, registryVersion: '6' }))
    await served.client.post('apply', {}, { headers: { 'if-match': '"6"' } })
    expect(seen).toEqual([['POST', 'application/json', 't0k', '"6"']])
    expect(served.session.registryVersion()).toBe('7')
  })

  test('keeps any character of a name inside its segment', async () => {
    await using served = await serve((request, response) => response.writeHead(200, json).end(JSON.stringify(request.url)))
    expect(await served.client.get(`entities/${served.client.segment('a/../b?c#d')}`)).toBe('/feast/api/v1/entities/a%2F..%2Fb%3Fc%23d')
  })
})

describe('the host’s block', () => {
  test('of an older server leaves off what it does not know', () => {
    const config = readConfigBlock('{"switches":{"data":{"state":"on"}}}')
    expect(config?.switches.data).toEqual({ state: 'on' })
    expect(config?.switches.coverage.state).toBe('not_configured')
  })

  test.each([null, '', 'not json', '[]', '{"other":1}'])('is not there in %j', (text) => {
    expect(readConfigBlock(text)).toBeNull()
  })
})
