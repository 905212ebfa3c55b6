import { describe, expect, test } from 'vitest'

import { createKubernetesClient, type KubernetesObject } from '../../src/index.ts'
import { FakeKubernetes } from '../../src/testing/index.ts'

type Answer = { readonly status: number; readonly body: { readonly [key: string]: unknown } }

const ask = (
  kubernetes: FakeKubernetes,
  method: string,
  path: string,
  given: { readonly body?: unknown; readonly type?: string; readonly query?: Readonly<Record<string, string>> } = {},
): Answer => {
  const { status, body } = kubernetes.handle({
    method,
    path,
    ...(given.query ? { query: given.query } : {}),
    ...(given.type === undefined ? {} : { contentType: given.type }),
    ...(given.body === undefined ? {} : { body: JSON.stringify(given.body) }),
  })
  return { status, body: JSON.parse(body) }
}

const config = (data: object, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'alice', ...metadata },
  data,
})
const path = '/api/v1/namespaces/alice/configmaps/c'
const apply = { type: 'application/apply-patch+yaml', query: { fieldManager: 'charm' } }
const merge = { type: 'application/merge-patch+json' }
const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
})

describe('the fake API server', () => {
  test('makes what is applied, and takes away what its manager no longer says', () => {
    const kubernetes = new FakeKubernetes()
    expect(ask(kubernetes, 'PATCH', path, { ...apply, body: config({ a: '1', b: '2' }) }).status).toBe(201)
    ask(kubernetes, 'PATCH', path, { ...merge, body: { data: { other: 'x' } } })
    const { status, body } = ask(kubernetes, 'PATCH', path, { ...apply, body: config({ b: '3' }) })
    expect(status).toBe(200)
    expect(body.data).toEqual({ b: '3', other: 'x' })
    expect(kubernetes.writes.map(({ verb }) => verb)).toEqual(['apply', 'patch', 'apply'])
  })

  test('merges: null takes away, lists are replaced, what is not there is not found', () => {
    const kubernetes = new FakeKubernetes({ objects: [config({ a: '1', b: '2' }, { finalizers: ['x', 'y'] })] })
    const { body } = ask(kubernetes, 'PATCH', path, { ...merge, body: { data: { a: null }, metadata: { finalizers: ['z'] } } })
    expect(body).toMatchObject({ data: { b: '2' }, metadata: { finalizers: ['z'], name: 'c' } })
    expect(ask(kubernetes, 'PATCH', `${path}-none`, { ...merge, body: {} }).status).toBe(404)
  })

  test('creates once', () => {
    const kubernetes = new FakeKubernetes()
    const collection = '/api/v1/namespaces/alice/configmaps'
    expect(ask(kubernetes, 'POST', collection, { body: config({}) }).status).toBe(201)
    expect(ask(kubernetes, 'POST', collection, { body: config({}) })).toMatchObject({
      status: 409,
      body: { kind: 'Status', reason: 'AlreadyExists', message: 'configmaps "c" already exists' },
    })
  })

  test('lists by label and by namespace', () => {
    const objects = [namespace('alice', { feast: 'true', team: 'a' }), namespace('bob', { feast: 'false' }), namespace('carol'), config({})]
    const kubernetes = new FakeKubernetes({ objects })
    const names = (labelSelector: string): readonly string[] => {
      const { body } = kubernetes.handle({ method: 'GET', path: '/api/v1/namespaces', query: { labelSelector } })
      const list: { readonly items: readonly KubernetesObject[] } = JSON.parse(body)
      return list.items.map(({ metadata }) => metadata.name)
    }
    expect(names('')).toEqual(['alice', 'bob', 'carol'])
    expect(names('feast=true')).toEqual(['alice'])
    expect(names('feast==true,team=a')).toEqual(['alice'])
    expect(names('feast')).toEqual(['alice', 'bob'])
    expect(names('!feast')).toEqual(['carol'])
    expect(ask(kubernetes, 'GET', '/api/v1/namespaces/bob/configmaps').body.items).toEqual([])
    expect(ask(kubernetes, 'GET', '/api/v1/configmaps').body.items).toHaveLength(1)
  })

  test('gives every object a UID, the same in every run', () => {
    const uid = (): unknown => ask(new FakeKubernetes({ objects: [config({})] }), 'GET', path).body.metadata
    expect(uid()).toMatchObject({ uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/) })
    expect(uid()).toEqual(uid())
  })

  test('refuses by kind and access, and says so in reviews of access', () => {
    const errors = [{ kind: 'ConfigMap', access: 'write', status: 403 }] as const
    const kubernetes = new FakeKubernetes({ objects: [config({})], errors })
    expect(ask(kubernetes, 'GET', path).status).toBe(200)
    expect(ask(kubernetes, 'DELETE', path)).toMatchObject({ status: 403, body: { reason: 'Forbidden', code: 403 } })
    const review = (verb: string): unknown =>
      ask(kubernetes, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
        body: { spec: { resourceAttributes: { verb, resource: 'configmaps' } } },
      }).body.status
    expect(review('get')).toEqual({ allowed: true })
    expect(review('patch')).toEqual({ allowed: false })
    expect(kubernetes.deleted()).toEqual([])
  })

  test('tells what was changed and deleted since the beginning', () => {
    const kubernetes = new FakeKubernetes({ objects: [namespace('alice'), namespace('bob'), namespace('carol')] })
    ask(kubernetes, 'PATCH', '/api/v1/namespaces/alice', { ...merge, body: { metadata: { labels: { a: '1' } } } })
    ask(kubernetes, 'PATCH', '/api/v1/namespaces/carol', { ...merge, body: {} })
    ask(kubernetes, 'DELETE', '/api/v1/namespaces/bob')
    expect(kubernetes.changed().map(({ metadata }) => metadata.name)).toEqual(['alice'])
    expect(kubernetes.deleted().map(({ metadata }) => metadata.name)).toEqual(['bob'])
    expect(ask(kubernetes, 'GET', '/api/v1/namespaces/bob')).toMatchObject({ status: 404, body: { message: 'namespaces "bob" not found' } })
  })

  test('serves the framework’s own client', async () => {
    const kubernetes = new FakeKubernetes({ objects: [namespace('alice')] })
    const client = createKubernetesClient(async (request) => kubernetes.handle(request))
    expect((await client.get(namespace('alice')))?.metadata.name).toBe('alice')
    expect(await client.get(namespace('nobody'))).toBeNull()
  })
})
