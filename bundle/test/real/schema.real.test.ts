import { KubernetesError, type KubernetesObject, objectPath } from '@charmed-feast/charm'
import { inProcess } from '@charmed-feast/charm/testing'
import { charm as feastUi } from '@charmed-feast/feast-ui-charm'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { publishedDefinitions } from '../../../tools/crds.ts'
import { applyDefinition } from '../../../tools/definition.ts'
import { ingressCharm } from '../../src/gateway/ingress-charm.ts'
import { pilotCharm } from '../../src/gateway/pilot-charm.ts'
import { openLocalModel } from '../../src/model/local-model.ts'

const charms = {
  'feast-ui': inProcess(feastUi),
  'istio-pilot': inProcess(pilotCharm),
  'istio-ingress-k8s': inProcess(ingressCharm),
}

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  const definitions = await publishedDefinitions(process.env)
  for (const [name, yaml] of Object.entries(definitions)) await applyDefinition(cluster.send, { name, yaml, version: 'v1' })
  await cluster.admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kubeflow' } }, { fieldManager: 'test' })
})

afterAll(() => cluster[Symbol.asyncDispose]())

/** The objects of these kinds that the gateway's charm makes of what the UI asks for. */
const render = async (provider: string, endpoint: string, kinds: readonly string[]): Promise<readonly KubernetesObject[]> => {
  const model = openLocalModel({ charms })
  model.deploy({ application: 'feast-ui', charm: 'feast-ui' })
  model.deploy({ application: provider, charm: provider, trusted: true })
  model.integrate(`feast-ui:${endpoint}`, `${provider}:${endpoint}`)
  expect((await model.settle()).flatMap(({ failure }) => failure ?? [])).toEqual([])
  return model.state.objects.filter(({ kind }) => kinds.includes(kind))
}

/** Creates an object as its author wrote it; the published schema decides, and a field that it does not know is an error. */
const create = async ({ metadata: { name, namespace, labels }, ...object }: KubernetesObject): Promise<void> => {
  const body = { ...object, metadata: { name, namespace, labels } } as KubernetesObject
  const path = objectPath(body).replace(/\/[^/]+$/, '')
  const query = { fieldValidation: 'Strict' }
  const answer = await cluster.send({ method: 'POST', path, query, contentType: 'application/json', body: JSON.stringify(body) })
  if (answer.status >= 300) throw new KubernetesError(`create ${name}`, answer.body, { status: answer.status, reason: '' })
}

test.each([
  ['istio-pilot', 'ingress', ['VirtualService']],
  ['istio-ingress-k8s', 'istio-ingress-route', ['AuthorizationPolicy', 'HTTPRoute']],
])('what %s makes of the UI’s relation is valid by the published schemas, and nothing else would be', async (provider, endpoint, kinds) => {
  const objects = await render(provider, endpoint, kinds)
  expect(objects.map(({ kind }) => kind).sort()).toEqual(kinds)
  for (const object of objects) {
    await create(object)
    const spec = object.spec as Readonly<Record<string, unknown>>
    const other = { ...object.metadata, name: `${object.metadata.name.slice(0, 40)}-other` }
    await expect(create({ ...object, metadata: other, spec: { ...spec, noSuchField: 1 } })).rejects.toMatchObject({ status: 400 })
  }
})

test('a route that the Gateway API does not allow is refused by its rules', async () => {
  const [route] = (await render('istio-ingress-k8s', 'istio-ingress-route', ['HTTPRoute'])).slice(0, 1)
  if (route === undefined) throw new Error('no HTTPRoute')
  const rules = [{ matches: [{ path: { type: 'PathPrefix', value: 'no-slash' } }] }]
  const spec = { ...(route.spec as object), rules }
  await expect(create({ ...route, metadata: { ...route.metadata, name: 'bad' }, spec })).rejects.toMatchObject({ status: 422 })
})
