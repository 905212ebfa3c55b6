import fc from 'fast-check'
import { expect, test } from 'vitest'

import { describeObject, isContained, objectPath } from '../../src/kubernetes/object.ts'

test.each([
  ['v1', 'Secret', 'alice', '/api/v1/namespaces/alice/secrets/x'],
  ['v1', 'Namespace', undefined, '/api/v1/namespaces/x'],
  ['apps/v1', 'StatefulSet', 'm', '/apis/apps/v1/namespaces/m/statefulsets/x'],
  ['networking.k8s.io/v1', 'NetworkPolicy', 'm', '/apis/networking.k8s.io/v1/namespaces/m/networkpolicies/x'],
  ['security.istio.io/v1', 'AuthorizationPolicy', 'm', '/apis/security.istio.io/v1/namespaces/m/authorizationpolicies/x'],
  ['networking.k8s.io/v1', 'Ingress', 'm', '/apis/networking.k8s.io/v1/namespaces/m/ingresses/x'],
  ['metacontroller.k8s.io/v1alpha1', 'DecoratorController', undefined, '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers/x'],
  ['kubeflow.org/v1alpha1', 'PodDefault', 'alice', '/apis/kubeflow.org/v1alpha1/namespaces/alice/poddefaults/x'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute', 'm', '/apis/gateway.networking.k8s.io/v1/namespaces/m/httproutes/x'],
])('%s %s lies where the API has it', (apiVersion, kind, namespace, path) => {
  const metadata = namespace === undefined ? { name: 'x' } : { name: 'x', namespace }
  expect(objectPath({ apiVersion, kind, metadata })).toBe(path)
})

test('no name leaves its place in the path', () => {
  expect(objectPath({ apiVersion: 'v1', kind: 'Secret', metadata: { name: '../../x?y', namespace: 'a/b' } })).toBe(
    '/api/v1/namespaces/a%2Fb/secrets/..%2F..%2Fx%3Fy',
  )
})

test('an object is called by kind, namespace and name', () => {
  expect(describeObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'alice' } })).toBe('Secret "alice/x"')
  expect(describeObject({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } })).toBe('Namespace "x"')
})

test.each<[unknown, unknown, boolean]>([
  [{ a: 1 }, { a: 1, b: 2 }, true],
  [{ a: { b: 1 } }, { a: { c: 2 } }, false],
  [{ a: [{ p: 1 }] }, { a: [{ p: 1, q: 2 }] }, true],
  [{ a: [1] }, { a: [1, 2] }, false],
  [{ a: null }, {}, true],
  [{ a: null }, { a: 1 }, false],
  [{ a: {} }, {}, false],
  [{ a: '1' }, { a: 1 }, false],
  [{ a: [] }, { a: {} }, false],
])('%j is contained in %j: %s', (desired, live, contained) => {
  expect(isContained(desired, live)).toBe(contained)
})

test('anything contains itself, and stays contained when others add to it', () => {
  const json = fc.dictionary(
    fc.string(),
    fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('null')),
  )
  fc.assert(
    fc.property(json, fc.jsonValue(), (object, more) => {
      expect(isContained(object, JSON.parse(JSON.stringify(object)))).toBe(true)
      expect(isContained(object, { ...object, 'added by others': more })).toBe(true)
    }),
  )
})
