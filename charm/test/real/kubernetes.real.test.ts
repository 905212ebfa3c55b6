import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { createInClusterSender, createKubernetesClient } from '../../src/kubernetes/client.ts'
import { testKubernetes } from '../kubernetes/conformance.ts'

testKubernetes(async () => {
  const cluster = await startCluster()
  return {
    send: cluster.send,
    sendAs: async (namespace, name) =>
      createInClusterSender({ url: cluster.url, serviceAccountDir: await cluster.mountServiceAccount(namespace, name) }),
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
})

describe('an API server that goes and comes', () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await startCluster()
  })

  afterAll(() => cluster[Symbol.asyncDispose]())

  test('is unreachable meanwhile, and holds everything afterwards; tokens stay good', async () => {
    const serviceAccountDir = await cluster.mountServiceAccount('default', 'charm')
    const charm = createKubernetesClient(createInClusterSender({ url: cluster.url, serviceAccountDir }))
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'default' }, data: { a: 'MQ==' } }
    const before = await cluster.admin.apply(secret, { fieldManager: 'feast' })
    await cluster.restart(async () => {
      await expect(cluster.admin.get(secret)).rejects.toMatchObject({ code: 'CHARM_KUBERNETES_UNREACHABLE' })
    })
    expect(await cluster.admin.get(secret)).toEqual(before)
    const own = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    expect(await charm.create('/apis/authentication.k8s.io/v1/selfsubjectreviews', own)).toMatchObject({
      status: { userInfo: { username: 'system:serviceaccount:default:charm' } },
    })
  })

  test('who shows no token of its is told so', async () => {
    const { url, ca } = cluster
    const { sendHttp } = await import('../../src/kubernetes/http.ts')
    const request = { method: 'GET', path: '/api/v1/namespaces' } as const
    const answer = await sendHttp(new URL(request.path, url), { request, token: 'no-token', ca, timeoutMs: 10_000 })
    expect(answer.status).toBe(401)
  })
})
