import { expect, test } from 'vitest'

import { canaries, findCanaries, openCanaryCage } from '../../../house/canary.ts'
import { metadata } from '../src/metadata.ts'
import { delivered, manifest, reference, says, sender } from './reference.ts'

const secretId = 'secret:d5aaaaaaaaaaaaaaa200'
const feast = (password: string): object =>
  manifest('secrets', 'feature-store-yaml', { stringData: { 'feature_store.yaml': `password: '${password}'\n` } })

test('sentence 27: what manifests hold is in no log, status, argument, file or process; it reaches the hook server’s folder alone', async () => {
  await using cage = await openCanaryCage('resource-dispatcher', { metadata })
  const [clear = '', secret = ''] = canaries
  const state = reference({
    relations: [
      sender(2, 'secrets', [feast(clear)]),
      { ...sender(3, 'config-maps', []), remoteAppData: { is_secret: 'true', kubernetes_manifests: secretId } },
    ],
    secrets: [{ id: secretId, content: { manifests: JSON.stringify([manifest('config-maps', 'x', { data: { a: secret } })]) } }],
  })
  const hook = await cage.run(state, { name: 'config-changed' })
  expect(hook).toMatchObject({ seen: [], open: [], left: [] })
  expect(findCanaries(JSON.stringify(delivered(hook.outcome.state))).length).toBe(2)
})

test('sentence 27: a manifest that is wrong is told of without what it holds', async () => {
  await using cage = await openCanaryCage('resource-dispatcher', { metadata })
  const [canary = ''] = canaries
  const broken = says(reference(), 2, {
    kubernetes_manifests: `[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"UPPER"},"stringData":{"a":${JSON.stringify(canary)}}}, 7`,
  })
  const { seen, outcome } = await cage.run(broken, { name: 'config-changed' })
  expect(outcome.state.unitStatus.name).toBe('blocked')
  expect(seen).toEqual([])
})
