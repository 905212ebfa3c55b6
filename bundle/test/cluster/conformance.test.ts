import type { SendToKubernetes } from '@charmed-feast/charm'
import { sendHttp } from '../../../charm/src/kubernetes/http.ts'
import { testKubernetes } from '../../../charm/test/kubernetes/conformance.ts'
import { openTestCluster } from './open.ts'

testKubernetes(async () => {
  const opened = await openTestCluster()
  const { url, adminToken, tokenOf } = opened.cluster
  const sendWith =
    (token: string): SendToKubernetes =>
    (request) => {
      const target = new URL(request.path, url)
      for (const [name, value] of Object.entries(request.query ?? {})) target.searchParams.set(name, value)
      return sendHttp(target, { request, token, timeoutMs: 10_000 })
    }
  return {
    send: sendWith(adminToken),
    sendAs: async (namespace, name) => sendWith(tokenOf({ namespace, name })),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
})
