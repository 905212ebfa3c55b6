import type { KubernetesObject } from '@charmed-feast/charm'
import { describe, expect, test } from 'vitest'

import { admitPod, admitPods } from '../../src/notebook/pod-default.ts'
import { reviewPod } from '../../src/notebook/review.ts'
import { openTestCluster, type TestCluster, userNamespace } from '../cluster/open.ts'

// The rows of real-parts.md §5, and the merge rules of kubeflow.md §1.4.

const spec = {
  desc: 'Allow access to Feast',
  selector: { matchLabels: { 'access-feast': 'true' } },
  env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: '/feast/feature_store.yaml' }],
  volumeMounts: [{ mountPath: '/feast', name: 'feature-store-yaml' }],
  volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml' } }],
}
const podDefault = (given: object = {}, name = 'feast-integrator-access-feast'): KubernetesObject => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name, namespace: 'alice', resourceVersion: '7' },
  spec: { ...spec, ...given },
})
const pod = (given: object = {}, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'nb', namespace: 'alice', labels: { 'access-feast': 'true' }, ...metadata },
  spec: { containers: [{ name: 'a', env: [{ name: 'OWN', value: '1' }] }, { name: 'b' }], initContainers: [{ name: 'i' }], ...given },
})
const mount = { mountPath: '/feast', name: 'feature-store-yaml' }
const key = 'poddefault.admission.kubeflow.org'

describe('a pod with the label', () => {
  test('gets the volume once, variable and mount in each container, nothing in init containers, and the version as annotation', () => {
    const admitted = admitPod(pod(), [podDefault()])
    expect(admitted.spec).toEqual({
      containers: [
        { name: 'a', env: [{ name: 'OWN', value: '1' }, ...spec.env], volumeMounts: [mount] },
        { name: 'b', env: spec.env, volumeMounts: [mount] },
      ],
      initContainers: [{ name: 'i' }],
      volumes: spec.volumes,
    })
    expect(admitted.metadata.annotations).toEqual({ [`${key}/poddefault-feast-integrator-access-feast`]: '7' })
  })

  test.each<readonly [string, KubernetesObject]>([
    ['without the label', pod({}, { labels: {} })],
    ['that excludes itself', pod({}, { annotations: { [`${key}/exclude`]: 'true' } })],
    ['that is a mirror', pod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })],
  ])('%s stays as it is', (_, given) => {
    expect(admitPod(given, [podDefault()])).toBe(given)
  })

  const own = (container: object): object => ({ containers: [{ name: 'a', ...container }] })
  test.each<readonly [string, KubernetesObject, readonly KubernetesObject[], RegExp]>([
    [
      'mounts something there already',
      pod(own({ volumeMounts: [{ mountPath: '/feast', name: 'x' }] })),
      [podDefault()],
      /conflict on mount path \/feast/,
    ],
    [
      'has the variable with another value',
      pod(own({ env: [{ name: 'FEAST_FS_YAML_FILE_PATH', value: 'x' }] })),
      [podDefault()],
      /conflict on FEAST_FS_YAML_FILE_PATH/,
    ],
    [
      'declares the same volume',
      pod({ volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml', defaultMode: 420 } }] }),
      [podDefault()],
      /volumes .*conflict on feature-store-yaml/,
    ],
    [
      'finds a second PodDefault with another Secret',
      pod(),
      [podDefault(), podDefault({ volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'other' } }] }, 'second')],
      /poddefaults: feast-integrator-access-feast,second .*conflict on feature-store-yaml/,
    ],
    [
      'has a toleration of that key',
      pod({ tolerations: [{ key: 'k', effect: 'NoExecute' }] }),
      [podDefault({ tolerations: [{ key: 'k', effect: 'NoSchedule' }] })],
      /tolerations .*conflict on k/,
    ],
    [
      'has a label of another value',
      pod({}, { labels: { 'access-feast': 'true', team: 'a' } }),
      [podDefault({ labels: { team: 'b' } })],
      /labels .*conflict on team/,
    ],
  ])('is denied when it %s', (_, given, podDefaults, message) => {
    expect(() => admitPod(given, podDefaults)).toThrow(message)
    expect(() => admitPod(given, podDefaults)).toThrow(
      'admission webhook "admission-webhook.kubeflow.org" denied the request: conflict occurred',
    )
  })

  test('what is the same twice is there once; envFrom is repeated; own commands win, and the mesh keeps its own', () => {
    const envFrom = [{ secretRef: { name: 's' } }]
    const given = { containers: [{ name: 'a', args: ['own'] }, { name: 'istio-proxy' }] }
    const one = podDefault({ envFrom, command: ['sh'], args: ['-c'], sidecars: [{ name: 'side' }], serviceAccountName: 'first' }, 'a')
    const two = podDefault({ envFrom, command: ['bash'], serviceAccountName: 'second' }, 'b')
    expect(admitPod(pod(given), [two, one]).spec).toMatchObject({
      serviceAccountName: 'second',
      containers: [
        { name: 'a', command: ['sh'], args: ['own'], envFrom: [...envFrom, ...envFrom], env: spec.env },
        { name: 'istio-proxy', env: spec.env },
        { name: 'side' },
      ],
    })
    const [, proxy, side] = (admitPod(pod(given), [one]).spec as { readonly containers: readonly object[] }).containers
    expect(proxy).not.toHaveProperty('command')
    expect(side).toEqual({ name: 'side' })
  })
})

describe('in the cluster', () => {
  const pods = '/api/v1/namespaces/alice/pods'
  const prepare = async (name = 'feast-integrator-access-feast'): Promise<TestCluster> => {
    const opened = await openTestCluster({ admit: admitPods })
    await opened.create('/api/v1/namespaces', userNamespace('alice'))
    await opened.create('/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults', { kind: 'PodDefault', metadata: { name }, spec })
    return opened
  }

  test('a pod is admitted when it is made, and its volumes get their mode', async () => {
    await using opened = await prepare()
    const made = await opened.create(pods, {
      kind: 'Pod',
      metadata: { name: 'nb', labels: { 'access-feast': 'true' } },
      spec: { containers: [{ name: 'a' }] },
    })
    expect(made.spec).toMatchObject({
      volumes: [{ name: 'feature-store-yaml', secret: { secretName: 'feature-store-yaml', defaultMode: 420 } }],
      containers: [{ env: spec.env }],
    })
  })

  test('the very same volume in the pod itself is a conflict, because its mode was filled in before', async () => {
    await using opened = await prepare()
    const body = {
      kind: 'Pod',
      metadata: { name: 'nb', labels: { 'access-feast': 'true' } },
      spec: { containers: [{ name: 'a' }], volumes: spec.volumes },
    }
    await expect(opened.create(pods, body)).rejects.toThrow(/denied the request.*conflict on feature-store-yaml/)
  })

  test('a PodDefault of 53 characters makes an annotation that no pod can have', async () => {
    await using opened = await prepare('a'.repeat(53))
    const body = { kind: 'Pod', metadata: { name: 'nb', labels: { 'access-feast': 'true' } }, spec: { containers: [{ name: 'a' }] } }
    await expect(opened.create(pods, body)).rejects.toThrow(/metadata.annotations.*no more than 63 bytes/)
  })

  test('a namespace that is no profile has no admission', async () => {
    await using opened = await prepare()
    await opened.create('/apis/kubeflow.org/v1alpha1/namespaces/default/poddefaults', { kind: 'PodDefault', metadata: { name: 'p' }, spec })
    const path = '/api/v1/namespaces/default/pods'
    const made = await opened.create(path, {
      kind: 'Pod',
      metadata: { name: 'nb', labels: { 'access-feast': 'true' } },
      spec: { containers: [{ name: 'a' }] },
    })
    expect(made.spec).toEqual({ containers: [{ name: 'a' }] })
  })
})

describe('an AdmissionReview', () => {
  const review = (object: KubernetesObject) => ({ apiVersion: 'admission.k8s.io/v1', request: { uid: 'u', namespace: 'alice', object } })

  test('is answered with kind, uid and a patch', async () => {
    const answer = await reviewPod(review(pod()), async () => [podDefault()])
    expect(answer).toMatchObject({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'u', allowed: true, patchType: 'JSONPatch' },
    })
    const { response } = answer as { readonly response: { readonly patch: string } }
    const operations: readonly { readonly path: string; readonly value: unknown }[] = JSON.parse(
      Buffer.from(response.patch, 'base64').toString(),
    )
    expect(operations.find(({ path }) => path === '/spec')?.value).toEqual(admitPod(pod(), [podDefault()]).spec)
  })

  test('says why a pod is denied', async () => {
    const answer = await reviewPod(review(pod({ volumes: [{ name: 'feature-store-yaml' }] })), async () => [podDefault()])
    expect(answer).toMatchObject({
      response: { allowed: false, status: { code: 403, message: expect.stringMatching(/^conflict occurred/) } },
    })
  })
})
