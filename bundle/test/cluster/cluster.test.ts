import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'
import { describe, expect, test } from 'vitest'

import { connectKubernetes } from '../../src/kubernetes/connection.ts'
import { openTestCluster, until, userNamespace } from './open.ts'

const secrets = '/api/v1/namespaces/alice/secrets'
const secret = (name: string, given: object = { data: { a: 'MQ==' } }, metadata: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, ...metadata },
  ...given,
})
const podDefaults = '/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults'
const podDefault = (spec: object, metadata: object = {}): object => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name: 'p', ...metadata },
  spec,
})

const refusal = async (work: Promise<unknown>): Promise<readonly [number, string, string]> => {
  try {
    await work
  } catch (error) {
    if (error instanceof KubernetesError) return [error.status, error.reason, error.message.replace(/^cannot \S+ "[^"]*".*?: /, '')]
    throw error
  }
  throw new Error('it was not refused')
}

const withAlice = async () => {
  const opened = await openTestCluster()
  await opened.create('/api/v1/namespaces', userNamespace('alice'))
  return opened
}

describe('the cluster answers as the real API server was seen to', () => {
  test('an object gets uid, version and times; stringData becomes data', async () => {
    await using opened = await withAlice()
    const made = await opened.create(secrets, secret('a', { stringData: { text: 'x' } }))
    expect(made).toMatchObject({
      data: { text: 'eA==' },
      type: 'Opaque',
      metadata: { namespace: 'alice', managedFields: [{ operation: 'Update' }] },
    })
    expect(made).not.toHaveProperty('stringData')
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/)
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(0)
    expect(made.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  })

  test.each<readonly [string, string, object, readonly [number, string, RegExp]]>([
    ['a name that is taken', secrets, secret('taken'), [409, 'AlreadyExists', /secrets "taken" already exists/]],
    ['a bad name', secrets, secret('Bad_Name'), [422, 'Invalid', /metadata.name: Invalid value: "Bad_Name"/]],
    ['data that is not base64', secrets, secret('b', { data: { a: '%' } }), [400, 'BadRequest', /illegal base64 data/]],
    ['a namespace that is not there', '/api/v1/namespaces/bob/secrets', secret('a'), [404, 'NotFound', /namespaces "bob" not found/]],
    ['another namespace', secrets, secret('a', {}, { namespace: 'bob' }), [400, 'BadRequest', /namespace of the object/]],
    ['a kind that nobody defined', '/apis/example.org/v1/things', { kind: 'Thing' }, [404, 'NotFound', /could not find the requested/]],
    ['a PodDefault without selector', podDefaults, podDefault({}), [422, 'Invalid', /The |spec.selector: Required value/]],
    [
      'an annotation of 64 bytes',
      secrets,
      secret('c', {}, { annotations: { [`x/${'a'.repeat(64)}`]: '' } }),
      [422, 'Invalid', /name part must be no more than 63 bytes/],
    ],
  ])('%s is refused', async (_, path, object, [status, reason, message]) => {
    await using opened = await withAlice()
    await opened.create(secrets, secret('taken'))
    const refused = await refusal(opened.create(path, object))
    expect(refused).toEqual([status, reason, expect.stringMatching(message)])
  })

  test('an update with an old version is a conflict; one that changes nothing keeps the version', async () => {
    await using opened = await withAlice()
    const made = await opened.create(secrets, secret('a'))
    const path = `${secrets}/a`
    const put = (object: object): Promise<KubernetesObject> => opened.kubernetes.call({ method: 'PUT', path, body: object })
    expect((await put(made)).metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    expect((await put({ ...made, data: undefined, stringData: { a: '1' } })).metadata.resourceVersion).toBe(made.metadata.resourceVersion)
    const next = await put({ ...made, data: { a: 'Mg==' } })
    expect(Number(next.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion))
    expect((await refusal(put(made))).slice(0, 2)).toEqual([409, 'Conflict'])
  })

  test('server-side apply: conflicts name the other manager, force wins, what is said no more goes', async () => {
    await using opened = await withAlice()
    const apply = (fieldManager: string, spec: object, force = 'false'): Promise<KubernetesObject> =>
      opened.kubernetes.call({
        method: 'PATCH',
        path: `${podDefaults}/p`,
        query: { fieldManager, force },
        contentType: 'application/apply-patch+yaml',
        body: podDefault(spec),
      })
    await apply('feast', { selector: {}, desc: 'one', env: [] })
    expect(await refusal(apply('other', { selector: {}, desc: 'two' }))).toEqual([
      409,
      'Conflict',
      'Apply failed with 1 conflict: conflict with "feast": .spec.desc',
    ])
    expect((await apply('other', { selector: {}, desc: 'two' }, 'true')).spec).toEqual({ selector: {}, desc: 'two', env: [] })
    expect((await apply('feast', { selector: {} })).spec).toEqual({ selector: {}, desc: 'two' })
  })

  test('a namespace takes along what is in it; finalizers keep it, and nothing new comes in', async () => {
    await using opened = await withAlice()
    const { kubernetes } = opened
    const path = '/api/v1/namespaces/alice'
    await opened.create(secrets, secret('a'))
    await kubernetes.call({
      method: 'PATCH',
      path,
      contentType: 'application/merge-patch+json',
      body: { metadata: { finalizers: ['x/y'] } },
    })
    const going = await kubernetes.call({ method: 'DELETE', path })
    expect(going).toMatchObject({ metadata: { deletionTimestamp: expect.any(String) }, status: { phase: 'Terminating' } })
    expect(await refusal(opened.create(secrets, secret('b')))).toEqual([403, 'Forbidden', expect.stringContaining('being terminated')])
    await kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body: { metadata: { finalizers: null } } })
    expect((await refusal(kubernetes.call({ method: 'GET', path })))[0]).toBe(404)
    expect((await refusal(kubernetes.call({ method: 'GET', path: `${secrets}/a` })))[0]).toBe(404)
  })

  test('a pod of a StatefulSet goes with it: what its owner leaves is collected', async () => {
    await using opened = await withAlice()
    const owner = await opened.create('/apis/apps/v1/namespaces/alice/statefulsets', {
      kind: 'StatefulSet',
      metadata: { name: 's' },
      spec: {},
    })
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', uid: owner.metadata.uid, controller: true }]
    await opened.create('/api/v1/namespaces/alice/pods', {
      kind: 'Pod',
      metadata: { name: 's-0', ownerReferences },
      spec: { containers: [] },
    })
    await opened.kubernetes.call({ method: 'DELETE', path: '/apis/apps/v1/namespaces/alice/statefulsets/s' })
    expect((await opened.kubernetes.list('/api/v1/namespaces/alice/pods')).items).toEqual([])
  })

  test('nobody without a token of this cluster is heard; a service account may what its roles say', async () => {
    await using opened = await withAlice()
    using stranger = connectKubernetes({ url: opened.cluster.url, token: 'none' })
    expect((await refusal(stranger.list(secrets)))[0]).toBe(401)
    const account = { namespace: 'kubeflow', name: 'dispatcher' }
    using dispatcher = connectKubernetes({ url: opened.cluster.url, token: opened.cluster.tokenOf(account) })
    expect(await refusal(dispatcher.list(secrets))).toEqual([
      403,
      'Forbidden',
      expect.stringContaining('system:serviceaccount:kubeflow:dispatcher'),
    ])
    const apiVersion = 'rbac.authorization.k8s.io/v1'
    const root = `/apis/${apiVersion}`
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }]
    await opened.create(`${root}/clusterroles`, { apiVersion, kind: 'ClusterRole', metadata: { name: 'reads' }, rules })
    const binding = {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: 'reads' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'reads' },
      subjects: [{ kind: 'ServiceAccount', ...account }],
    }
    await opened.create(`${root}/namespaces/alice/rolebindings`, binding)
    expect((await dispatcher.list(secrets)).items).toEqual([])
    expect((await refusal(dispatcher.call({ method: 'POST', path: secrets, body: secret('a') })))[0]).toBe(403)
    expect((await refusal(dispatcher.list('/api/v1/namespaces/default/secrets')))[0]).toBe(403)
    const ask = (resourceAttributes: object): Promise<KubernetesObject> =>
      dispatcher.call({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: { spec: { resourceAttributes } },
      })
    expect((await ask({ verb: 'list', resource: 'secrets', namespace: 'alice' })).status).toEqual({ allowed: true })
    expect((await ask({ verb: 'list', resource: 'secrets' })).status).toEqual({ allowed: false })
  })
})

describe('what is kept', () => {
  const program = join(import.meta.dirname, 'writer.ts')

  test('every answered write is there after kill -9, and files are for their owner alone', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'feast-cluster-')), 'cluster')
    try {
      const child = spawn(process.execPath, ['--conditions=source', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
      await until(() => said.split('\n').length > 40, 30_000)
      child.kill('SIGKILL')
      await once(child, 'exit')
      const written = said.split('\n').slice(0, -1)
      expect((await stat(folder)).mode & 0o777).toBe(0o700)
      for (const file of await readdir(folder)) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
      await using opened = await openTestCluster({ folder })
      const { items, version } = await opened.kubernetes.list('/api/v1/namespaces/default/configmaps')
      const kept = new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]))
      expect(written.filter((line) => kept.get(line.split(' ')[0] ?? '') !== line.split(' ')[1])).toEqual([])
      expect(Number(version)).toBeGreaterThanOrEqual(Math.max(...items.map(({ metadata }) => Number(metadata.resourceVersion))))
    } finally {
      await rm(join(folder, '..'), { recursive: true })
    }
  })

  test('tokens stay the same from one opening to the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'feast-cluster-'))
    try {
      const tokens: string[] = []
      for (let opening = 0; opening < 2; opening += 1) {
        await using opened = await openTestCluster({ folder })
        tokens.push(opened.cluster.adminToken)
      }
      expect(tokens[0]).toBe(tokens[1])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
