import type { KubernetesObject } from '@charmed-feast/charm'
import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { disagreement } from '../src/pod-default.ts'
import { cluster, delivered, manifest, reference, run, sender, settle } from './reference.ts'

const label = 'user.kubeflow.org/enabled'
const namespace = (name: string, value = 'true'): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { [label]: value } },
})

const secretIn = (space: string, metadata: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'feature-store-yaml', namespace: space, ...metadata },
  data: { x: 'cGFzc3dvcmQ=' },
})
const made = { annotations: { 'metacontroller.k8s.io/decorator-controller': 'kubeflow-resource-dispatcher-controller' } }

const podDefault = (name: string, spec: object, space?: string): KubernetesObject => ({
  apiVersion: 'kubeflow.org/v1alpha1',
  kind: 'PodDefault',
  metadata: { name, ...(space === undefined ? {} : { namespace: space }) },
  spec,
})
const selecting = (key: string, more: object): object => ({ selector: { matchLabels: { [key]: 'true' } }, ...more })
const feastMount = { volumeMounts: [{ mountPath: '/feast', name: 'feature-store-yaml', readOnly: true }] }
const ours = podDefault('access-feast', selecting('access-feast', feastMount))

const withObjects = (...objects: readonly KubernetesObject[]): State =>
  reference({
    relations: [sender(2, 'secrets', [manifest('secrets', 'feature-store-yaml')]), sender(4, 'pod-defaults', [ours])],
    kubernetes: { ...cluster, objects: [...cluster.objects, ...objects] },
  })

const statusWith = async (...objects: readonly KubernetesObject[]) => (await settle(withObjects(...objects))).unitStatus

const foreign = (space: string): string =>
  `Secret "feature-store-yaml" in namespace ${space} was made by somebody else and stays as it is: remove it there`

describe('an object of the same name that somebody else made', () => {
  test('is named with its namespace; everything is delivered all the same, and the status goes with its cause', async () => {
    const state = await settle(withObjects(namespace('alice'), secretIn('alice')))
    expect(state.unitStatus).toEqual({ name: 'active', message: foreign('alice') })
    expect(Object.keys(delivered(state)).sort()).toEqual([
      'pod-defaults/_global/access-feast.yaml',
      'secrets/_global/feature-store-yaml.yaml',
    ])
    const objects = (state.kubernetes?.objects ?? []).filter(({ kind }) => kind !== 'Secret')
    expect((await run({ ...state, kubernetes: { objects, errors: [] } })).state.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('is counted when there are more of them', async () => {
    const spaces = ['alice', 'bob', 'carol']
    expect(await statusWith(...spaces.map((each) => namespace(each)), ...spaces.map((each) => secretIn(each)))).toEqual({
      name: 'active',
      message: `${foreign('alice')} (and 2 more)`,
    })
  })

  test.each([
    ['metacontroller made it for this controller', [namespace('alice'), secretIn('alice', made)]],
    [
      'its namespace owns it, as metacontroller has it',
      [namespace('alice'), secretIn('alice', { ownerReferences: [{ kind: 'Namespace', controller: true }] })],
    ],
    ['the namespace is not looked after', [namespace('alice', 'false'), secretIn('alice')]],
    ['the namespace has no label', [secretIn('kubeflow')]],
  ])('is none when %s', async (_, objects) => {
    expect(await statusWith(...objects)).toEqual({ name: 'active', message: '' })
  })

  test('is not looked for where the charm may not read, nor by a unit that does not lead', async () => {
    const state = withObjects(namespace('alice'), secretIn('alice'))
    const blind = {
      ...state,
      kubernetes: { objects: state.kubernetes?.objects ?? [], errors: [{ kind: 'Secret', access: 'read' as const, status: 403 }] },
    }
    expect((await settle(blind)).unitStatus).toEqual({ name: 'active', message: '' })
    expect((await run({ ...state, leader: false, unit: 1 })).state.unitStatus).toEqual({ name: 'active', message: '' })
  })
})

describe('two PodDefaults that disagree', () => {
  test('are named with the namespace and what they disagree on', async () => {
    const theirs = podDefault('my-feast', selecting('my-feast', { volumeMounts: [{ mountPath: '/feast', name: 'other' }] }), 'alice')
    expect(await statusWith(namespace('alice'), theirs)).toEqual({
      name: 'active',
      message:
        'PodDefaults "access-feast" and "my-feast" in namespace alice disagree on mount path /feast, and no notebook starts with both: change the other one',
    })
    expect(await statusWith(namespace('bob'), theirs)).toEqual({ name: 'active', message: '' })
  })

  test.each([
    ['a variable of another value', { env: [{ name: 'A', value: '1' }] }, { env: [{ name: 'A', value: '2' }] }, 'variable A'],
    ['a variable of the same value', { env: [{ name: 'A', value: '1' }] }, { env: [{ value: '1', name: 'A' }] }, null],
    [
      'a volume of one name',
      { volumes: [{ name: 'v', secret: { secretName: 'a' } }] },
      { volumes: [{ name: 'v', secret: { secretName: 'b' } }] },
      'volume v',
    ],
    ['two mounts at one path', feastMount, { volumeMounts: [{ mountPath: '/feast', name: 'x' }] }, 'mount path /feast'],
    ['two mounts of one volume', feastMount, { volumeMounts: [{ mountPath: '/other', name: 'feature-store-yaml' }] }, null],
    ['nothing in common', feastMount, { env: [{ name: 'A', value: '1' }] }, null],
    ['a spec that is none', feastMount, { volumeMounts: 'x', env: [7] }, null],
  ])('with %s', (_, left, right, expected) => {
    expect(disagreement(podDefault('a', selecting('a', left)), podDefault('b', selecting('b', right)))).toBe(expected)
  })

  test('get along when no pod can have the labels of both', () => {
    const other = { selector: { matchLabels: { 'access-feast': 'false' } }, volumeMounts: [{ mountPath: '/feast', name: 'x' }] }
    expect(disagreement(ours, podDefault('b', other))).toBeNull()
  })
})
