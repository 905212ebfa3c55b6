import { countCalls, type Outcome, type State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { configurationKeys, parseConfigurationSecret } from '../src/feast-configuration.ts'
import {
  change,
  database,
  databaseBySecret,
  manifestsOf,
  published,
  reader,
  readers,
  reference,
  referenceWith,
  relationOf,
  run,
  secretFile,
  settle,
  userSecret,
} from './reference.ts'

const writes = ({ trace }: Outcome): readonly string[] =>
  trace.flatMap((entry) => (entry.kind === 'tool' && /-(set|add|remove|grant|revoke)$|-port$/.test(entry.tool) ? [entry.tool] : []))

const marked = reader('secrets', { 'manifest-secrets': 'true' })
const asking = reader('feast-configuration', { 'configuration-secret': 'true' })
const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'

const bySecrets = (given: Parameters<typeof reference>[0] = {}): State =>
  reference({
    relations: [
      databaseBySecret(1, 'offline-store'),
      databaseBySecret(2, 'online-store'),
      databaseBySecret(3, 'registry', { tls: 'True', 'tls-ca': ca }),
      ...readers.map((each) => [...marked, ...asking].find(({ id, remoteAppData }) => id === each.id && remoteAppData) ?? each),
    ],
    secrets: [userSecret(1), userSecret(2), userSecret(3)],
    ...given,
  })

describe('a settled application', () => {
  test('writes nothing and says nothing in the next hook, with at most forty calls of tools', async () => {
    const state = await settle(reference())
    const outcome = await run(state)
    expect(writes(outcome)).toEqual([])
    expect(countCalls(outcome.trace)).toMatchObject({ logs: 0 })
    expect(countCalls(outcome.trace).tools).toBeLessThanOrEqual(40)
  })

  test('keeps to that with every credential in secrets', async () => {
    const outcome = await run(await settle(bySecrets()))
    expect(outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(writes(outcome)).toEqual([])
    expect(countCalls(outcome.trace)).toMatchObject({ logs: 0 })
    expect(countCalls(outcome.trace).tools).toBeLessThanOrEqual(40)
  })

  test('publishes all at once with one log line and one status', async () => {
    const outcome = await run(bySecrets(), { name: 'leader-elected' })
    expect(countCalls(outcome.trace).logs).toBe(1)
    expect(outcome.unitStatusHistory).toEqual([{ name: 'active', message: '' }])
  })

  test('is active without a UI', async () => {
    const { state } = await run(
      reference({ relations: reference().relations.filter(({ endpoint }) => endpoint !== 'feast-configuration') }),
    )
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
  })
})

describe('manifests as Juju secrets', () => {
  test.each([
    ['auto', readers, false],
    ['auto', marked, true],
    ['always', readers, true],
    ['never', marked, false],
  ] as const)('%s, the mark of the dispatcher considered', async (option, related, asSecret) => {
    const state = await settle(referenceWith(related, { config: { 'manifest-secrets': option } }))
    const { is_secret: isSecret, kubernetes_manifests: text = '' } = relationOf(state, 'secrets').localAppData
    expect(isSecret).toBe(asSecret ? 'true' : undefined)
    expect(text.includes('feature-store-yaml')).toBe(!asSecret)
    expect(secretFile(state)).toContain('password: "pw-1-long"')
    const own = state.secrets.filter(({ owner }) => owner === 'application')
    expect(own.map(({ label, grants }) => [label, grants])).toEqual(
      asSecret ? [['manifest.secrets.10', [{ application: 'resource-dispatcher', relation: 10 }]]] : [],
    )
  })

  test('come and go with the option, and the secret with them', async () => {
    const withSecret = await settle(referenceWith(marked))
    expect(withSecret.secrets).toHaveLength(1)
    const without = await settle({ ...withSecret, config: { 'manifest-secrets': 'never' } }, { name: 'config-changed' })
    expect(without.secrets).toEqual([])
    expect(relationOf(without, 'secrets').localAppData).toEqual({ kubernetes_manifests: expect.stringContaining('"kind":"Secret"') })
    expect(published(await settle({ ...without, config: {} }, { name: 'config-changed' }))).not.toEqual(published(without))
  })

  test('a rotation is a new revision of the secret; the databag stays', async () => {
    const before = await settle(bySecrets())
    const rotated = userSecret(2, 'another-password')
    const secrets = before.secrets.map((each) =>
      each.id === rotated.id ? { ...each, latestContent: rotated.content, latestRevision: 2 } : each,
    )
    const outcome = await run({ ...before, secrets }, { name: 'secret-changed', secret: rotated.id })
    expect(secretFile(outcome.state)).toContain('password: "another-password"')
    expect(relationOf(outcome.state, 'secrets').localAppData).toEqual(relationOf(before, 'secrets').localAppData)
    expect(relationOf(outcome.state, 'feast-configuration').localAppData.online_store_password).toBe('another-password')
    expect(outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
  })
})

describe('the configuration of the UI', () => {
  test('has exactly fifteen keys, and goes as a secret in this unit’s databag to a UI that asks', async () => {
    const state = await settle(bySecrets({ config: { project: 'churn' } }))
    const { localAppData, localUnitData } = relationOf(state, 'feast-configuration')
    expect(Object.keys(localAppData).sort()).toEqual([...configurationKeys].sort())
    const secret = state.secrets.find(({ label }) => label === 'feast-configuration.12')
    expect(localUnitData['configuration-secret']?.slice(-20)).toBe(secret?.id.slice(-20))
    expect(secret?.grants).toEqual([{ application: 'feast-ui', relation: 12 }])
    expect(parseConfigurationSecret(secret?.content ?? {})).toMatchObject({
      project: 'churn',
      registry: { host: 'registry.example', tls: { mode: 'verify-full', ca: `${ca}\n` } },
    })
  })

  test('a unit that does not lead any more takes its answer back', async () => {
    const leader = await settle(bySecrets())
    const { state } = await run({ ...leader, leader: false })
    expect(relationOf(state, 'feast-configuration').localUnitData).toEqual({})
    expect(state.unitStatus).toEqual({ name: 'waiting', message: '[leadership-gate] Waiting for leadership' })
  })

  test.each([
    ['project', { project: 'churn' }, '"project"'],
    ['cache', { 'registry-cache-ttl-seconds': 5 }, '"registry-cache-ttl-seconds"'],
    ['keys', { 'entity-key-serialization-version': 3 }, '"entity-key-serialization-version"'],
  ])('blocks on a setting that a UI which does not ask cannot learn of: %s', async (_, config, option) => {
    const state = await settle(reference({ config }))
    expect(state.unitStatus).toEqual({
      name: 'blocked',
      message: `[feast-configuration] feast-ui reads 15 keys, which cannot say option ${option}: refresh it, or set the option back`,
    })
    expect(Object.keys(relationOf(state, 'feast-configuration').localAppData)).toHaveLength(15)
    expect((await settle(referenceWith(asking, { config }))).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('gives IPv6 to the Python UI so that its URL is right', async () => {
    const six = [database(3, 'registry', { endpoints: '[fd00::3]:5432' }), database(2, 'online-store', { endpoints: '[fd00::2]:5432' })]
    const { localAppData } = relationOf(await settle(referenceWith(six)), 'feast-configuration')
    expect(localAppData.registry_host).toBe('[fd00::3]')
    expect(localAppData.online_store_host).toBe('fd00::2')
  })
})

describe('projects', () => {
  test('a namespace of its own project gets a Secret that is pinned to it', async () => {
    const config = { 'namespace-projects': 'bob=fraud, alice=churn' }
    const state = await settle(reference({ config }))
    expect(manifestsOf(state).map(({ metadata }) => metadata)).toEqual([
      { name: 'feature-store-yaml' },
      { name: 'feature-store-yaml', namespace: 'alice' },
      { name: 'feature-store-yaml', namespace: 'bob' },
    ])
    expect([0, 1, 2].map((index) => secretFile(state, 'feature_store.yaml', index)?.split('\n')[0])).toEqual([
      'project: "feast_project"',
      'project: "churn"',
      'project: "fraud"',
    ])
  })

  test('one project per namespace is filled in by the dispatcher, which touches nothing else', async () => {
    const state = await settle(
      referenceWith([database(2, 'online-store', { password: '{{ 7*7 }}{% raw %}' })], { config: { 'project-per-namespace': true } }),
    )
    const text = secretFile(state) ?? ''
    expect(text.split('\n')[0]).toBe('project: "{{NAMESPACE}}"')
    expect(text.match(/[{}]+/g)).toEqual(['{{', '}}'])
  })
})

describe('the version of entity keys', () => {
  const three = { 'entity-key-serialization-version': 3 }
  const says = (version: number): string => `entity_key_serialization_version: ${version}`
  const refusal = {
    name: 'blocked',
    message:
      '[config] option "entity-key-serialization-version" is 3, but the online store is written with 2: set it back to 2, or run the action migrate-entity-keys',
  }

  test('is the configured one until something was published', async () => {
    expect(secretFile(await settle(referenceWith(asking, { config: three })))).toContain(says(3))
  })

  test.each([
    ['in clear text', readers],
    ['in a secret', marked],
  ])('does not change by configuration once it was published %s; a rotation still goes out', async (_, related) => {
    const before = await settle(referenceWith([...related.filter(({ id }) => id === 10)]))
    const turned = change({ ...before, config: three }, 'registry', {
      remoteAppData: { ...relationOf(before, 'registry').remoteAppData, password: 'another-password' },
    })
    const after = await settle(turned, { name: 'config-changed' })
    expect(after.unitStatus).toEqual(refusal)
    expect(secretFile(after)).toContain(says(2))
    expect(secretFile(after)).toContain(':another-password@')
    expect((await settle({ ...after, config: {} }, { name: 'config-changed' })).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('is remembered while a database is gone', async () => {
    const before = await settle(reference())
    const broken = await settle(before, { name: 'relation-broken', relation: 3 })
    const gone = { ...broken, relations: broken.relations.filter(({ id }) => id !== 3), config: three }
    const back = referenceWith([database(33, 'registry')])
    const again = { ...gone, relations: [...gone.relations, relationOf(back, 'registry')] }
    const after = await settle(again, { name: 'relation-changed', relation: 33 })
    expect(after.unitStatus).toEqual(refusal)
    expect(secretFile(after)).toContain(says(2))
  })

  test('that the Python charm published counts too', async () => {
    const manifest = { kind: 'Secret', stringData: { 'feature_store.yaml': 'project: feast_project\nentity_key_serialization_version: 2' } }
    const python = change(reference({ config: three }), 'secrets', { localAppData: { kubernetes_manifests: JSON.stringify([manifest]) } })
    expect((await settle(python)).unitStatus).toEqual(refusal)
  })
})

describe('a database that goes', () => {
  test('takes with it what needs it, and its return brings all back', async () => {
    const before = await settle(bySecrets())
    const broken = await settle(before, { name: 'relation-broken', relation: 2 })
    expect(broken.unitStatus).toEqual({ name: 'blocked', message: '[online-store] Please add the missing relation: online-store' })
    expect(manifestsOf(broken)).toEqual([])
    expect(manifestsOf(broken, 'pod-defaults')).toEqual([])
    expect(relationOf(broken, 'feast-configuration')).toMatchObject({ localAppData: {}, localUnitData: {} })
    expect(broken.secrets.filter(({ owner }) => owner !== null)).toEqual([])
    const back = await settle(broken, { name: 'relation-changed', relation: 2 })
    expect(secretFile(back)).toEqual(secretFile(before))
    expect(back.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('goes only for a unit that goes itself: the application keeps what it says', async () => {
    const before = await settle(reference())
    const units = { 'feast-integrator/0': { status: 'dying', since: '' } }
    const goalState = { exit: 0, stdout: JSON.stringify({ units, relations: {} }), stderr: '', stdinRead: false }
    const dying = await run(
      before,
      { name: 'relation-broken', relation: 2 },
      {
        intercept: ({ tool }) => (tool === 'goal-state' ? goalState : undefined),
      },
    )
    expect(dying.failure).toBeNull()
    expect(published(dying.state)).toEqual(published(before))
    const none = { ...before, relations: before.relations.filter(({ id }) => id !== 2) }
    for (const name of ['stop', 'remove']) expect(published(await settle(none, { name }))).toEqual(published(none))
  })
})
