import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { type HookServer, startServer } from '../../../charms/resource-dispatcher/test/hook-server.ts'
import { type Cluster, startCluster } from '../../../tools/cluster.ts'
import { runMetacontroller } from '../../src/metacontroller/metacontroller.ts'
import { until, userNamespace } from '../cluster/open.ts'
import { type AdmissionServer, serveAdmission } from './admission-server.ts'
import { openOn, type RealCluster } from './real-cluster.ts'

// Row by row what was observed of Kubeflow's own webhook (real-parts.md §5), and at the end the whole way to a notebook's pod.

const space = '/api/v1/namespaces/alice'
const podDefaults = '/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults'
const variable = { name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }
const volume = { name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml', optional: true } }
const mount = { name: 'feature-store-yaml', mountPath: '/feast', readOnly: true }
const name = 'feast-integrator-access-feast'
const note = `poddefault.admission.kubeflow.org/poddefault-${name}`

/** The PodDefault that the integrator publishes. */
const podDefault = (given: object = {}, called = name): KubernetesObject => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name: called, namespace: 'alice' },
  spec: {
    desc: 'Allow access to Feast',
    selector: { matchLabels: { 'access-feast': 'true' } },
    env: [variable],
    volumes: [volume],
    volumeMounts: [mount],
    ...given,
  },
})

const ticked = { 'access-feast': 'true' }

const pod = (
  called: string,
  given: { readonly labels?: object; readonly annotations?: object; readonly spec?: object; readonly container?: object } = {},
) => {
  const { labels = ticked, annotations = {}, spec = {}, container = {} } = given
  return {
    kind: 'Pod',
    metadata: { name: called, labels, annotations },
    spec: { containers: [{ name: 'nb', image: 'x', ...container }], ...spec },
  }
}

/** A pod as far as these tests look at it. */
interface Admitted {
  readonly metadata: KubernetesObject['metadata']
  readonly spec: {
    readonly volumes?: readonly { readonly name: string }[]
    readonly initContainers?: readonly Mounted[]
    readonly containers: readonly Mounted[]
  }
}

interface Mounted {
  readonly env?: readonly unknown[]
  readonly volumeMounts?: readonly unknown[]
}

let cluster: Cluster
let opened: RealCluster
let admission: AdmissionServer

beforeAll(async () => {
  cluster = await startCluster({ controllers: true })
})

afterAll(async () => {
  await opened?.[Symbol.asyncDispose]()
  await admission?.[Symbol.asyncDispose]()
  await cluster[Symbol.asyncDispose]()
})

/** Asks for a pod and gives it as it was admitted. */
const create = async (object: object): Promise<Admitted> =>
  // What the API server gives for a pod is one.
  (await opened.create(`${space}/pods`, object)) as unknown as Admitted

const refusalOf = async (object: object): Promise<string> => {
  try {
    await create(object)
  } catch (error) {
    if (error instanceof KubernetesError) return `${error.status} ${error.message}`
    throw error
  }
  throw new Error('it was admitted')
}

beforeEach(async () => {
  await opened?.[Symbol.asyncDispose]()
  await admission?.[Symbol.asyncDispose]()
  opened = await openOn(cluster)()
  admission = await serveAdmission(opened.kubernetes)
  await opened.create('/api/v1/namespaces', userNamespace('alice'))
  await opened.create('/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', admission.configuration)
  // A webhook is asked from a moment on that nobody announces.
  await opened.create(podDefaults, podDefault({}, 'probe'))
  await until(async () => {
    const answer = await opened.kubernetes.call({ method: 'POST', path: `${space}/pods`, query: { dryRun: 'All' }, body: pod('probe') })
    return answer.metadata.annotations?.['poddefault.admission.kubeflow.org/poddefault-probe'] !== undefined
  }, 60_000)
  await opened.kubernetes.call({ method: 'DELETE', path: `${podDefaults}/probe` })
})

describe('the admission of ours, asked by a real API server', () => {
  test('volume once, variable and mount for each container, nothing for init containers, and a note of the version', async () => {
    const { metadata } = await opened.create(podDefaults, podDefault())
    const own = { name: 'OWN', value: '1' }
    const containers = [
      { name: 'nb', image: 'x', env: [own] },
      { name: 'side', image: 'x' },
    ]
    const admitted = await create(pod('p', { spec: { containers, initContainers: [{ name: 'init', image: 'x' }] } }))
    expect(admitted.spec.volumes).toEqual([{ name: 'feature-store-yaml', secret: { ...volume.secret, defaultMode: 420 } }])
    const [notebook, side] = admitted.spec.containers
    expect([notebook?.env, side?.env]).toEqual([[own, variable], [variable]])
    expect([notebook?.volumeMounts, side?.volumeMounts]).toEqual([[mount], [mount]])
    expect(admitted.spec.initContainers?.[0]).not.toHaveProperty('env')
    expect(admitted.spec.initContainers?.[0]).not.toHaveProperty('volumeMounts')
    expect(admitted.metadata.annotations?.[note]).toBe(metadata.resourceVersion)
  })

  test.each([
    ['without the label', { labels: {} }],
    ['that is excluded', { annotations: { 'poddefault.admission.kubeflow.org/exclude': 'true' } }],
  ])('a pod %s stays as it is', async (_, given) => {
    await opened.create(podDefaults, podDefault())
    const admitted = await create(pod('p', given))
    expect(admitted.spec).not.toHaveProperty('volumes')
    expect(admitted.spec.containers[0]).not.toHaveProperty('env')
  })

  test('a pod in a namespace that is no profile stays as it is', async () => {
    const labels = { 'user.kubeflow.org/enabled': 'true' }
    await opened.create('/api/v1/namespaces', { kind: 'Namespace', metadata: { name: 'plain', labels } })
    await opened.create(podDefaults.replace('alice', 'plain'), { ...podDefault(), metadata: { name } })
    const { spec } = await opened.create('/api/v1/namespaces/plain/pods', pod('p'))
    expect(spec).not.toHaveProperty('volumes')
  })

  const denied = 'admission webhook "admission-webhook.kubeflow.org" denied the request: conflict occurred while applying poddefaults:'

  test.each([
    [
      'mounts something else at /feast',
      { spec: { volumes: [{ name: 'mine', emptyDir: {} }] }, container: { volumeMounts: [{ name: 'mine', mountPath: '/feast' }] } },
      'mount path /feast',
    ],
    ['has another value for the variable', { container: { env: [{ ...variable, value: '/mine' }] } }, variable.name],
    // The API server has written a default mode into the pod's own volume, which the PodDefault's has not.
    ['declares the very same volume', { spec: { volumes: [volume] } }, 'feature-store-yaml'],
  ])('a pod that %s is denied, with the reason', async (_, given, why) => {
    await opened.create(podDefaults, podDefault())
    const refusal = await refusalOf(pod('p', given))
    expect(refusal).toContain(`${denied} ${name} on pod: p err: `)
    expect(refusal).toContain(why)
  })

  test('two PodDefaults that bring one volume from two Secrets deny every pod with their label', async () => {
    await opened.create(podDefaults, podDefault())
    await opened.create(podDefaults, podDefault({ volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'other' } }] }, 'other'))
    expect(await refusalOf(pod('p'))).toContain(`${denied} ${name},other on pod: p err: `)
  })

  test('a PodDefault whose name is longer than 52 characters makes pods invalid', async () => {
    await opened.create(podDefaults, podDefault({}, 'x'.repeat(53)))
    expect(await refusalOf(pod('p'))).toMatch(/^422 .*name part must be no more than 63/)
  })

  test('while the webhook is down no pod starts in a profile', async () => {
    await admission[Symbol.asyncDispose]()
    expect(await refusalOf(pod('p'))).toMatch(/^500 .*failed calling webhook "admission-webhook.kubeflow.org"/)
    admission = await serveAdmission(opened.kubernetes)
  })
})

describe('the whole way', () => {
  const controllerPath = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers'
  const secret = (yaml: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'feature-store-yaml' },
    data: { 'feature_store.yaml': Buffer.from(yaml).toString('base64') },
  })

  const statefulSet = {
    kind: 'StatefulSet',
    metadata: { name: 'nb', labels: ticked },
    spec: {
      serviceName: 'nb',
      selector: { matchLabels: { statefulset: 'nb' } },
      template: { metadata: { labels: { statefulset: 'nb', ...ticked } }, spec: { containers: [{ name: 'nb', image: 'x' }] } },
    },
  }

  const objectOf = (path: string): Promise<KubernetesObject | null> =>
    opened.kubernetes.call({ method: 'GET', path }).catch((error: unknown) => {
      if (error instanceof KubernetesError && error.status === 404) return null
      throw error
    })

  /** The controller as the dispatcher charm describes it, and the charm's own hook server behind it. */
  const startDispatcher = async (): Promise<HookServer> => {
    const attachment = (apiVersion: string, resource: string) => ({ apiVersion, resource, updateStrategy: { method: 'InPlace' } })
    const { metadata } = await opened.create(controllerPath, {
      kind: 'DecoratorController',
      metadata: { name: 'kubeflow-resource-dispatcher-controller' },
      spec: {
        resources: [
          {
            apiVersion: 'v1',
            resource: 'namespaces',
            labelSelector: { matchExpressions: [{ key: 'user.kubeflow.org/enabled', operator: 'Exists' }] },
          },
        ],
        attachments: [attachment('v1', 'secrets'), attachment('kubeflow.org/v1alpha1', 'poddefaults')],
        resyncPeriodSeconds: 1,
        hooks: { sync: { webhook: { url: 'http://resource-dispatcher.kubeflow:80/sync' } } },
      },
    })
    const { metadata: _, ...described } = podDefault()
    const files = {
      'secrets/_global/feature-store-yaml.yaml': secret('project: one\n'),
      [`pod-defaults/_global/${name}.yaml`]: { ...described, metadata: { name } },
    }
    return startServer(files, { DECORATOR_CONTROLLER_UID: String(metadata.uid) }, { label: 'user.kubeflow.org/enabled' })
  }

  test('a pod that a StatefulSet makes carries the file and the variable; a new password reaches the Secret, a new namespace gets all', async () => {
    await using dispatcher = await startDispatcher()
    const lines: string[] = []
    await using _ = await runMetacontroller({
      connection: opened.kubernetes,
      resolve: (wanted) => new URL(wanted.pathname, dispatcher.url),
      clock: () => new Date(),
      log: (line) => void lines.push(line),
    })
    await until(() => objectOf(`${podDefaults}/${name}`), 60_000)
    const first = await until(() => objectOf(`${space}/secrets/feature-store-yaml`), 60_000)
    expect(first.metadata.ownerReferences).toMatchObject([{ kind: 'Namespace', name: 'alice', controller: true }])

    await opened.create('/apis/apps/v1/namespaces/alice/statefulsets', statefulSet)
    const made = (await until(() => objectOf(`${space}/pods/nb-0`), 60_000)) as unknown as Admitted
    expect(made.metadata.ownerReferences).toMatchObject([{ kind: 'StatefulSet', name: 'nb' }])
    expect(made.spec.volumes).toContainEqual({ name: 'feature-store-yaml', secret: { ...volume.secret, defaultMode: 420 } })
    expect(made.spec.containers[0]?.env).toEqual([variable])
    expect(made.spec.containers[0]?.volumeMounts).toContainEqual(mount)

    await dispatcher.write('secrets/_global/feature-store-yaml.yaml', secret('project: two\n'))
    const two = Buffer.from('project: two\n').toString('base64')
    const dataOf = async (at: string) =>
      ((await objectOf(`${at}/secrets/feature-store-yaml`))?.data ?? {}) as Readonly<Record<string, string>>
    await until(async () => (await dataOf(space))['feature_store.yaml'] === two, 60_000)

    await opened.create('/api/v1/namespaces', userNamespace('bob'))
    await until(async () => (await dataOf('/api/v1/namespaces/bob'))['feature_store.yaml'] === two, 60_000)
    await until(() => objectOf(`${podDefaults.replace('alice', 'bob')}/${name}`), 60_000)
    expect(lines).toEqual([])
  })

  test('an API server that goes and comes in the middle: the loop goes on where it was', async () => {
    await using dispatcher = await startDispatcher()
    await using _ = await runMetacontroller({
      connection: opened.kubernetes,
      resolve: (wanted) => new URL(wanted.pathname, dispatcher.url),
      clock: () => new Date(),
      log: () => undefined,
    })
    const { metadata } = await until(() => objectOf(`${space}/secrets/feature-store-yaml`), 60_000)
    await cluster.restart(() => dispatcher.write('secrets/_global/feature-store-yaml.yaml', secret('project: later\n')))
    const later = Buffer.from('project: later\n').toString('base64')
    const current = async () => (await objectOf(`${space}/secrets/feature-store-yaml`)) ?? { metadata: { uid: '' }, data: {} }
    await until(async () => ((await current()).data as Readonly<Record<string, string>>)['feature_store.yaml'] === later, 60_000)
    expect((await current()).metadata.uid).toBe(metadata.uid)
    await opened.create('/api/v1/namespaces', userNamespace('carol'))
    await until(() => objectOf('/api/v1/namespaces/carol/secrets/feature-store-yaml'), 60_000)
  })

  test('a namespace that is deleted goes with all that was made in it', async () => {
    await using dispatcher = await startDispatcher()
    await using _ = await runMetacontroller({
      connection: opened.kubernetes,
      resolve: (wanted) => new URL(wanted.pathname, dispatcher.url),
      clock: () => new Date(),
      log: () => undefined,
    })
    await until(() => objectOf(`${space}/secrets/feature-store-yaml`), 60_000)
    await opened.kubernetes.call({ method: 'DELETE', path: space })
    await until(async () => (await objectOf(space)) === null, 60_000)
    expect(await objectOf(`${space}/secrets/feature-store-yaml`)).toBeNull()
  })
})
