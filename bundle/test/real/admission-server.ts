import { once } from 'node:events'
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'

import type { KubernetesObject } from '@charmed-feast/charm'

import { issueCertificate } from '../../../store/test/postgres/certificate.ts'
import type { KubernetesConnection } from '../../src/kubernetes/connection.ts'
import { reviewPod } from '../../src/notebook/review.ts'

/** Our PodDefault admission as a webhook that a real API server asks. */
export interface AdmissionServer extends AsyncDisposable {
  /** What tells the API server about it. */
  readonly configuration: KubernetesObject
}

/** Serves the admission over TLS on the loopback address, with a certificate of its own authority. */
export const serveAdmission = async (connection: KubernetesConnection): Promise<AdmissionServer> => {
  const authority = issueCertificate('authority')
  const { certificate: cert, key } = issueCertificate('127.0.0.1', { by: authority, hosts: ['127.0.0.1'] })
  const podDefaultsOf = async (namespace: string): Promise<readonly KubernetesObject[]> =>
    (await connection.list(`/apis/kubeflow.org/v1alpha1/namespaces/${namespace}/poddefaults`)).items
  const server = createServer({ cert, key }, async (request, response) => {
    const answer = await reviewPod(JSON.parse(await text(request)), podDefaultsOf)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    configuration: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'admission-webhook' },
      webhooks: [
        {
          name: 'admission-webhook.kubeflow.org',
          clientConfig: {
            url: `https://127.0.0.1:${port}/apply-poddefault`,
            caBundle: Buffer.from(authority.certificate).toString('base64'),
          },
          admissionReviewVersions: ['v1'],
          failurePolicy: 'Fail',
          sideEffects: 'None',
          namespaceSelector: { matchLabels: { 'app.kubernetes.io/part-of': 'kubeflow-profile' } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        },
      ],
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
