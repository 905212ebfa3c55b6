import { findLeaks, inProcess, type Outcome, runScenario, type State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { testDatabase } from '../../../house/postgres.ts'
import { charm } from '../src/charm.ts'
import { database, published, reference, referenceWith, settle } from './reference.ts'

const act = (state: State, name: string, params: Readonly<Record<string, string | boolean>> = {}): Promise<Outcome> =>
  runScenario(inProcess(charm), state, { name: 'action', action: { name, params } })

const results = ({ action }: Outcome): Readonly<Record<string, unknown>> => (action?.results ?? {}) as Readonly<Record<string, unknown>>

describe('get-feature-store-yaml', () => {
  test('shows the file with every password masked', async () => {
    const outcome = await act(await settle(reference()), 'get-feature-store-yaml')
    const text = String(results(outcome)['feature-store-yaml'])
    expect(text).toContain('path: "postgresql://user_3:masked@registry.example:5432/registry?sslmode=prefer"')
    expect(text.match(/password: "masked"/g)).toHaveLength(2)
    expect(JSON.stringify(outcome.action)).not.toMatch(/pw-\d-long/)
    expect(outcome.state.secrets).toEqual([])
  })

  test('with include-credentials gives a secret of one hour, and no password', async () => {
    const settled = await settle(reference())
    const outcome = await act(settled, 'get-feature-store-yaml', { 'include-credentials': true })
    const [secret] = outcome.state.secrets
    expect(String(results(outcome)['secret-uri']).slice(-20)).toBe(secret?.id.slice(-20))
    expect(secret).toMatchObject({ owner: 'application', label: expect.stringMatching(/^revealed\./) })
    expect(secret?.expire).toBeTruthy()
    expect(secret?.content['feature-store-yaml']).toContain('password: "pw-1-long"')
    expect(findLeaks(outcome, ['pw-1-long', 'pw-2-long', 'pw-3-long'])).toEqual([])
    expect(JSON.stringify(outcome.action)).not.toMatch(/pw-\d-long/)
    const expired = await runScenario(inProcess(charm), outcome.state, {
      name: 'secret-expired',
      secret: secret?.id ?? '',
      revision: 1,
    })
    expect(expired.state.secrets).toEqual([])
    expect(published(expired.state)).toEqual(published(settled))
  })

  test.each([
    ['nothing is ready', reference({ relations: [] }), /there is no feature_store.yaml yet/],
    ['this unit does not lead', reference({ leader: false }), /run this on feast-integrator\/leader/],
  ])('fails with a reason when %s', async (_, state, message) => {
    expect((await act(state, 'get-feature-store-yaml')).action).toMatchObject({ status: 'failed', message: expect.stringMatching(message) })
  })
})

describe('sync-now', () => {
  test('publishes at once, and says so', async () => {
    const before = reference()
    const outcome = await act(before, 'sync-now')
    expect(results(outcome)).toMatchObject({ outcome: 'published', status: 'active' })
    expect(published(outcome.state)).toEqual(published(await settle(before)))
  })

  test('says what is in the way', async () => {
    const outcome = await act(referenceWith([{ ...database(3, 'registry'), remoteAppData: {} }]), 'sync-now')
    expect(results(outcome)).toMatchObject({
      outcome: 'kept as it was',
      status: 'waiting',
      message: '[registry] Waiting for registry relation data',
    })
  })

  test('is for the leader', async () => {
    expect((await act(reference({ leader: false }), 'sync-now')).action).toMatchObject({ status: 'failed' })
  })
})

describe('check', () => {
  const at = async (said: Readonly<Record<string, string>> = {}, id = 3): Promise<ReturnType<typeof database>> => {
    const { host, port, user, password, database: name } = await testDatabase()
    const address = { endpoints: `${host}:${port}`, 'read-only-endpoints': `${host}:${port},${host}:1` }
    return database(id, 'registry', { ...address, username: user, password, database: name, ...said })
  }
  const checkRegistry = async (registry: ReturnType<typeof database>): Promise<Readonly<Record<string, unknown>>> => {
    const others = [
      { ...(await at({}, 1)), endpoint: 'offline-store' },
      { ...(await at({}, 2)), endpoint: 'online-store' },
    ]
    const outcome = await act(referenceWith([...others, registry]), 'check')
    const found = results(outcome)
    expect(found['offline-store']).toMatchObject({ outcome: 'ok' })
    expect(JSON.stringify(outcome.action)).not.toContain(String(registry.remoteAppData?.password))
    const { outcome: registryOutcome } = found.registry as { readonly outcome: string }
    expect(outcome.action?.status).toBe(registryOutcome === 'ok' ? 'completed' : 'failed')
    return found.registry as Readonly<Record<string, unknown>>
  }

  test('says version, TLS and read-only endpoints of a database that answers', async () => {
    expect(await checkRegistry(await at())).toEqual({
      outcome: 'ok',
      'server-version': expect.stringMatching(/^\d+\.\d+/),
      tls: 'off',
      'read-only-endpoints': '1 of 2 answer',
    })
  })

  const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
  test.each([
    ['a password that is refused', { password: 'not-the-password' }, '28P01', /password is refused/],
    ['a database that is not there', { database: 'nowhere' }, '3D000', /remove the relation and add it again/],
    ['nobody there', { endpoints: '127.0.0.1:1' }, 'ECONNREFUSED', /nobody listens/],
    ['a name that nobody knows', { endpoints: 'nowhere.invalid:5432' }, /ENOTFOUND|EAI_AGAIN/, /name/],
    ['TLS where the server has none', { tls: 'True', 'tls-ca': certificate }, 'NO_TLS', /does not speak it/],
    ['data that is no endpoint', { endpoints: 'a:b' }, 'INVALID_DATA', /port "b"/],
    ['no data', { database: '' }, 'NO_DATA', /wait until the provider/],
  ])('says what is wrong: %s', async (_, said, code, advice) => {
    const found = await checkRegistry(await at(said))
    expect(found).toMatchObject({ outcome: 'failed', advice: expect.stringMatching(advice) })
    expect(found.code).toMatch(code)
  })

  test('says which relation is missing', async () => {
    const outcome = await act(reference({ relations: [] }), 'check')
    expect(outcome.action).toMatchObject({ status: 'failed', message: expect.stringContaining('offline-store, online-store, registry') })
    expect(results(outcome).registry).toMatchObject({ code: 'NO_RELATION' })
  })
})
