import { expect, test } from 'vitest'

import type { Desired, DesiredObject, DesiredStatus } from '../../src/desired.ts'
import {
  active,
  blocked,
  type CharmMetadata,
  createKubernetesClient,
  defineCharm,
  KubernetesError,
  type KubernetesRequest,
} from '../../src/index.ts'
import { type CharmRun, runCharm } from '../juju.ts'

const metadata = { name: 'feast-ui' } as const satisfies CharmMetadata

const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'app', namespace: 'm' }, spec: { ports: [{ port: 80 }] } }
const path = '/api/v1/namespaces/m/services/app'

interface Cluster {
  readonly requests: KubernetesRequest[]
  readonly run: (objects: readonly DesiredObject[], unitStatus?: DesiredStatus<typeof metadata>) => Promise<CharmRun>
}

/** An API server of a few objects, that refuses to write where it is told. */
const clusterOf = (
  live: Readonly<Record<string, object>>,
  refusal: { readonly status: number; readonly reason: string } | null = null,
): Cluster => {
  const requests: KubernetesRequest[] = []
  const kubernetes = createKubernetesClient(async (request) => {
    requests.push(request)
    const found = live[request.path]
    if (request.method === 'GET')
      return found === undefined ? { status: 404, body: '{"reason":"NotFound"}' } : { status: 200, body: JSON.stringify(found) }
    if (refusal !== null) return { status: refusal.status, body: JSON.stringify({ ...refusal, message: 'no,\nnever' }) }
    return { status: 200, body: '{}' }
  })
  const run: Cluster['run'] = (objects, unitStatus = [active()]) => {
    const desired: Desired<typeof metadata> = { objects, unitStatus }
    const charm = defineCharm({ metadata, observe: async () => null, reconcile: () => desired })
    return runCharm(charm, { connectKubernetes: async () => kubernetes })
  }
  return { requests, run }
}

const writes = ({ requests }: Cluster): readonly string[] =>
  requests.filter(({ method }) => method !== 'GET').map(({ method, path: at, contentType = '' }) => `${method} ${at} ${contentType}`.trim())

test('what is so already is only looked at', async () => {
  const cluster = clusterOf({ [path]: { ...service, spec: { ports: [{ port: 80, protocol: 'TCP' }], type: 'ClusterIP' } } })
  await cluster.run([{ kind: 'apply', object: service }])
  expect(writes(cluster)).toEqual([])
})

test('what differs is applied or merged, what shall be absent is deleted', async () => {
  const other = { ...service, spec: { ports: [{ port: 81 }] } }
  const cluster = clusterOf({ [path]: other })
  const { log } = await cluster.run([
    { kind: 'apply', object: service },
    { kind: 'merge', object: service },
    { kind: 'absent', object: service },
  ])
  expect(writes(cluster)).toEqual([
    `PATCH ${path} application/apply-patch+yaml`,
    `PATCH ${path} application/merge-patch+json`,
    `DELETE ${path}`,
  ])
  expect(cluster.requests.find(({ method }) => method === 'PATCH')?.query).toEqual({ fieldManager: 'feast-ui', force: 'true' })
  expect(log().at(-1)).toContain('apply Service "m/app"; merge Service "m/app"; delete Service "m/app"')
})

test('what shall be absent and is, is not deleted', async () => {
  const cluster = clusterOf({})
  await cluster.run([{ kind: 'absent', object: service }])
  expect(writes(cluster)).toEqual([])
})

test('one that is refused does not keep the others, and is told in a status and the log', async () => {
  const cluster = clusterOf({}, { status: 403, reason: 'Forbidden' })
  const second = { ...service, metadata: { name: 'second', namespace: 'm' } }
  const { context, exit, log } = await cluster.run([
    { kind: 'apply', object: service },
    { kind: 'apply', object: second },
  ])
  expect(exit).toBe(0)
  expect(writes(cluster).length).toBe(2)
  expect(context.unit.status).toEqual({ status: 'blocked', message: 'cannot apply Service "m/app" in Kubernetes: no, never' })
  expect(log().filter((line) => line.startsWith('WARNING')).length).toBe(2)
})

test('a charm that answers for failures itself says what to do', async () => {
  const cluster = clusterOf({}, { status: 403, reason: 'Forbidden' })
  const { context } = await cluster.run([{ kind: 'apply', object: service }], ({ failedObjects }) =>
    failedObjects.map(({ failure }) =>
      blocked(failure instanceof KubernetesError && failure.status === 403 ? 'juju trust this application' : '?'),
    ),
  )
  expect(context.unit.status.message).toBe('juju trust this application')
})

test('a cluster that is not there is a failure of each object, and not of the hook', async () => {
  const charm = defineCharm({
    metadata,
    observe: async () => null,
    reconcile: (): Desired<typeof metadata> => ({ objects: [{ kind: 'apply', object: service }], unitStatus: [active()] }),
  })
  const { context, exit } = await runCharm(charm)
  expect(exit).toBe(0)
  expect(context.unit.status).toMatchObject({
    status: 'blocked',
    message: 'cannot reach Kubernetes: this process does not run in a cluster',
  })
})
