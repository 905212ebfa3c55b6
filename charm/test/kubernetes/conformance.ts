import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  createKubernetesClient,
  type KubernetesAnswer,
  type KubernetesClient,
  KubernetesError,
  type SendToKubernetes,
} from '../../src/kubernetes/client.ts'
import type { KubernetesObject } from '../../src/kubernetes/object.ts'

/** A Kubernetes API to be tested: the real one, or one that wants to be taken for it. */
export interface TestedKubernetes extends AsyncDisposable {
  /** Sends as the administrator. */
  readonly send: SendToKubernetes
  /** Sends as a service account, which is made when there is none. */
  readonly sendAs: (namespace: string, name: string) => Promise<SendToKubernetes>
}

const podDefaults: KubernetesObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'poddefaults.kubeflow.org' },
  spec: {
    group: 'kubeflow.org',
    scope: 'Namespaced',
    names: { kind: 'PodDefault', plural: 'poddefaults', singular: 'poddefault', listKind: 'PodDefaultList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', required: ['selector'], 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
}

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve))
}

const parse = ({ status, body }: KubernetesAnswer) => {
  const { reason, message, metadata } = JSON.parse(body) as {
    readonly reason?: string
    readonly message?: string
    readonly metadata?: { readonly resourceVersion?: string }
  }
  return { status, reason, message, version: metadata?.resourceVersion }
}

const secretIn = (namespace: string, name: string, data: Readonly<Record<string, string>> = { a: 'MQ==' }): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  data,
})

/**
 * One suite for every Kubernetes API that charms and the bundle meet: what they lean on, and how it refuses (real-parts.md §3).
 *
 * @example
 * testKubernetes(() => startCluster())
 */
export const testKubernetes = (start: () => Promise<TestedKubernetes>): void => {
  let tested: TestedKubernetes
  let client: KubernetesClient
  let spaces = 0

  const create = (path: string, object: object): Promise<KubernetesAnswer> =>
    tested.send({ method: 'POST', path, contentType: 'application/json', body: JSON.stringify(object) })

  const newNamespace = async (labels: Readonly<Record<string, string>> = {}): Promise<string> => {
    spaces += 1
    const name = `space-${spaces}`
    await client.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } })
    return name
  }

  const applyAs = async (manager: string, object: KubernetesObject, path: string) =>
    parse(
      await tested.send({
        method: 'PATCH',
        path,
        query: { fieldManager: manager },
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(object),
      }),
    )

  beforeAll(async () => {
    tested = await start()
    client = createKubernetesClient(tested.send)
    await client.apply(podDefaults, { fieldManager: 'test' })
    await until(async () => (await tested.send({ method: 'GET', path: '/apis/kubeflow.org/v1alpha1/poddefaults' })).status === 200)
  })

  afterAll(() => tested[Symbol.asyncDispose]())

  describe('reading', () => {
    test('an object that is not there, and one of a kind that nobody serves, are null', async () => {
      const namespace = await newNamespace()
      expect(await client.get(secretIn(namespace, 'none'))).toBeNull()
      expect(await client.get({ apiVersion: 'example.com/v1', kind: 'Nothing', metadata: { name: 'x', namespace } })).toBeNull()
    })

    test('a collection is listed by label', async () => {
      await newNamespace({ colour: 'green' })
      const green = await newNamespace({ colour: 'green', shape: 'round' })
      const list = await client.list('/api/v1/namespaces', { labelSelector: 'colour=green,shape' })
      expect(list.map(({ metadata }) => metadata.name)).toEqual([green])
    })

    test('a collection is listed by name, across namespaces, and without contents where only metadata is wanted', async () => {
      const spaces = [await newNamespace(), await newNamespace()]
      for (const namespace of spaces) await client.apply(secretIn(namespace, 'same-name'), { fieldManager: 'feast' })
      await client.apply(secretIn(spaces[0] ?? '', 'other-name'), { fieldManager: 'feast' })
      const list = await client.list('/api/v1/secrets', { fieldSelector: 'metadata.name=same-name', metadataOnly: true })
      expect(list.map(({ metadata }) => [metadata.namespace, metadata.name]).sort()).toEqual(spaces.map((space) => [space, 'same-name']))
      expect(list.filter((item) => 'data' in item)).toEqual([])
    })

    test('a collection that nobody serves is refused', async () => {
      await expect(client.list('/apis/example.com/v1/nothings')).rejects.toMatchObject({ status: 404 })
    })
  })

  describe('server-side apply', () => {
    test('makes an object, and the same again changes nothing', async () => {
      const secret = secretIn(await newNamespace(), 'a')
      const first = await client.apply(secret, { fieldManager: 'feast' })
      expect(first).toMatchObject({ data: { a: 'MQ==' }, type: 'Opaque', metadata: { uid: expect.any(String) } })
      const again = await client.apply(secret, { fieldManager: 'feast' })
      expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
    })

    test('takes away what its manager said before and says no more, and nothing else', async () => {
      const namespace = await newNamespace()
      await client.apply(secretIn(namespace, 'a', { a: 'MQ==', b: 'Mg==' }), { fieldManager: 'feast' })
      await client.apply(secretIn(namespace, 'a', { c: 'Mw==' }), { fieldManager: 'other' })
      await client.apply(secretIn(namespace, 'a', { a: 'NA==' }), { fieldManager: 'feast' })
      expect(await client.get(secretIn(namespace, 'a'))).toMatchObject({ data: { a: 'NA==', c: 'Mw==' } })
      expect((await client.get(secretIn(namespace, 'a')))?.data).not.toHaveProperty('b')
    })

    test('of a field that another manager owns is a conflict, which our client wins', async () => {
      const namespace = await newNamespace()
      const path = `/api/v1/namespaces/${namespace}/secrets/a`
      await client.apply(secretIn(namespace, 'a'), { fieldManager: 'feast' })
      const other = secretIn(namespace, 'a', { a: 'Mg==' })
      expect(await applyAs('other', other, path)).toMatchObject({
        status: 409,
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "feast": .data.a',
      })
      expect(await client.apply(other, { fieldManager: 'other' })).toMatchObject({ data: { a: 'Mg==' } })
    })

    test('of an object that lacks what its schema asks for is invalid', async () => {
      const namespace = await newNamespace()
      const bad = { apiVersion: 'kubeflow.org/v1alpha1', kind: 'PodDefault', metadata: { name: 'z', namespace }, spec: { desc: 'x' } }
      await expect(client.apply(bad, { fieldManager: 'feast' })).rejects.toMatchObject({
        status: 422,
        reason: 'Invalid',
        message: expect.stringMatching(/PodDefault.* "z" is invalid: spec.selector: Required value/),
      })
    })

    test('into a namespace that is not there is not found', async () => {
      await expect(client.apply(secretIn('no-such-space', 'a'), { fieldManager: 'feast' })).rejects.toMatchObject({ status: 404 })
    })
  })

  describe('merge patch', () => {
    test('sets what it says and takes away what it says null to', async () => {
      const namespace = await newNamespace()
      await client.apply(secretIn(namespace, 'a', { a: 'MQ==', b: 'Mg==' }), { fieldManager: 'feast' })
      const patch = { ...secretIn(namespace, 'a'), data: { b: null, c: 'Mw==' } }
      const { data } = await client.merge(patch, { fieldManager: 'other' })
      expect(data).toEqual({ a: 'MQ==', c: 'Mw==' })
    })

    test('of an old version is a conflict', async () => {
      const namespace = await newNamespace()
      const { metadata } = await client.apply(secretIn(namespace, 'a'), { fieldManager: 'feast' })
      await client.apply(secretIn(namespace, 'a', { a: 'Mg==' }), { fieldManager: 'feast' })
      const { resourceVersion } = metadata
      const stale = { ...secretIn(namespace, 'a'), metadata: { name: 'a', namespace, resourceVersion } }
      await expect(client.merge(stale, { fieldManager: 'other' })).rejects.toMatchObject({ status: 409, reason: 'Conflict' })
    })

    test('of an object that is not there is not found', async () => {
      await expect(client.merge(secretIn(await newNamespace(), 'a'), { fieldManager: 'x' })).rejects.toMatchObject({ status: 404 })
    })
  })

  describe('creating and deleting', () => {
    test('a Secret’s stringData becomes data, and is not told again', async () => {
      const namespace = await newNamespace()
      const { data: _, ...bare } = secretIn(namespace, 'a')
      await create(`/api/v1/namespaces/${namespace}/secrets`, { ...bare, stringData: { password: 'é' } })
      const live = await client.get(secretIn(namespace, 'a'))
      expect(live).toMatchObject({ data: { password: 'w6k=' } })
      expect(live).not.toHaveProperty('stringData')
    })

    test('a second object of one name is refused', async () => {
      const namespace = await newNamespace()
      const path = `/api/v1/namespaces/${namespace}/secrets`
      expect((await create(path, secretIn(namespace, 'a'))).status).toBe(201)
      expect(parse(await create(path, secretIn(namespace, 'a')))).toMatchObject({
        status: 409,
        reason: 'AlreadyExists',
        message: 'secrets "a" already exists',
      })
    })

    test('a name that is none is invalid', async () => {
      const namespace = await newNamespace()
      const answer = parse(await create(`/api/v1/namespaces/${namespace}/secrets`, secretIn(namespace, 'Not_A_Name')))
      expect(answer).toMatchObject({ status: 422, reason: 'Invalid' })
    })

    test('an object goes, and that it is not there is no error', async () => {
      const namespace = await newNamespace()
      await client.apply(secretIn(namespace, 'a'), { fieldManager: 'feast' })
      await client.remove(secretIn(namespace, 'a'))
      expect(await client.get(secretIn(namespace, 'a'))).toBeNull()
      await client.remove(secretIn(namespace, 'a'))
    })

    test('into a namespace that is going nothing comes', async () => {
      const namespace = await newNamespace()
      // Kept by a finalizer, so that it is still going when the test looks.
      const kept = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, finalizers: ['charmed-feast/test'] } }
      await client.merge(kept, { fieldManager: 'test' })
      await client.remove(kept)
      const live = await client.get(kept)
      expect(live).toMatchObject({ status: { phase: 'Terminating' }, metadata: { deletionTimestamp: expect.any(String) } })
      await expect(client.apply(secretIn(namespace, 'a'), { fieldManager: 'feast' })).rejects.toMatchObject({
        status: 403,
        reason: 'Forbidden',
        message: expect.stringContaining('because it is being terminated'),
      })
      const done = { ...kept, metadata: { name: namespace, finalizers: [] } }
      await client.merge(done, { fieldManager: 'test' })
    })
  })

  describe('access', () => {
    const review = (namespace: string, verb: string): object => ({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { namespace, verb, resource: 'secrets' } },
    })
    const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

    test('a service account may do what a Role says, and no more', async () => {
      const namespace = await newNamespace()
      const limited = createKubernetesClient(await tested.sendAs(namespace, 'reader'))
      await client.apply(secretIn(namespace, 'a'), { fieldManager: 'feast' })
      await expect(limited.get(secretIn(namespace, 'a'))).rejects.toMatchObject({ status: 403, reason: 'Forbidden' })
      expect(await limited.create(reviews, review(namespace, 'get'))).toMatchObject({ status: { allowed: false } })

      const group = 'rbac.authorization.k8s.io'
      await client.apply(
        {
          apiVersion: `${group}/v1`,
          kind: 'Role',
          metadata: { name: 'r', namespace },
          rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
        },
        { fieldManager: 'test' },
      )
      await client.apply(
        {
          apiVersion: `${group}/v1`,
          kind: 'RoleBinding',
          metadata: { name: 'r', namespace },
          roleRef: { apiGroup: group, kind: 'Role', name: 'r' },
          subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace }],
        },
        { fieldManager: 'test' },
      )
      await until(async () => {
        const { status } = await limited.create(reviews, review(namespace, 'get'))
        return (status as { readonly allowed?: boolean } | undefined)?.allowed === true
      })
      expect(await limited.get(secretIn(namespace, 'a'))).toMatchObject({ data: { a: 'MQ==' } })
      expect(await limited.create(reviews, review(namespace, 'delete'))).toMatchObject({ status: { allowed: false } })
      await expect(limited.remove(secretIn(namespace, 'a'))).rejects.toBeInstanceOf(KubernetesError)
      await expect(limited.list(`/api/v1/namespaces/${namespace}/secrets`)).rejects.toMatchObject({ status: 403 })
    })
  })
}
