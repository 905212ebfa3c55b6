import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'
import { expect, test } from 'vitest'

import { connectKubernetes } from '../../src/kubernetes/connection.ts'
import { followCollection, type Informer } from '../../src/kubernetes/informer.ts'
import { openTestCluster, type TestCluster, until } from '../cluster/open.ts'

const path = '/api/v1/namespaces/default/configmaps'
const config = (name: string, labels: object = {}, data: object = {}): object => ({ kind: 'ConfigMap', metadata: { name, labels }, data })
const patch = ({ kubernetes }: TestCluster, name: string, body: object): Promise<KubernetesObject> =>
  kubernetes.call({ method: 'PATCH', path: `${path}/${name}`, contentType: 'application/merge-patch+json', body })
const names = (informer: Informer): readonly string[] => informer.objects().map(({ metadata }) => metadata.name)

test('a copy follows what is made, changed, begins to fit, fits no more and goes', async () => {
  await using opened = await openTestCluster()
  await opened.create(path, config('a', { mine: '' }))
  await opened.create(path, config('b'))
  const seen: string[] = []
  await using informer = followCollection({
    connection: opened.kubernetes,
    path,
    labelSelector: 'mine',
    onChange: (object, before) => void seen.push(`${before?.metadata.name ?? '-'} ${object?.metadata.name ?? '-'}`),
    onFailure: (error) => void seen.push(String(error)),
  })
  await informer.ready
  expect(names(informer)).toEqual(['a'])
  await patch(opened, 'a', { data: { x: '1' } })
  await patch(opened, 'b', { metadata: { labels: { mine: '' } } })
  await patch(opened, 'a', { metadata: { labels: { mine: null } } })
  await opened.kubernetes.call({ method: 'DELETE', path: `${path}/b` })
  await until(() => seen.length === 5)
  expect(seen).toEqual(['- a', 'a a', '- b', 'a -', 'b -'])
})

test('a server that went away and came back, with other objects, is followed again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-cluster-'))
  try {
    const first = await openTestCluster({ folder })
    const port = Number(new URL(first.cluster.url).port)
    using connection = connectKubernetes({ url: first.cluster.url, token: first.cluster.adminToken })
    await first.create(path, config('a'))
    await first.create(path, config('b'))
    const failures: unknown[] = []
    await using informer = followCollection({
      connection,
      path,
      onChange: () => undefined,
      onFailure: (error) => void failures.push(error),
    })
    await informer.ready
    await first[Symbol.asyncDispose]()
    await until(() => failures.length > 0)
    await using second = await openTestCluster({ folder, address: { host: '127.0.0.1', port } })
    await second.kubernetes.call({ method: 'DELETE', path: `${path}/a` })
    await second.create(path, config('c'))
    await until(() => names(informer).includes('c') && !names(informer).includes('a'))
    expect([...names(informer)].sort()).toEqual(['b', 'c'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
