import type { State } from '@charmed-feast/charm/testing'

import type { Mistake } from '../../../house/mistake.ts'
import { cluster, manifest, reference, says, sender } from './reference.ts'

/** The relation of the first sender. */
export const secrets = 2
/** The state in which the first sender says something else; a text is sent as it is. */
export const sends =
  (text: unknown) =>
  (state: State): State =>
    says(state, secrets, { kubernetes_manifests: typeof text === 'string' ? text : JSON.stringify(text) })

const one = (metadata: object, more: object = {}): readonly object[] => [{ apiVersion: 'v1', kind: 'Secret', metadata, ...more }]
const invalid = (why: string): string => `Invalid manifests from app-2 on secrets:2: ${why}`

const refuses =
  (kind: string, status: number, change: (state: State) => State = (state) => state) =>
  (state: State): State => ({
    ...change(state),
    kubernetes: {
      objects: (state.kubernetes?.objects ?? []).filter((object) => object.kind !== kind),
      errors: [{ kind, access: 'write', status }],
    },
  })

const placeholder = (state: State): State => ({
  ...state,
  kubernetes: {
    objects: [
      ...(state.kubernetes?.objects ?? []).filter(({ kind }) => kind !== 'Service'),
      ...cluster.objects.filter(({ kind }) => kind === 'Service'),
    ],
    errors: [{ kind: 'Service', access: 'write', status: 403 }],
  },
})

const container =
  (change: Partial<State['containers'][number]>) =>
  (state: State): State => ({
    ...state,
    containers: state.containers.map((each) => ({ ...each, ...change })),
  })

const also =
  (id: number, manifests: readonly unknown[]) =>
  (state: State): State => ({
    ...state,
    relations: [...state.relations, ...reference({ relations: [sender(id, 'secrets', manifests)] }).relations],
  })

const trust = (kind: string): string =>
  `Kubernetes does not let this application write ${kind}: run "juju trust resource-dispatcher --scope=cluster"`
const wrongLabel = (text: string): string =>
  `Option target_namespace_label is ${JSON.stringify(text)}: it is no key of a label in Kubernetes`

/** What others do wrong, one case a row. */
export const mistakes: readonly Mistake[] = [
  {
    name: 'no PodDefault in Kubernetes',
    about: 'API server',
    spoil: (state) => ({
      ...state,
      kubernetes: { objects: state.kubernetes?.objects ?? [], errors: [{ kind: 'PodDefault', access: 'read', status: 404 }] },
    }),
    status: 'blocked',
    message: 'Kubernetes does not know PodDefault, and metacontroller waits for it: deploy admission-webhook',
  },
  { name: 'manifests that are no JSON', about: 'manifest', spoil: sends('{{'), status: 'blocked', message: invalid('they are not JSON') },
  {
    name: 'manifests that are cut off',
    about: 'manifest',
    spoil: sends('[{"apiVersion": "v1", "kind":'),
    status: 'blocked',
    message: invalid('they are not JSON'),
  },
  {
    name: 'one manifest instead of a list',
    about: 'manifest',
    spoil: sends(one({ name: 'x' })[0]),
    status: 'blocked',
    message: invalid('they are not a list'),
  },
  { name: 'a number', about: 'manifest', spoil: sends('7'), status: 'blocked', message: invalid('they are not a list') },
  { name: 'a list of texts', about: 'manifest', spoil: sends(['x']), status: 'blocked', message: invalid('manifest 1 is not an object') },
  {
    name: 'no metadata',
    about: 'manifest',
    spoil: sends([{ apiVersion: 'v1', kind: 'Secret' }]),
    status: 'blocked',
    message: invalid('manifest 1 has no metadata'),
  },
  {
    name: 'metadata that is null',
    about: 'manifest',
    spoil: sends([{ apiVersion: 'v1', kind: 'Secret', metadata: null }]),
    status: 'blocked',
    message: invalid('manifest 1 has no metadata'),
  },
  {
    name: 'no kind',
    about: 'manifest',
    spoil: sends([{ apiVersion: 'v1', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: invalid('manifest 1 has no kind (its name is "x")'),
  },
  {
    name: 'no apiVersion',
    about: 'manifest',
    spoil: sends([{ kind: 'Secret', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: invalid('manifest 1 has no apiVersion (its name is "x")'),
  },
  {
    name: 'no name',
    about: 'manifest',
    spoil: sends(one({})),
    status: 'blocked',
    message: invalid('manifest 1 has the name undefined, which Kubernetes does not take'),
  },
  {
    name: 'a name that is a number',
    about: 'manifest',
    spoil: sends(one({ name: 7 })),
    status: 'blocked',
    message: invalid('manifest 1 has the name 7, which Kubernetes does not take'),
  },
  {
    name: 'a name that is a path',
    about: 'manifest',
    spoil: sends(one({ name: '../../etc/passwd' })),
    status: 'blocked',
    message: /manifest 1 has the name "\.\.\/\.\.\/etc\/passwd"/,
  },
  {
    name: 'a name in capitals',
    about: 'manifest',
    spoil: sends(one({ name: 'Feast' })),
    status: 'blocked',
    message: /manifest 1 has the name "Feast"/,
  },
  {
    name: 'a name that is too long',
    about: 'manifest',
    spoil: sends(one({ name: 'a'.repeat(254) })),
    status: 'blocked',
    message: /manifest 1 has the name "a{79}…, which/,
  },
  {
    name: 'a namespace that is a path',
    about: 'manifest',
    spoil: sends(one({ name: 'x', namespace: '../escaped' })),
    status: 'blocked',
    message: invalid('manifest 1 has the namespace "../escaped", which Kubernetes does not take'),
  },
  {
    name: 'a namespace that is a list',
    about: 'manifest',
    spoil: sends(one({ name: 'x', namespace: ['a'] })),
    status: 'blocked',
    message: /manifest 1 has the namespace \["a"\]/,
  },
  {
    name: 'a line break in a name',
    about: 'manifest',
    spoil: sends(one({ name: 'a\nb' })),
    status: 'blocked',
    message: /manifest 1 has the name "a\\nb"/,
  },
  {
    name: 'a kind that nobody would delete',
    about: 'manifest',
    spoil: also(20, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: 'Cannot dispatch Pod "x" of app-20 on secrets:20: its kind is none of those that are dispatched',
  },
  {
    name: 'the same manifest twice',
    about: 'manifest',
    spoil: also(20, [manifest('secrets', 'm1')]),
    status: 'blocked',
    message: "Conflicting manifests (namespace=None name='m1'). See debug logs.",
  },
  {
    name: 'a secret that was not granted',
    about: 'secret',
    spoil: (state) => says(state, secrets, { is_secret: 'true', kubernetes_manifests: 'secret:d5aaaaaaaaaaaaaaa990' }),
    status: 'waiting',
    message: 'Waiting for the secret of app-2 on secrets:2: it cannot be read',
  },
  {
    name: 'a secret’s URI that is none',
    about: 'secret',
    spoil: (state) => says(state, secrets, { is_secret: 'true', kubernetes_manifests: 'nonsense --help' }),
    status: 'waiting',
    message: 'Waiting for the secret of app-2 on secrets:2: it cannot be read',
  },
  {
    name: 'a label with a blank',
    about: 'configuration',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'x --folder /etc' } }),
    status: 'blocked',
    message: wrongLabel('x --folder /etc'),
  },
  {
    name: 'no label',
    about: 'configuration',
    spoil: (state) => ({ ...state, config: { target_namespace_label: '' } }),
    status: 'blocked',
    message: wrongLabel(''),
  },
  {
    name: 'a label with a line break',
    about: 'configuration',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'x\n  y: z' } }),
    status: 'blocked',
    message: wrongLabel('x\n  y: z'),
  },
  {
    name: 'a label with two slashes',
    about: 'configuration',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'a/b/c' } }),
    status: 'blocked',
    message: wrongLabel('a/b/c'),
  },
  {
    name: 'an application that is not trusted',
    about: 'API server',
    spoil: refuses('DecoratorController', 403),
    status: 'blocked',
    message: trust('DecoratorController'),
  },
  {
    name: 'no metacontroller',
    about: 'API server',
    spoil: refuses('DecoratorController', 404),
    status: 'blocked',
    message: 'Kubernetes does not know DecoratorController: deploy metacontroller-operator',
  },
  {
    name: 'another dispatcher',
    about: 'API server',
    spoil: refuses('DecoratorController', 409),
    status: 'blocked',
    message: /^Another program writes DecoratorController too: remove the other resource-dispatcher/,
  },
  {
    name: 'an API server that is out of order',
    about: 'API server',
    spoil: refuses('DecoratorController', 500),
    status: 'waiting',
    message: /^cannot apply DecoratorController .*: the server refused .*; tried again in the next hook$/,
  },
  {
    name: 'an API server that finds an object wrong',
    about: 'API server',
    spoil: refuses('NetworkPolicy', 422),
    status: 'blocked',
    message: /^cannot apply NetworkPolicy .*: the server refused/,
  },
  {
    name: 'a NetworkPolicy that is refused',
    about: 'API server',
    spoil: refuses('NetworkPolicy', 403),
    status: 'blocked',
    message: trust('NetworkPolicy'),
  },
  { name: 'a Service that is refused', about: 'API server', spoil: placeholder, status: 'blocked', message: trust('Service') },
  {
    name: 'a Pebble that does not answer',
    about: 'Pebble',
    spoil: container({ canConnect: false }),
    status: 'waiting',
    message: 'Container is not ready',
  },
  {
    name: 'a service that does not start',
    about: 'Pebble',
    spoil: container({ serviceStatuses: {}, replanError: 'exited quickly with code 1' }),
    status: 'waiting',
    message: /^Service resource-dispatcher cannot be brought up to date: .*exited quickly with code 1/,
  },
]

/** The hook tools that the charm reads with. */
export const readingTools = ['config-get', 'is-leader', 'relation-get', 'relation-ids', 'relation-list'] as const
