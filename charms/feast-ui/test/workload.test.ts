import { countCalls, losePod, type Outcome, runScenario, type State } from '@charmed-feast/charm/testing'
import { configurationSecret, type FeatureStore, parseConfigurationBag } from '@charmed-feast/feast-integrator-charm'
import { describe, expect, test } from 'vitest'

import { parseSettings, type Settings } from '../src/settings.ts'
import { describeContainer } from '../src/workload.ts'
import { configuration, filesOf, overOnePebble, reference, relationOf, relations, run, says, serviceOf, settle } from './reference.ts'

const writes = ({ trace }: Outcome): readonly string[] =>
  trace.flatMap((entry) => (entry.kind === 'tool' && /-(set|add|remove|grant|revoke)$|-port$/.test(entry.tool) ? [entry.tool] : []))

const operations = ({ containers }: Outcome): readonly string[] => containers['feast-ui']?.operations.map(({ op }) => op) ?? []
const path = '/home/ubuntu/feature_store.yaml'

const parsed = parseConfigurationBag(configuration)
if (parsed.kind !== 'configuration') throw new Error(parsed.kind)
const { store: plain } = parsed

/** Nothing is opened beyond reading the registry. */
const shut: Settings = { allowData: false, allowWrites: false, trustedProxies: [] }

describe('a settled UI', () => {
  test('writes nothing and says nothing in the next hook, with at most forty calls of tools', async () => {
    const { charm, operations: done } = overOnePebble()
    const { state } = await runScenario(charm, reference(), { name: 'pebble-ready', container: 'feast-ui' })
    expect(done()).toEqual(['push', 'add-layer', 'replan'])
    const outcome = await runScenario(charm, state, { name: 'update-status' })
    expect([writes(outcome), done()]).toEqual([[], []])
    expect(countCalls(outcome.trace)).toMatchObject({ logs: 0 })
    expect(countCalls(outcome.trace).tools).toBeLessThanOrEqual(40)
  })

  test('is active without dashboard and gateway', async () => {
    const { state } = await run(reference({ relations: relations.slice(0, 1) }))
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('comes back after its pod was lost, with databags as they were', async () => {
    const before = await settle(reference())
    const after = await settle(losePod(before), { name: 'pebble-ready', container: 'feast-ui' })
    expect(filesOf(after)).toEqual(filesOf(before))
    expect(after.containers[0]?.serviceStatuses).toEqual({ 'feast-ui': 'active' })
    expect(after.relations).toEqual(before.relations)
  })

  test('starts with one log line and one status', async () => {
    const outcome = await run(reference(), { name: 'pebble-ready', container: 'feast-ui' })
    expect(countCalls(outcome.trace).logs).toBe(1)
    expect(outcome.unitStatusHistory).toHaveLength(1)
  })
})

describe('the options', () => {
  const ownRock = {
    rock: {
      services: {
        'feast-ui': { override: 'replace', command: 'feast ui', startup: 'disabled' },
        'charmed-feast': { override: 'replace', command: 'feast version', startup: 'disabled' },
      },
    },
  } as const
  const withOptions = (config: State['config'], own: boolean): State => {
    const state = reference({ config })
    return own ? { ...state, containers: state.containers.map((each) => ({ ...each, layers: { ...ownRock, ...each.layers } })) } : state
  }
  const recorded = 'feast ui --host 0.0.0.0 --port 8888 --root_path /feast'

  test('open what they say, in our own image', async () => {
    const state = await settle(withOptions({ 'allow-data': true, 'allow-writes': true, 'trusted-proxies': '10.1.0.0/16, fd00::/8' }, true))
    expect(serviceOf(state)?.command).toBe(`${recorded} --allow-data --allow-writes --trusted-proxy 10.1.0.0/16 fd00::/8`)
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test("that Feast's own image would not start with are not given to it, which the status says; reset, all is well", async () => {
    const state = await settle(withOptions({ 'allow-data': true }, false))
    expect(serviceOf(state)?.command).toBe(recorded)
    expect(state.unitStatus).toEqual({
      name: 'blocked',
      message: "[config] the options need the image of rockcraft.yaml, and this is Feast's own: reset them, or refresh with that image",
    })
    expect((await settle({ ...state, config: {} })).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test.each(['gateway', '10.1.0.0/33', '10.1.0.0/x', '10.1.0.0/1/2', 'fd00::/129'])(
    'with "%s" for a network leave the service as it was and say so',
    async (network) => {
      const before = await settle(withOptions({ 'allow-data': true }, true))
      const after = await settle({ ...before, config: { 'trusted-proxies': network } })
      expect(serviceOf(after)).toEqual(serviceOf(before))
      expect(after.unitStatus).toEqual({
        name: 'blocked',
        message: `[config] option "trusted-proxies" has "${network}"; allowed: addresses and networks such as 10.1.0.0/16, separated by commas`,
      })
    },
  )

  test('are shut unless set', () => {
    expect(parseSettings({ 'allow-data': false, 'allow-writes': false, 'trusted-proxies': ' , ' })).toEqual({
      kind: 'settings',
      settings: shut,
    })
  })
})

describe('the service', () => {
  test('runs as in the Python image, and is looked after by a check on its port', async () => {
    const state = await settle(reference())
    expect(serviceOf(state)).toMatchObject({
      override: 'replace',
      summary: 'Entry point for feast-ui image',
      command: 'feast ui --host 0.0.0.0 --port 8888 --root_path /feast',
      startup: 'enabled',
      'working-dir': '/home/ubuntu',
      'on-check-failure': { 'feast-ui': 'restart' },
    })
    expect(state.containers[0]?.layers['feast-ui']).toMatchObject({ checks: { 'feast-ui': { tcp: { port: 8888 } } } })
    expect(state.ports).toEqual([{ port: 8888, protocol: 'tcp' }])
  })

  test('is asked for /health in our own image, told by its layer', async () => {
    const rock = {
      services: {
        'feast-ui': { override: 'replace', command: 'feast ui', startup: 'disabled' },
        'charmed-feast': { override: 'replace', command: 'feast version', startup: 'disabled' },
      },
    }
    const state = await settle(reference({ containers: [{ name: 'feast-ui', layers: { '001-feast-ui': rock } }] }))
    expect(state.containers[0]?.layers['feast-ui']).toMatchObject({
      checks: { 'feast-ui': { http: { url: 'http://localhost:8888/health' } } },
    })
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('restarts when its configuration changes, and only then', async () => {
    const before = await settle(reference())
    const rotated = await run(says(before, 'feast-configuration', { online_store_password: 'another-password' }), {
      name: 'relation-changed',
      relation: 1,
    })
    expect(operations(rotated)).toEqual(['push', 'add-layer', 'replan'])
    expect(filesOf(rotated.state)[path]).toContain('password: "another-password"')
    expect(serviceOf(rotated.state).environment).not.toEqual(serviceOf(before).environment)
    expect(JSON.stringify(serviceOf(rotated.state))).not.toContain('another-password')
  })

  test('writes its files once, readable by nobody else', async () => {
    const { charm, operations: done } = overOnePebble()
    const { state } = await runScenario(charm, reference(), { name: 'install' })
    const { trace } = await runScenario(charm, says(state, 'feast-configuration', { registry_password: 'another' }), { name: 'install' })
    expect(done()).toEqual(['push', 'add-layer', 'replan', 'push', 'add-layer', 'replan'])
    expect(trace.filter((entry) => entry.kind === 'pebble' && entry.path === '/v1/files' && entry.method === 'POST')).toHaveLength(1)
    expect(describeContainer(plain, { ownImage: false, settings: shut }).files).toMatchObject({ [path]: { permissions: 0o600 } })
  })

  test('runs on every unit; relation data is the leader’s', async () => {
    const state = await settle(reference({ leader: false }))
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(filesOf(state)[path]).toContain('project: "feast_project"')
    expect(state.relations.map(({ localAppData }) => localAppData)).toEqual([{}, {}, {}])
  })

  test('keeps running with its last configuration when the integrator takes it back', async () => {
    const before = await settle(reference())
    const emptied = { ...before, relations: before.relations.map((each) => (each.id === 1 ? { ...each, remoteAppData: {} } : each)) }
    const after = await settle(emptied)
    expect(after.unitStatus.message).toBe(
      '[feast-configuration] Waiting for relation data: No data found in relation feast-configuration data bag.',
    )
    expect(after.containers).toEqual(before.containers)
  })
})

describe('what fifteen keys cannot say', () => {
  const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  const uri = 'secret:d5aaaaaaaaaaaaaaa120'
  const store: FeatureStore = {
    ...plain,
    project: 'churn',
    registryCacheTtlSeconds: 5,
    entityKeyVersion: 3,
    registry: { ...plain.registry, tls: { mode: 'verify-full', ca } },
  }
  const answered = (content: Readonly<Record<string, string>>, granted = true): State =>
    reference({
      relations: relations.map((each) =>
        each.id === 1 ? { ...each, remoteUnitsData: { 0: {}, 1: { 'configuration-secret': uri } } } : each,
      ),
      secrets: granted ? [{ id: uri, content }] : [],
    })

  test('is asked for by the leader', async () => {
    expect(relationOf(await settle(reference()), 'feast-configuration').localAppData).toEqual({ 'configuration-secret': 'true' })
  })

  test('comes from the secret in the unit databag of the integrator’s leader', async () => {
    const files = filesOf(await settle(answered(configurationSecret(store))))
    expect(files['/home/ubuntu/registry-ca.crt']).toBe(ca)
    expect(files[path]).toContain('project: "churn"')
    expect(files[path]).toContain('cache_ttl_seconds: 5')
    expect(files[path]).toContain('entity_key_serialization_version: 3')
    expect(files[path]).toContain('?sslmode=verify-full&sslrootcert=/home/ubuntu/registry-ca.crt')
    expect(files[path]).toContain('sslmode: "prefer"')
  })

  test('adds to the fifteen keys, which count where both speak: the secret may be older', async () => {
    const state = says(answered(configurationSecret(store)), 'feast-configuration', { registry_password: 'rotated-password' })
    expect(filesOf(await settle(state))[path]).toContain(':rotated-password@')
  })

  test('follows a new revision at once', async () => {
    const before = await settle(answered(configurationSecret(store)))
    const newer = { latestContent: configurationSecret({ ...store, project: 'fraud' }), latestRevision: 2 }
    const changed = { ...before, secrets: before.secrets.map((each) => ({ ...each, ...newer })) }
    const after = await run(changed, { name: 'secret-changed', secret: uri })
    expect(filesOf(after.state)[path]).toContain('project: "fraud"')
    expect(operations(after)).toContain('replan')
  })

  test.each([
    ['is not granted yet', answered({}, false), 'waiting', 'Waiting for relation data: feast-integrator has not granted its secret yet'],
    [
      'holds something else',
      answered({ configuration: '{"project":1}' }),
      'blocked',
      'Invalid relation data: the secret of feast-integrator is not what this revision reads; refresh both charms',
    ],
  ])('is said when it %s', async (_, state, name, message) => {
    expect((await settle(state)).unitStatus).toEqual({ name, message: `[feast-configuration] ${message}` })
  })
})
