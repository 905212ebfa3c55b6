import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'
import { runScenario, type ScenarioEvent, type State, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { compareRights, readObjects } from '../../../tools/rights.ts'
import { metadata } from '../src/metadata.ts'
import { mesh, reference, relations } from './reference.ts'

const charmDir = join(import.meta.dirname, '..')
const [app, model] = ['feast-ui', 'kubeflow']
const labels = { 'app.kubernetes.io/name': app }

/** What Juju makes for an application. */
const ofJuju: readonly KubernetesObject[] = [
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
    metadata: { name: app, namespace: model, labels },
    spec: { selector: labels, ports: [{ name: 'placeholder', port: 65535, protocol: 'TCP', targetPort: 65535 }] },
  },
]

let cluster: Cluster

beforeAll(async () => {
  cluster = await startCluster()
  const apply = (object: KubernetesObject) => cluster.admin.apply(object, { fieldManager: 'test' })
  await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: model } })
  for (const object of [...ofJuju, ...(await readObjects(join(charmDir, 'rbac.yaml')))]) await apply(object)
})

afterAll(() => cluster[Symbol.asyncDispose]())

/** Runs a hook as a process whose pod has this service account. */
const run = async (account: string, state: State, event: ScenarioEvent): Promise<State> => {
  const env = { CHARM_KUBERNETES_URL: cluster.url, CHARM_SERVICE_ACCOUNT_DIR: await cluster.mountServiceAccount(model, account) }
  const command = [process.execPath, '--conditions=source', join(charmDir, 'src/main.ts')] as const
  const outcome = await runScenario(throughDispatch({ metadata, charmDir, command: [...command], env }), state, event)
  expect([event.name, outcome.failure, outcome.stderr]).toEqual([event.name, null, ''])
  return outcome.state
}

const labelsOf = async (): Promise<readonly unknown[]> => {
  const [pods, service] = await Promise.all(ofJuju.map((object) => cluster.admin.get(object)))
  const { template } = (pods?.spec ?? {}) as { readonly template?: KubernetesObject }
  return [template?.metadata.labels, service?.metadata.labels]
}

test('with a mesh the charm needs the rights of rbac.yaml, and each of them', async () => {
  const meshed = reference({ relations: [...relations, mesh()] })
  const labelled = await run(app, meshed, { name: 'relation-changed', relation: 6 })
  const carried = { ...labels, 'istio.io/dataplane-mode': 'ambient' }
  expect(await labelsOf()).toEqual([carried, carried])

  const before = (await cluster.readRequests(model, app)).length
  await run(app, labelled, { name: 'update-status' })
  expect((await cluster.readRequests(model, app)).slice(before).filter(({ verb }) => verb !== 'get')).toEqual([])

  await run(app, labelled, { name: 'relation-broken', relation: 6 })
  expect(await labelsOf()).toEqual([labels, labels])
  const requests = await cluster.readRequests(model, app)
  expect(requests.filter(({ status }) => status === 403)).toEqual([])
  expect(compareRights(await readObjects(join(charmDir, 'rbac.yaml')), requests)).toEqual({ beyond: [], idle: [] })
})

test('without its rights it says so, and how to get them', async () => {
  const { unitStatus } = await run('poor', reference({ relations: [...relations, mesh()] }), { name: 'config-changed' })
  expect(unitStatus.name).toBe('blocked')
  expect(unitStatus.message).toContain('juju trust feast-ui --scope=cluster')
})
