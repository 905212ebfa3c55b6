import { describe, expect, test } from 'vitest'

import {
  database,
  databaseBySecret,
  manifestsOf,
  reference,
  referenceWith,
  relationOf,
  run,
  secretFile,
  settle,
  userSecret,
} from './reference.ts'

// One test for each rule of deviations.ts: that it is so, and that it is so only where the rule says.
describe('other than the Python charm', () => {
  test('the PodDefault mounts read-only and does not insist on the Secret', async () => {
    const [manifest] = manifestsOf(await settle(reference()), 'pod-defaults')
    expect(manifest).toEqual({
      apiVersion: 'kubeflow.org/v1alpha1',
      kind: 'PodDefault',
      metadata: { name: 'feast-integrator-access-feast' },
      spec: {
        desc: 'Allow access to Feast',
        selector: { matchLabels: { 'access-feast': 'true' } },
        env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }],
        volumeMounts: [{ mountPath: '/feast', name: 'feature-store-yaml', readOnly: true }],
        volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml', optional: true } }],
      },
    })
  })

  test.each(['offline-store', 'online-store', 'registry'])('the authority of %s lies beside the file, and only its', async (endpoint) => {
    const ca = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
    const state = await settle(referenceWith([database(5, endpoint, { tls: 'True', 'tls-ca': ca })]))
    const [manifest] = manifestsOf(state) as unknown as { readonly data: object }[]
    expect(Object.keys(manifest?.data ?? {})).toEqual(['feature_store.yaml', `${endpoint}-ca.crt`])
    expect(secretFile(state, `${endpoint}-ca.crt`)).toBe(`${ca}\n`)
    expect(secretFile(state)).toContain(`/feast/${endpoint}-ca.crt"`)
  })

  test('nothing is recorded of a provider that said nothing', async () => {
    const silent = { ...database(2, 'online-store'), remoteAppData: {} }
    const state = await settle(referenceWith([silent]), { name: 'relation-changed', relation: 2 })
    expect(Object.keys(relationOf(state, 'online-store').localUnitData).sort()).toEqual(['provided-secrets', 'requested-secrets'])
  })

  test('what a provider said is recorded in every hook, and not again when it is the same in other words', async () => {
    const state = await settle(reference())
    const { data = '' } = relationOf(state, 'online-store').localUnitData
    expect(JSON.parse(data)).toEqual(relationOf(state, 'online-store').remoteAppData)
    const spaced = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(data)).reverse()), null, 1)
    const relations = state.relations.map((each) =>
      each.id === 2 ? { ...each, localUnitData: { ...each.localUnitData, data: spaced } } : each,
    )
    const again = await settle({ ...state, relations })
    expect(relationOf(again, 'online-store').localUnitData.data).toBe(spaced)
  })

  test('a unit that does not lead reads the newest credentials, and publishes nothing', async () => {
    const secret = { ...userSecret(2), latestContent: { username: 'user_2', password: 'another' }, latestRevision: 2 }
    const before = referenceWith([databaseBySecret(2, 'online-store')], { leader: false, secrets: [secret] })
    const { state } = await run(before, { name: 'secret-changed', secret: secret.id })
    expect(state.secrets).toMatchObject([{ label: 'online-store.2.user.secret', revision: 2, content: { password: 'another' } }])
    expect(relationOf(state, 'secrets').localAppData).toEqual({})
  })
})
