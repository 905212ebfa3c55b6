import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'
import { runScenario, type ScenarioEvent, type State, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type AuditedRequest, type Cluster, startCluster } from '../../../tools/cluster.ts'
import { publishedDefinitions } from '../../../tools/crds.ts'
import { applyDefinition, describeDefinition } from '../../../tools/definition.ts'
import { compareRights, readObjects } from '../../../tools/rights.ts'
import { metadata } from '../src/metadata.ts'
import { manifest, reference, sender } from './reference.ts'

const charmDir = join(import.meta.dirname, '..')
const rights = join(charmDir, 'rbac.yaml')
const [app, model] = ['resource-dispatcher', 'kubeflow']
const controllerPath = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers/kubeflow-resource-dispatcher-controller'

let cluster: Cluster
let run: (state: State, event: ScenarioEvent) => Promise<State>
let account: string

/** What Juju makes for an application. */
const ofJuju = (labels: Readonly<Record<string, string>>): readonly KubernetesObject[] => [
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: app, namespace: model },
    spec: {
      serviceName: app,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: app, image: 'x' }] } },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app, namespace: model },
    spec: { selector: labels, ports: [{ name: 'placeholder', port: 65535, protocol: 'TCP', targetPort: 65535 }] },
  },
]

beforeAll(async () => {
  cluster = await startCluster()
  const apply = (object: KubernetesObject) => cluster.admin.apply(object, { fieldManager: 'test' })
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: model } })
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice', labels: { 'user.kubeflow.org/enabled': 'true' } } })
  const name = 'authorizationpolicies.security.istio.io'
  await applyDefinition(cluster.send, { name, yaml: (await publishedDefinitions(process.env))[name], version: 'v1' })
  const [controllers, podDefaults] = ['decoratorcontrollers.metacontroller.k8s.io', 'poddefaults.kubeflow.org']
  // As metacontroller defines it from 4.16 on: it can show the hook server a token.
  const declares = ['hooks', 'sync', 'webhook', 'authorization']
  const shape = { name: controllers, kind: 'DecoratorController', version: 'v1alpha1', scope: 'Cluster', declares } as const
  await applyDefinition(cluster.send, { ...shape, yaml: describeDefinition(shape) })
  const other = { name: podDefaults, kind: 'PodDefault', version: 'v1alpha1', scope: 'Namespaced', required: ['selector'] } as const
  await applyDefinition(cluster.send, { ...other, yaml: describeDefinition(other) })
  for (const object of ofJuju({ 'app.kubernetes.io/name': app })) await apply(object)
  account = await cluster.mountServiceAccount(model, app)
  for (const object of await readObjects(rights)) await apply(object)

  const command = [process.execPath, '--conditions=source', join(charmDir, 'src/main.ts')] as const
  const env = { CHARM_KUBERNETES_URL: cluster.url, CHARM_SERVICE_ACCOUNT_DIR: account }
  const charm = throughDispatch({ metadata, charmDir, command: [...command], env })
  run = async (state, event) => {
    const outcome = await runScenario(charm, state, event)
    expect([event.name, outcome.failure, outcome.stderr]).toEqual([event.name, null, ''])
    return outcome.state
  }
})

afterAll(() => cluster[Symbol.asyncDispose]())

const objectOf = async (path: string): Promise<KubernetesObject | null> => {
  const { status, body } = await cluster.send({ method: 'GET', path })
  return status === 200 ? JSON.parse(body) : null
}

const spaced = (path: string): string => path.replace('/namespaces/', `/namespaces/${model}/`)
const service = spaced(`/api/v1/namespaces/services/${app}`)
const policy = spaced(`/apis/networking.k8s.io/v1/namespaces/networkpolicies/${app}-metacontroller`)
const meshPolicy = spaced(`/apis/security.istio.io/v1/namespaces/authorizationpolicies/${app}-allow-all`)
const record = spaced(`/api/v1/namespaces/configmaps/juju-service-mesh-${app}-labels`)
const balancer = spaced(`/api/v1/namespaces/services/${app}-lb`)

/** What the integrator dispatches. */
const relations = [
  sender(1, 'secrets', [manifest('secrets', 'feature-store-yaml', { data: { a: 'MQ==' } })]),
  sender(2, 'pod-defaults', [manifest('pod-defaults', 'feast-integrator-access-feast', { spec: { selector: {} } })]),
]

const mesh = {
  id: 20,
  endpoint: 'service-mesh',
  interface: 'service_mesh',
  remoteApp: 'istio-beacon',
  remoteAppData: { labels: '{"istio.io/dataplane-mode": "ambient"}', mesh_type: '"istio"' },
}

const asked = (): Promise<readonly AuditedRequest[]> => cluster.readRequests(model, app)

test('a whole life of the charm needs the rights of rbac.yaml, and each of them', async () => {
  const first = await run(reference({ relations, trusted: true }), { name: 'install' })
  const configured = await run(first, { name: 'config-changed' })
  const ready = await run(configured, { name: 'update-status' })
  expect(ready.unitStatus).toEqual({ name: 'active', message: '' })
  const uid = (await objectOf(controllerPath))?.metadata.uid
  expect(JSON.stringify(ready.containers[0]?.layers)).toContain(String(uid))
  expect(await objectOf(service)).toMatchObject({ spec: { ports: [{ port: 80, targetPort: 8080 }] } })
  expect(await objectOf(policy)).toMatchObject({ spec: { podSelector: { matchLabels: { 'app.kubernetes.io/name': app } } } })

  const before = (await asked()).length
  await run(ready, { name: 'update-status' })
  expect((await asked()).slice(before).filter(({ verb }) => verb !== 'get' && verb !== 'list')).toEqual([])

  const related = reference({ ...ready, relations: [...ready.relations, mesh] })
  const meshed = await run(related, { name: 'relation-changed', relation: 20 })
  const carried = { metadata: { labels: { 'istio.io/dataplane-mode': 'ambient' } } }
  expect(await objectOf(service)).toMatchObject(carried)
  expect(await objectOf(spaced(`/apis/apps/v1/namespaces/statefulsets/${app}`))).toMatchObject({ spec: { template: carried } })
  expect(await objectOf(meshPolicy)).toMatchObject({ spec: { action: 'ALLOW', rules: [{}] } })

  const alone = await run(meshed, { name: 'relation-broken', relation: 20 })
  expect([await objectOf(meshPolicy), await objectOf(record)]).toEqual([null, null])
  expect((await objectOf(service))?.metadata.labels ?? {}).not.toHaveProperty(['istio.io/dataplane-mode'])

  const open = await run({ ...alone, config: { 'network-policy': false } }, { name: 'config-changed' })
  expect(await objectOf(policy)).toBeNull()

  const spec = { type: 'LoadBalancer', ports: [{ port: 80 }] }
  const left = { apiVersion: 'v1', kind: 'Service', metadata: { name: `${app}-lb`, namespace: model }, spec }
  await cluster.admin.apply(left, { fieldManager: 'lightkube' })
  const upgraded = await run({ ...open, config: {} }, { name: 'upgrade-charm' })
  expect([await objectOf(balancer), (await objectOf(policy))?.kind]).toEqual([null, 'NetworkPolicy'])

  await run({ ...upgraded, plannedUnits: 0 }, { name: 'remove' })
  expect([await objectOf(controllerPath), await objectOf(policy), await objectOf(service)]).toEqual([null, null, null])

  const requests = await asked()
  expect(requests.filter(({ status }) => status === 403)).toEqual([])
  expect(compareRights(await readObjects(rights), requests)).toEqual({ beyond: [], idle: [] })
  // Nine hooks, each a process of its own that reads TypeScript.
}, 300_000)

test('without its rights it says which, and how to get them', async () => {
  const poor = await cluster.mountServiceAccount(model, 'poor')
  const command = [process.execPath, '--conditions=source', join(charmDir, 'src/main.ts')] as const
  const env = { CHARM_KUBERNETES_URL: cluster.url, CHARM_SERVICE_ACCOUNT_DIR: poor }
  const charm = throughDispatch({ metadata, charmDir, command: [...command], env })
  const { state, failure } = await runScenario(charm, reference(), { name: 'config-changed' })
  expect(failure).toBeNull()
  expect(state.unitStatus.name).toBe('blocked')
  expect(state.unitStatus.message).toContain('juju trust resource-dispatcher --scope=cluster')
})
