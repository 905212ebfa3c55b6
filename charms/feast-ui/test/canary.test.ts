import { expect, test } from 'vitest'

import { canaries, findCanaries, openCanaryCage } from '../../../house/canary.ts'
import { metadata } from '../src/metadata.ts'
import { filesOf, reference, says } from './reference.ts'

test('sentence 27: the passwords of the stores reach the file of the UI, and no log, status, argument or process', async () => {
  await using cage = await openCanaryCage('feast-ui', { metadata })
  const [registry = '', offline = '', online = ''] = canaries
  const said = { registry_password: registry, offline_store_password: offline, online_store_password: online }
  const hook = await cage.run(says(reference(), 'feast-configuration', said), { name: 'config-changed' })
  expect(hook).toMatchObject({ seen: [], open: [], left: [] })
  expect(hook.outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
  expect(findCanaries(JSON.stringify(filesOf(hook.outcome.state))).length).toBe(3)
})

test('sentence 27: a port that holds a password is told of without it', async () => {
  await using cage = await openCanaryCage('feast-ui', { metadata })
  const [registry = ''] = canaries
  const said = { registry_password: registry, registry_port: `x${registry}` }
  const { seen, outcome } = await cage.run(says(reference(), 'feast-configuration', said), { name: 'config-changed' })
  expect(outcome.state.unitStatus.name).toBe('blocked')
  expect(seen).toEqual([])
})
