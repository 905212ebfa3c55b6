import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { change, database, databaseBySecret, published, reference, relationOf, run, settle, userSecret } from './reference.ts'

/** What goes wrong with a settled application, and what the unit says then. */
interface Mistake {
  readonly name: string
  readonly spoil: (state: State) => State
  readonly status: string
  readonly message: string | RegExp
}

const provider =
  (endpoint: string, said: Readonly<Record<string, string>>) =>
  (state: State): State =>
    change(state, endpoint, { remoteAppData: { ...relationOf(state, endpoint).remoteAppData, ...said } })

const config =
  (options: State['config']) =>
  (state: State): State => ({ ...state, config: options })

const invalid = (endpoint: string, why: string): string => `[${endpoint}] Invalid relation data from pg-${endpoint}: ${why}`
const waits = (endpoint: string): string => `[${endpoint}] Waiting for ${endpoint} relation data`

const mistakes: readonly Mistake[] = [
  {
    name: 'a port of letters',
    spoil: provider('registry', { endpoints: 'r:x' }),
    status: 'blocked',
    message: invalid('registry', 'port "x" of endpoint "r:x" is not a number from 1 to 65535'),
  },
  {
    name: 'a port too high',
    spoil: provider('registry', { endpoints: 'r:99999' }),
    status: 'blocked',
    message: invalid('registry', 'port "99999" of endpoint "r:99999" is not a number from 1 to 65535'),
  },
  {
    name: 'an endpoint that is a URL',
    spoil: provider('online-store', { endpoints: 'http://r/' }),
    status: 'blocked',
    message: invalid('online-store', 'endpoint "http://r/" is not host:port or [address]:port'),
  },
  {
    name: 'IPv6 without brackets',
    spoil: provider('online-store', { endpoints: 'fd00::1:5432' }),
    status: 'blocked',
    message: invalid('online-store', 'endpoint "fd00::1:5432" is not host:port or [address]:port'),
  },
  { name: 'no endpoint', spoil: provider('offline-store', { endpoints: '' }), status: 'waiting', message: waits('offline-store') },
  {
    name: 'only commas for endpoints',
    spoil: provider('offline-store', { endpoints: ',,' }),
    status: 'waiting',
    message: waits('offline-store'),
  },
  { name: 'no password', spoil: provider('offline-store', { password: '' }), status: 'waiting', message: waits('offline-store') },
  { name: 'no database', spoil: provider('registry', { database: '' }), status: 'waiting', message: waits('registry') },
  {
    name: 'an empty databag',
    spoil: (state) => change(state, 'registry', { remoteAppData: {} }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'a secret that was not granted',
    spoil: provider('registry', { 'secret-user': 'secret:d5aaaaaaaaaaaaaaa990' }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'a secret’s URI that is none',
    spoil: provider('registry', { 'secret-user': 'nonsense' }),
    status: 'waiting',
    message: /^cannot run hook tool "secret-get": .*"nonsense".*; tried again in the next hook$/,
  },
  {
    name: 'TLS that is neither on nor off',
    spoil: provider('registry', { tls: 'perhaps' }),
    status: 'blocked',
    message: invalid('registry', 'key "tls" is neither True nor False'),
  },
  {
    name: 'a certificate that is none',
    spoil: provider('registry', { tls: 'True', 'tls-ca': 'nonsense' }),
    status: 'blocked',
    message: invalid('registry', 'key "tls-ca" is not a PEM certificate'),
  },
  {
    name: 'a pooler without a ready unit',
    spoil: provider('registry', { subordinated: 'true' }),
    status: 'waiting',
    message: waits('registry'),
  },
  {
    name: 'two databases on one endpoint',
    spoil: (state) => ({ ...state, relations: [...state.relations, ...reference({ relations: [database(77, 'registry')] }).relations] }),
    status: 'blocked',
    message: '[registry] There is more than one relation on registry (pg-registry, pg-registry): remove all but one',
  },
  {
    name: 'a project with a blank',
    spoil: config({ project: 'my project' }),
    status: 'blocked',
    message: '[config] option "project" is "my project"; allowed: letters, digits, "_" and "-", beginning with a letter or digit',
  },
  {
    name: 'a project that begins with _',
    spoil: config({ project: '_p' }),
    status: 'blocked',
    message: /^\[config\] option "project" is "_p"/,
  },
  {
    name: 'a version of keys that nobody has',
    spoil: config({ 'entity-key-serialization-version': 4 }),
    status: 'blocked',
    message: '[config] option "entity-key-serialization-version" is 4; allowed: 2, 3',
  },
  {
    name: 'another version of keys',
    spoil: config({ 'entity-key-serialization-version': 3 }),
    status: 'blocked',
    message:
      '[config] option "entity-key-serialization-version" is 3, but the online store is written with 2: set it back to 2, or run the action migrate-entity-keys',
  },
  {
    name: 'a negative time',
    spoil: config({ 'registry-cache-ttl-seconds': -1 }),
    status: 'blocked',
    message: '[config] option "registry-cache-ttl-seconds" is -1; allowed: 0 and more',
  },
  {
    name: 'a word that no option has',
    spoil: config({ 'manifest-secrets': 'sometimes' }),
    status: 'blocked',
    message: '[config] option "manifest-secrets" is "sometimes"; allowed: auto, always, never',
  },
  {
    name: 'namespaces without projects',
    spoil: config({ 'namespace-projects': 'alice' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "alice": allowed: NAMESPACE=PROJECT, separated by commas',
  },
  {
    name: 'a namespace that is none',
    spoil: config({ 'namespace-projects': '../etc=p' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "../etc=p": "../etc" is no name of a namespace',
  },
  {
    name: 'a namespace twice',
    spoil: config({ 'namespace-projects': 'a=p,a=q' }),
    status: 'blocked',
    message: '[config] option "namespace-projects" has "a=q": namespace "a" has a project already',
  },
]

describe('a mistake of others', () => {
  test.each(mistakes)('$name: is said, what was published stays, and all is well when it is gone', async ({ spoil, status, message }) => {
    const settled = await settle(reference())
    const spoiled = await run(spoil(settled))
    expect(spoiled.failure).toBeNull()
    expect(spoiled.state.unitStatus.name).toBe(status)
    if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
    else expect(spoiled.state.unitStatus.message).toMatch(message)
    expect(published(spoiled.state)).toEqual(published(settled))
    const { config: options, relations } = settled
    const mended = {
      ...spoiled.state,
      config: options,
      relations: relations.map((each) => ({ ...each, localUnitData: relationLocal(spoiled.state, each.id) })),
    }
    const recovered = await run(mended)
    expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(published(recovered.state)).toEqual(published(settled))
  })

  test('an application’s name that is too long blocks, and says how long it may be', async () => {
    const app = 'a'.repeat(40)
    expect((await settle(reference({ app }))).unitStatus).toEqual({
      name: 'blocked',
      message: "[pod-defaults] The application's name has 40 characters, and 39 are allowed: deploy it under a shorter name",
    })
  })
})

const relationLocal = (state: State, id: number): Readonly<Record<string, string>> =>
  state.relations.find((each) => each.id === id)?.localUnitData ?? {}

describe('a hook tool that fails', () => {
  const state = reference({
    relations: [
      databaseBySecret(1, 'offline-store'),
      database(2, 'online-store'),
      database(3, 'registry'),
      ...reference().relations.filter(({ id }) => id >= 10),
    ],
    secrets: [userSecret(1)],
  })

  test('at any call gives a hook that failed whole or a status, never half a publication, and the next hook mends it', async () => {
    const whole = published(await settle(state))
    const { trace } = await run(state)
    const calls = trace.filter((entry) => entry.kind === 'tool').length
    expect(calls).toBeGreaterThan(30)
    for (let failing = 0; failing < calls; failing += 1) {
      const answer = { exit: 1, stdout: '', stderr: 'ERROR connection is shut down\n', stdinRead: false }
      const outcome = await run(state, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? answer : undefined) })
      const after = JSON.stringify(published(outcome.state))
      expect([JSON.stringify(published(state)), JSON.stringify(whole)]).toContain(after)
      expect(published(await settle(outcome.state))).toEqual(whole)
    }
  })
})
