import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import type { KubernetesAccess } from '../../src/kubernetes/access.ts'
import { connectKubernetes } from '../../src/kubernetes/connection.ts'
import { followCollection, type Informer } from '../../src/kubernetes/informer.ts'
import { readKubeconfig } from '../../src/kubernetes/kubeconfig.ts'
import { until } from '../cluster/open.ts'

const path = '/api/v1/namespaces/default/configmaps'

let cluster: Cluster
let access: KubernetesAccess

beforeAll(async () => {
  cluster = await startCluster()
  access = await readKubeconfig(cluster.kubeconfig)
})

afterAll(() => cluster[Symbol.asyncDispose]())

const config = (name: string, labels: Readonly<Record<string, string>>, data: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
})

const names = (informer: Informer): readonly string[] =>
  informer
    .objects()
    .map(({ metadata }) => metadata.name)
    .sort()

test('a kubeconfig leads to the server, by what stands in it and by files that it names', async () => {
  using connection = connectKubernetes(access)
  expect((await connection.list('/api/v1/namespaces')).items.map(({ metadata }) => metadata.name)).toContain('default')

  const { clusters, ...rest } = JSON.parse(await readFile(cluster.kubeconfig, 'utf8'))
  const ca = join(cluster.folder, 'named-ca.crt')
  await writeFile(ca, cluster.ca)
  const named = [{ ...clusters[0], cluster: { server: cluster.url, 'certificate-authority': ca } }]
  const other = join(cluster.folder, 'kubeconfig-with-files')
  await writeFile(other, JSON.stringify({ ...rest, clusters: named }))
  using second = connectKubernetes(await readKubeconfig(other))
  expect((await second.list('/api/v1/namespaces')).version).toMatch(/^\d+$/)
})

test('a server whose certificate nobody vouches for is refused', async () => {
  const { ca: _, ...unvouched } = access
  using connection = connectKubernetes(unvouched)
  await expect(connection.list('/api/v1/namespaces')).rejects.toMatchObject({ code: 'BUNDLE_KUBERNETES_UNREACHABLE' })
})

test('a refusal brings the server’s status and reason', async () => {
  using connection = connectKubernetes(access)
  await connection.call({ method: 'POST', path, body: config('taken', {}) })
  await expect(connection.call({ method: 'POST', path, body: config('taken', {}) })).rejects.toMatchObject({
    status: 409,
    reason: 'AlreadyExists',
  })
  const { items } = await connection.list(path, { fieldSelector: 'metadata.name=taken' })
  await connection.call({ method: 'PUT', path: `${path}/taken`, body: { ...items[0], data: { a: '1' } } })
  await expect(connection.call({ method: 'PUT', path: `${path}/taken`, body: { ...items[0], data: { a: '2' } } })).rejects.toMatchObject({
    status: 409,
    reason: 'Conflict',
  })
})

test('a copy follows what is made, changed, begins to fit, fits no more and goes', async () => {
  using connection = connectKubernetes(access)
  const patch = (name: string, body: object) =>
    connection.call({ method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body })
  await connection.call({ method: 'POST', path, body: config('a', { mine: '' }) })
  await connection.call({ method: 'POST', path, body: config('b', {}) })
  const seen: string[] = []
  await using informer = followCollection({
    connection,
    path,
    labelSelector: 'mine',
    head: { apiVersion: 'v1', kind: 'ConfigMap' },
    onChange: (object, before) => void seen.push(`${before?.metadata.name ?? '-'} ${object?.metadata.name ?? '-'}`),
    onFailure: (error) => void seen.push(String(error)),
  })
  await informer.ready
  expect(informer.get('default', 'a')).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' })
  await patch('a', { data: { x: '1' } })
  await patch('b', { metadata: { labels: { mine: '' } } })
  await patch('a', { metadata: { labels: { mine: null } } })
  await connection.call({ method: 'DELETE', path: `${path}/b` })
  await until(() => seen.length === 5)
  expect(seen).toEqual(['- a', 'a a', '- b', 'a -', 'b -'])
})

test('a copy goes on after the API server was away, with what happened afterwards', async () => {
  using connection = connectKubernetes(access)
  await connection.call({ method: 'POST', path, body: config('kept', { follow: 'yes' }) })
  await connection.call({ method: 'POST', path, body: config('going', { follow: 'yes' }) })
  const failures: unknown[] = []
  await using informer = followCollection({
    connection,
    path,
    labelSelector: 'follow=yes',
    onChange: () => undefined,
    onFailure: (error) => void failures.push(error),
  })
  await informer.ready
  await cluster.restart(() => until(() => failures.length > 0).then(() => undefined))
  await connection.call({ method: 'DELETE', path: `${path}/going` })
  await connection.call({ method: 'POST', path, body: config('new', { follow: 'yes' }) })
  await until(() => names(informer).join() === 'kept,new', 60_000)
})
