import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { createInClusterSender, createKubernetesClient, type KubernetesClient, KubernetesError } from '../../src/kubernetes/client.ts'

interface Seen {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly type: string | undefined
  readonly token: string | undefined
  readonly body: string
}

let server: Server
let folder: string
let url: string
let client: KubernetesClient
let answer: { status: number; body: unknown }
const seen: Seen[] = []

const record = async (request: IncomingMessage): Promise<void> => {
  const { method, url: path, headers } = request
  seen.push({ method, url: path, type: headers['content-type'], token: headers.authorization, body: await text(request) })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sa-'))
  await writeFile(join(folder, 'token'), 'token-1\n')
  server = createServer(async (request, response) => {
    await record(request)
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  client = createKubernetesClient(createInClusterSender({ url, serviceAccountDir: folder }))
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

beforeEach(() => {
  seen.length = 0
  answer = { status: 200, body: { kind: 'Secret' } }
})

const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'alice' }, data: { a: 'Yg==' } }
const refused = (status: number, reason: string, message: string): typeof answer => ({ status, body: { kind: 'Status', reason, message } })

test('server-side apply sends the object, wins conflicts and names the manager', async () => {
  await client.apply(secret, { fieldManager: 'resource-dispatcher' })
  expect(seen).toEqual([
    {
      method: 'PATCH',
      url: '/api/v1/namespaces/alice/secrets/x?fieldManager=resource-dispatcher&force=true',
      type: 'application/apply-patch+yaml',
      token: 'Bearer token-1',
      body: JSON.stringify(secret),
    },
  ])
})

test('a merge patch is one', async () => {
  await client.merge(secret, { fieldManager: 'm' })
  expect(seen[0]).toMatchObject({ type: 'application/merge-patch+json', url: '/api/v1/namespaces/alice/secrets/x?fieldManager=m' })
})

test('the token is read anew for each request, for Kubernetes renews it', async () => {
  await client.get(secret)
  await writeFile(join(folder, 'token'), 'token-2\n')
  await client.get(secret)
  expect(seen.map(({ token }) => token)).toEqual(['Bearer token-1', 'Bearer token-2'])
  await writeFile(join(folder, 'token'), 'token-1\n')
})

test('what is not there is null to read and nothing to delete', async () => {
  answer = refused(404, 'NotFound', 'secrets "x" not found')
  expect(await client.get(secret)).toBeNull()
  await client.remove(secret)
  expect(seen.map(({ method }) => method)).toEqual(['GET', 'DELETE'])
})

test('a list has its items, selected by label', async () => {
  answer = { status: 200, body: { items: [secret] } }
  expect(await client.list('/api/v1/namespaces', { labelSelector: 'user.kubeflow.org/enabled=true' })).toEqual([secret])
  expect(seen[0]?.url).toBe('/api/v1/namespaces?labelSelector=user.kubeflow.org%2Fenabled%3Dtrue')
})

test.each([
  [403, 'Forbidden', 'decoratorcontrollers is forbidden'],
  [404, 'NotFound', 'the server could not find the requested resource'],
  [409, 'Conflict', 'Apply failed with 1 conflict'],
  [422, 'Invalid', 'metadata.name: Invalid value'],
])('a refusal with status %i keeps status, reason and words', async (status, reason, message) => {
  answer = refused(status, reason, message)
  const error = await client.apply(secret, { fieldManager: 'm' }).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(KubernetesError)
  expect(error).toMatchObject({ code: 'CHARM_KUBERNETES_REFUSED', status, reason })
  expect(String(error)).toContain(`cannot apply Secret "alice/x" in Kubernetes: ${message}`)
  expect(String(error)).not.toContain('Yg==')
})

test('a server that does not answer is its own error', async () => {
  const nobody = createKubernetesClient(createInClusterSender({ url: 'http://127.0.0.1:1', serviceAccountDir: folder }))
  await expect(nobody.get(secret)).rejects.toMatchObject({ code: 'CHARM_KUBERNETES_UNREACHABLE' })
})

test('outside a cluster, or without an account, nothing is sent', async () => {
  const outside = createKubernetesClient(createInClusterSender({ url: null, serviceAccountDir: folder }))
  await expect(outside.get(secret)).rejects.toMatchObject({ code: 'CHARM_KUBERNETES_ABSENT' })
  const nameless = createKubernetesClient(createInClusterSender({ url, serviceAccountDir: join(folder, 'none') }))
  await expect(nameless.get(secret)).rejects.toMatchObject({ code: 'CHARM_KUBERNETES_ABSENT' })
  expect(seen).toEqual([])
})
