import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture({ openings: { writes: true } })
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const version = async () => (await fixture.get('/projects?allow_cache=false')).headers.get('x-registry-version') ?? ''
const body = async (response: Response) => (await response.json()) as Record<string, unknown>
const patchOf = (description: string) => ({
  project: 'rides',
  changes: [{ action: 'patch', kind: 'featureView', name: 'stats', patch: { spec: { description } } }],
  undo: null,
})
const description = async () => (await fixture.store.registry.get('feature-view', 'rides', 'stats'))?.message.spec?.description

describe('a plan', () => {
  test('tells what would change, in whose fields, and writes nothing', async () => {
    const before = await version()
    const response = await fixture.send('POST', '/plan', patchOf('planned'))
    expect(response.status).toBe(200)
    expect(await body(response)).toMatchObject({
      version: before,
      changes: [
        { action: 'update', kind: 'featureView', name: 'stats', fields: [{ path: 'spec.description', before: '', after: 'planned' }] },
      ],
      infra: [],
      warnings: [],
      definitions: { python: expect.stringContaining('FeatureView'), typescript: expect.stringContaining('featureView') },
    })
    expect(await version()).toBe(before)
  })

  test('warns of what others use, and of values that go', async () => {
    const changes = [{ action: 'delete', kind: 'featureView', name: 'stats' }]
    const plan = await body(await fixture.send('POST', '/plan', { project: 'rides', changes, undo: null }))
    expect(plan).toMatchObject({
      infra: [{ action: 'drop', what: 'online table of stats' }],
      warnings: [
        {
          level: 'danger',
          text: 'feature view stats is used by ranking',
          object: { kind: 'featureView', name: 'stats', project: 'rides' },
        },
        { level: 'danger', text: 'the values of stats in the online store are dropped' },
      ],
    })
  })

  test('of an object as it is changes nothing', async () => {
    const { featureDefinition: _, definitions: __, computed: ___, ...object } = await fixture.json('/feature_views/stats?project=rides')
    const changes = [{ action: 'patch', kind: 'featureView', name: 'stats', patch: object }]
    const plan = await body(await fixture.send('POST', '/plan', { project: 'rides', changes, undo: null }))
    expect(plan.changes).toEqual([{ action: 'unchanged', kind: 'featureView', name: 'stats', fields: [] }])
  })

  test.each([
    [{ action: 'patch', kind: 'featureView', name: 'none', patch: {} }, 404],
    [{ action: 'patch', kind: 'table', name: 'stats', patch: {} }, 422],
    [{ action: 'patch', kind: 'featureView', name: 'stats', patch: { spec: { name: 'other' } } }, 422],
    [{ action: 'patch', kind: 'featureView', name: 'stats', patch: { spec: { features: [{ name: 'x', valueType: 'NOPE' }] } } }, 422],
    [{ action: 'patch', kind: 'featureView', name: 'stats', patch: { spec: { features: [{ name: 'x', valueType: 99 }] } } }, 422],
    [{ action: 'create', kind: 'entity', name: 'driver', object: { spec: { name: 'driver' } } }, 409],
    [{ action: 'delete', kind: 'project', name: 'rides' }, 501],
  ])('refuses the change %j', async (change, status) => {
    expect((await fixture.send('POST', '/plan', { project: 'rides', changes: [change], undo: null })).status).toBe(status)
  })

  test('never touches the code of a function', async () => {
    const patch = { spec: { featureTransformation: { userDefinedFunction: { body: 'AAAA', name: 'f' } } } }
    const change = { action: 'patch', kind: 'onDemandFeatureView', name: 'x', patch }
    expect((await fixture.send('POST', '/plan', { project: 'rides', changes: [change], undo: null })).status).toBe(403)
  })
})

describe('an apply', () => {
  test('writes what was planned, and can be undone', async () => {
    const before = await description()
    const response = await fixture.send('POST', '/apply', patchOf('applied'), { 'if-match': `"${await version()}"` })
    const { undo, applied, version: after } = await body(response)
    expect([response.status, applied, await description()]).toEqual([200, 1, 'applied'])
    expect(after).toBe(await version())
    const undone = await fixture.send('POST', '/apply', { project: 'rides', changes: [], undo }, { 'if-match': `"${after}"` })
    expect([undone.status, await description()]).toEqual([200, before])
  })

  test('is undone by another server as well, which knows who did it', async () => {
    const before = await description()
    const applied = await fixture.send('POST', '/apply', patchOf('by the first'), { 'if-match': `"${await version()}"` })
    const { undo, version: after } = await body(applied)
    await using other = await fixture.another()
    const { changes } = (await (await fetch(`${other.url}/changes?project=rides&limit=1`)).json()) as { changes: object[] }
    expect(changes).toMatchObject([{ version: after, objects: [{ action: 'update', kind: 'featureView', name: 'stats' }] }])
    const undone = await fetch(`${other.url}/apply`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'if-match': `"${after}"` },
      body: JSON.stringify({ project: 'rides', changes: [], undo }),
    })
    expect([undone.status, await description()]).toEqual([200, before])
  })

  test('needs the version that the plan was made for', async () => {
    const response = await fixture.send('POST', '/apply', patchOf('x'))
    expect([response.status, (await body(response)).code]).toEqual([428, 'SERVER_VERSION_NEEDED'])
  })

  test('tells the second of two editors, and loses nothing of the first', async () => {
    const seen = await version()
    const first = await fixture.send('POST', '/apply', patchOf('first'), { 'if-match': `"${seen}"` })
    const second = await fixture.send('POST', '/apply', patchOf('second'), { 'if-match': `"${seen}"` })
    expect([first.status, second.status]).toEqual([200, 412])
    expect(await body(second)).toMatchObject({ code: 'SERVER_VERSION_MOVED', registry_version: await version() })
    expect(await description()).toBe('first')
  })

  test('of many editors at once lets one win', async () => {
    const seen = await version()
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => fixture.send('POST', '/apply', patchOf(`editor ${n}`), { 'if-match': `"${seen}"` })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 412)).toHaveLength(7)
    expect(await description()).toBe(`editor ${statuses.indexOf(200)}`)
  })

  test('is told among the changes', async () => {
    const { changes } = await fixture.json('/changes?project=rides&limit=1')
    expect(changes).toMatchObject([{ user: null, objects: [{ action: 'update', kind: 'featureView', name: 'stats' }] }])
  })
})

describe('a patch', () => {
  test('keeps fields that a newer Feast wrote', async () => {
    // Field 9001 of the spec: no Feast of today has it.
    const stored = await fixture.store.registry.get('entity', 'rides', 'driver')
    const spec = Buffer.from(stored?.bytes ?? []).subarray(2, 2 + (stored?.bytes[1] ?? 0))
    const extra = Buffer.from([0xca, 0xb2, 0x04, 0x03, 0x6e, 0x65, 0x77])
    const rest = Buffer.from(stored?.bytes ?? []).subarray(2 + spec.length)
    const bytes = Buffer.concat([Buffer.from([0x0a, spec.length + extra.length]), spec, extra, rest])
    await fixture.sql('UPDATE entities SET entity_proto = $1 WHERE entity_name = $2', [bytes, 'driver'])
    const response = await fixture.send('PATCH', '/entities/driver?project=rides', { spec: { description: 'Who drives, patched' } })
    expect([response.status, await body(response)]).toMatchObject([
      200,
      { spec: { name: 'driver', joinKey: 'driver_id', description: 'Who drives, patched' } },
    ])
    const [row] = await fixture.sql('SELECT entity_proto FROM entities WHERE entity_name = $1', ['driver'])
    expect(Buffer.from(row?.entity_proto as Uint8Array).includes(extra)).toBe(true)
  })

  test('with the version of another time is refused', async () => {
    const response = await fixture.send(
      'PATCH',
      '/entities/driver?project=rides',
      { spec: { description: 'x' } },
      { 'if-match': '"0123456789abcdef"' },
    )
    expect(response.status).toBe(412)
  })

  test('removes what it sets to null', async () => {
    await fixture.send('PATCH', '/feature_views/stats?project=rides', { spec: { tags: { extra: '1' } } })
    await fixture.send('PATCH', '/feature_views/stats?project=rides', { spec: { tags: { extra: null }, owner: null } })
    const view = await fixture.store.registry.get('feature-view', 'rides', 'stats')
    expect([view?.message.spec?.tags, view?.message.spec?.owner]).toEqual([{ team: 'risk', schedule: '1h' }, ''])
  })
})

describe("Feast's own forms", () => {
  test('define and remove an entity', async () => {
    const form = { name: 'rider', project: 'rides', value_type: 4, join_key: 'rider_id', tags: { a: 'b' } }
    const made = await fixture.send('POST', '/entities', form)
    expect([made.status, await body(made)]).toEqual([201, { name: 'rider', project: 'rides', status: 'applied' }])
    expect(await fixture.json('/entities/rider?project=rides')).toMatchObject({
      spec: { joinKey: 'rider_id', valueType: 'INT64', tags: { a: 'b' } },
    })
    const gone = await fixture.send('DELETE', '/entities/rider?project=rides')
    expect([gone.status, await body(gone)]).toEqual([200, { name: 'rider', project: 'rides', status: 'deleted' }])
    expect((await fixture.send('DELETE', '/entities/rider?project=rides')).status).toBe(404)
  })

  test('define a source, a view on it with its online table, a service and a permission', async () => {
    const source = { name: 'files', project: 'rides', type: 1, timestamp_field: 'at', file_options: { uri: 'data/x.parquet' } }
    expect((await fixture.send('POST', '/data_sources', source)).status).toBe(201)
    const view = {
      name: 'formed',
      project: 'rides',
      entities: ['driver'],
      features: [{ name: 'score', value_type: 5 }],
      batch_source: 'files',
      ttl_seconds: 60,
    }
    expect((await fixture.send('POST', '/feature_views', view)).status).toBe(201)
    expect(await fixture.json('/feature_views/formed?project=rides')).toMatchObject({
      spec: { ttl: '60s', features: [{ name: 'score', valueType: 'DOUBLE' }], batchSource: { name: 'files' }, online: true },
    })
    expect(await fixture.sql(`SELECT to_regclass('rides_formed') IS NOT NULL AS there`)).toEqual([{ there: true }])
    const service = { name: 'scores', project: 'rides', features: [{ feature_view_name: 'formed', feature_names: ['score'] }] }
    expect((await fixture.send('POST', '/feature_services', service)).status).toBe(201)
    const permission = {
      name: 'p',
      project: 'rides',
      types: ['ENTITY'],
      actions: ['DESCRIBE'],
      policy: { role_based_policy: { roles: ['r'] } },
    }
    expect((await fixture.send('POST', '/permissions', permission)).status).toBe(201)
    expect((await fixture.send('POST', '/permissions', { ...permission, types: ['NOPE'] })).status).toBe(400)
    expect((await fixture.send('DELETE', '/feature_views/formed?project=rides')).status).toBe(200)
    expect(await fixture.sql(`SELECT to_regclass('rides_formed') IS NOT NULL AS there`)).toEqual([{ there: false }])
  })

  test.each([
    ['/entities', { name: 1 }, 422],
    ['/entities', [], 422],
    ['/feature_views', { name: 'x', project: 'rides', batch_source: 'none' }, 404],
    ['/saved_datasets', { name: 'x', project: 'rides' }, 400],
  ])('refuse what they cannot read: %s %j', async (path, form, status) => {
    expect((await fixture.send('POST', path, form)).status).toBe(status)
  })
})

describe('writing', () => {
  test('is refused where it is not opened', async () => {
    const closed = await fixture.another({ openings: {} })
    const response = await fetch(`${closed.url}/entities/driver?project=rides`, { method: 'DELETE' })
    expect([response.status, await response.json()]).toMatchObject([403, { detail: expect.stringContaining('--allow-writes') }])
  })

  test("is refused to another site's page, and taken from our own with its token", async () => {
    const page = await fixture.get('/api/v1/status')
    const { session } = (await page.json()) as { session: { token: string } }
    const cookie = (page.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
    const origin = fixture.server.url
    const send = (headers: Readonly<Record<string, string>>) => fixture.send('POST', '/plan', patchOf('x'), headers)
    expect((await send({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await send({ origin, cookie })).status).toBe(403)
    expect((await send({ origin, cookie, 'x-feast-token': 'x'.repeat(32) })).status).toBe(403)
    expect((await send({ origin, cookie, 'x-feast-token': session.token, 'content-type': 'text/plain' })).status).toBe(403)
    expect((await send({ origin, cookie, 'x-feast-token': session.token })).status).toBe(200)
  })
})
