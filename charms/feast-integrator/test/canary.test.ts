import { expect, test } from 'vitest'

import { canaries, findCanaries, openCanaryCage } from '../../../house/canary.ts'
import { metadata } from '../src/metadata.ts'
import { database, databaseBySecret, manifestsOf, reader, readers, reference, relationOf, userSecret } from './reference.ts'

const [first = '', second = '', third = ''] = canaries
const marked = reader('secrets', { 'manifest-secrets': 'true' })
const asking = reader('feast-configuration', { 'configuration-secret': 'true' })

const state = reference({
  relations: [
    databaseBySecret(1, 'offline-store'),
    databaseBySecret(2, 'online-store'),
    // In clear text, as a provider without secrets has it.
    database(3, 'registry', { password: third, endpoints: '127.0.0.1:1' }),
    ...readers.map((each) => [...marked, ...asking].find(({ id, remoteAppData }) => id === each.id && remoteAppData) ?? each),
  ],
  secrets: [userSecret(1, first), userSecret(2, second)],
})

test('sentence 27: no canary is in a log, a status, a result, an argument, a file, or any process’s command line or environment', async () => {
  await using cage = await openCanaryCage('feast-integrator', { metadata, actions: ['check', 'get-feature-store-yaml'] })
  const published = await cage.run(state, { name: 'leader-elected' })
  expect(published).toMatchObject({ seen: [], open: [], left: [] })
  expect(published.outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
  // They did go where they belong.
  expect(
    findCanaries(JSON.stringify(manifestsOf(published.outcome.state)).length > 0 ? JSON.stringify(published.outcome.state.secrets) : ''),
  ).not.toEqual([])

  for (const [name, params] of [
    ['check', {}],
    ['get-feature-store-yaml', {}],
    ['get-feature-store-yaml', { 'include-credentials': true }],
  ] as const) {
    const acted = await cage.run(published.outcome.state, { name: 'action', action: { name, params } })
    expect({ name, seen: acted.seen, open: acted.open, left: acted.left }).toEqual({ name, seen: [], open: [], left: [] })
  }
})

test('sentence 6: to a dispatcher that reads secrets, no credential goes in clear text', async () => {
  await using cage = await openCanaryCage('feast-integrator', { metadata })
  const { outcome } = await cage.run(state, { name: 'leader-elected' })
  expect(findCanaries(JSON.stringify(relationOf(outcome.state, 'secrets').localAppData))).toEqual([])
  expect(relationOf(outcome.state, 'secrets').localAppData.is_secret).toBe('true')
})

test('a hook that fails in the middle says none of them either', async () => {
  await using cage = await openCanaryCage('feast-integrator', { metadata })
  const broken = {
    ...state,
    relations: state.relations.map((each) =>
      each.id === 3 ? { ...each, remoteAppData: { ...each.remoteAppData, endpoints: `${third}:5432` } } : each,
    ),
  }
  const { seen, outcome } = await cage.run(broken, { name: 'leader-elected' })
  expect(outcome.state.unitStatus.name).toBe('blocked')
  expect(seen).toEqual([])
})

test('the search finds each canary in each form', () => {
  for (const canary of canaries) {
    for (const text of [
      canary,
      encodeURIComponent(canary),
      Buffer.from(canary).toString('base64'),
      JSON.stringify({ a: JSON.stringify(canary) }),
    ]) {
      expect(findCanaries(`before ${text} after`)).toEqual([canary])
    }
  }
})
