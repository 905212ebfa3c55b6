import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openingsPolicy } from '../src/decision.ts'
import { believe } from '../src/http/caller.ts'
import { routes } from '../src/routes.ts'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { data: true, writes: true } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
})

const values: Readonly<Record<string, string>> = {
  name: 'stats',
  feature_view: 'stats',
  object_type: 'featureView',
  object_name: 'stats',
  id: 'none',
  job_id: 'none',
}
const needed: Readonly<Record<string, string>> = {
  project: 'rides',
  query: 'stats',
  view: 'stats',
  from: 'entity:driver',
  to: 'featureView:stats',
}

/** A path of a row of the table with something in each of its places. */
const filled = ({ path, query }: (typeof routes)[number]): string => {
  const search = new URLSearchParams(Object.entries(needed).filter(([name]) => name in query))
  if (path === '/coverage') for (const name of ['from', 'to']) search.delete(name)
  return `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? 'none')}?${search}`
}

describe('a policy that denies', () => {
  test('stands before every route, and says which role would do', async () => {
    const denying = await fixture.another({ decide: () => ({ allowed: false, why: 'the test says so', setting: null, role: 'reader' }) })
    const answers = await Promise.all(
      routes.map(async (row) => {
        const response = await fetch(`${denying.url}${filled(row)}`, { method: row.method })
        return [row.path, response.status, ((await response.json()) as { needed_role?: string }).needed_role]
      }),
    )
    expect(answers).toEqual(routes.map(({ path }) => [path, 403, 'reader']))
  })

  test('is asked what the route needs, by whom, and for which project', async () => {
    const asked: unknown[] = []
    const watching = await fixture.another({
      decide: (question) => {
        asked.push(question)
        return { allowed: true }
      },
    })
    await fetch(`${watching.url}/entities?project=rides`)
    expect(asked).toContainEqual({ right: 'describe', caller: { user: null, roles: [] }, project: 'rides', path: '/entities' })
  })
})

describe('who asks', () => {
  const { callerOf } = believe({ proxies: ['10.1.0.0/16', '::1'], userHeader: 'kubeflow-userid' })
  const boss = { 'kubeflow-userid': 'boss@example.com' }

  test('is told by the gateway alone: a notebook that says it is the boss is nobody', () => {
    expect(callerOf('10.1.2.3', boss).user).toBe('boss@example.com')
    expect(callerOf('::ffff:10.1.2.3', boss).user).toBe('boss@example.com')
    expect(callerOf('::1', boss).user).toBe('boss@example.com')
    expect(callerOf('10.2.0.1', boss).user).toBeNull()
    expect(callerOf('10.1.2.3', {}).user).toBeNull()
    expect(callerOf(undefined, boss).user).toBeNull()
    expect(believe({ proxies: [], userHeader: 'kubeflow-userid' }).callerOf('10.1.2.3', boss).user).toBeNull()
  })

  test.each(['example.com', '10.0.0.0/33', '10.0.0.0/x', ''])('is not told by "%s", which is no network', (proxy) => {
    expect(() => believe({ proxies: [proxy], userHeader: 'x' })).toThrow(/^cannot use trusted proxy/)
  })

  test('is recorded with what they change, and nobody changes anything beside a gateway', async () => {
    const gated = await fixture.another({ trustedProxies: ['127.0.0.1'] })
    const patch = (headers: Readonly<Record<string, string>>) =>
      fetch(`${gated.url}/entities/driver?project=rides`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ spec: { description: `by ${headers['kubeflow-userid'] ?? 'nobody'}` } }),
      })
    expect((await patch({})).status).toBe(403)
    expect((await patch({ 'kubeflow-userid': 'ada@example.com' })).status).toBe(200)
    const { changes } = (await (await fetch(`${gated.url}/changes?project=rides`)).json()) as {
      changes: readonly { readonly user: string | null }[]
    }
    expect(changes.some(({ user }) => user === 'ada@example.com')).toBe(true)
  })

  test('decides, with the openings, what may be done', () => {
    const caller = { user: null, roles: [] }
    const ask = (openings: object, right: 'describe' | 'write' | 'preview' | 'sql') =>
      openingsPolicy({ data: false, writes: false, sql: false, identified: false, ...openings })({
        right,
        caller,
        project: null,
        path: '/',
      }).allowed
    expect([ask({}, 'describe'), ask({}, 'write'), ask({}, 'preview'), ask({}, 'sql')]).toEqual([true, false, false, false])
    expect([ask({ writes: true }, 'write'), ask({ writes: true, identified: true }, 'write')]).toEqual([true, false])
    expect([
      ask({ data: true }, 'preview'),
      ask({ data: true }, 'write'),
      ask({ sql: true }, 'sql'),
      ask({ sql: true, data: true }, 'sql'),
    ]).toEqual([...[true, false, false, true]])
  })
})

describe('no answer', () => {
  test('of any GET holds a password or an address of a database', async () => {
    const reading = routes.filter(({ method, cost }) => method === 'GET' && cost !== 'stream')
    for (const row of reading) {
      const response = await fixture.get(filled(row))
      const text = await response.text()
      expect(text, row.path).not.toContain(fixture.password)
      expect(text, row.path).not.toMatch(/postgres(?:ql)?:\/\//)
    }
    expect(reading.length).toBeGreaterThan(50)
  })

  test('of a store that is down holds one either', async () => {
    await fixture.sql('DROP SCHEMA public CASCADE')
    await fixture.sql('CREATE SCHEMA public')
    const text = await (await fixture.get('/status')).text()
    expect(text).not.toContain(fixture.password)
  })
})
