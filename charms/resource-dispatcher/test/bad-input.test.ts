import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { cluster, delivered, manifest, reference, run, says, sender, settle } from './reference.ts'

/** What goes wrong with a settled application, and what the unit says then. */
interface Mistake {
  readonly name: string
  readonly spoil: (state: State) => State
  readonly status: 'blocked' | 'waiting'
  readonly message: string | RegExp
}

const secrets = 2
const sends =
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

const mistakes: readonly Mistake[] = [
  {
    name: 'no PodDefault in Kubernetes',
    spoil: (state) => ({
      ...state,
      kubernetes: { objects: state.kubernetes?.objects ?? [], errors: [{ kind: 'PodDefault', access: 'read', status: 404 }] },
    }),
    status: 'blocked',
    message: 'Kubernetes does not know PodDefault, and metacontroller waits for it: deploy admission-webhook',
  },
  { name: 'manifests that are no JSON', spoil: sends('{{'), status: 'blocked', message: invalid('they are not JSON') },
  {
    name: 'manifests that are cut off',
    spoil: sends('[{"apiVersion": "v1", "kind":'),
    status: 'blocked',
    message: invalid('they are not JSON'),
  },
  {
    name: 'one manifest instead of a list',
    spoil: sends(one({ name: 'x' })[0]),
    status: 'blocked',
    message: invalid('they are not a list'),
  },
  { name: 'a number', spoil: sends('7'), status: 'blocked', message: invalid('they are not a list') },
  { name: 'a list of texts', spoil: sends(['x']), status: 'blocked', message: invalid('manifest 1 is not an object') },
  {
    name: 'no metadata',
    spoil: sends([{ apiVersion: 'v1', kind: 'Secret' }]),
    status: 'blocked',
    message: invalid('manifest 1 has no metadata'),
  },
  {
    name: 'metadata that is null',
    spoil: sends([{ apiVersion: 'v1', kind: 'Secret', metadata: null }]),
    status: 'blocked',
    message: invalid('manifest 1 has no metadata'),
  },
  {
    name: 'no kind',
    spoil: sends([{ apiVersion: 'v1', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: invalid('manifest 1 has no kind (its name is "x")'),
  },
  {
    name: 'no apiVersion',
    spoil: sends([{ kind: 'Secret', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: invalid('manifest 1 has no apiVersion (its name is "x")'),
  },
  {
    name: 'no name',
    spoil: sends(one({})),
    status: 'blocked',
    message: invalid('manifest 1 has the name undefined, which Kubernetes does not take'),
  },
  {
    name: 'a name that is a number',
    spoil: sends(one({ name: 7 })),
    status: 'blocked',
    message: invalid('manifest 1 has the name 7, which Kubernetes does not take'),
  },
  {
    name: 'a name that is a path',
    spoil: sends(one({ name: '../../etc/passwd' })),
    status: 'blocked',
    message: /manifest 1 has the name "\.\.\/\.\.\/etc\/passwd"/,
  },
  { name: 'a name in capitals', spoil: sends(one({ name: 'Feast' })), status: 'blocked', message: /manifest 1 has the name "Feast"/ },
  {
    name: 'a name that is too long',
    spoil: sends(one({ name: 'a'.repeat(254) })),
    status: 'blocked',
    message: /manifest 1 has the name "a{79}…, which/,
  },
  {
    name: 'a namespace that is a path',
    spoil: sends(one({ name: 'x', namespace: '../escaped' })),
    status: 'blocked',
    message: invalid('manifest 1 has the namespace "../escaped", which Kubernetes does not take'),
  },
  {
    name: 'a namespace that is a list',
    spoil: sends(one({ name: 'x', namespace: ['a'] })),
    status: 'blocked',
    message: /manifest 1 has the namespace \["a"\]/,
  },
  { name: 'a line break in a name', spoil: sends(one({ name: 'a\nb' })), status: 'blocked', message: /manifest 1 has the name "a\\nb"/ },
  {
    name: 'a kind that nobody would delete',
    spoil: also(20, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } }]),
    status: 'blocked',
    message: 'Cannot dispatch Pod "x" of app-20 on secrets:20: its kind is none of those that are dispatched',
  },
  {
    name: 'the same manifest twice',
    spoil: also(20, [manifest('secrets', 'm1')]),
    status: 'blocked',
    message: "Conflicting manifests (namespace=None name='m1'). See debug logs.",
  },
  {
    name: 'a secret that was not granted',
    spoil: (state) => says(state, secrets, { is_secret: 'true', kubernetes_manifests: 'secret:d5aaaaaaaaaaaaaaa990' }),
    status: 'waiting',
    message: 'Waiting for the secret of app-2 on secrets:2: it cannot be read',
  },
  {
    name: 'a secret’s URI that is none',
    spoil: (state) => says(state, secrets, { is_secret: 'true', kubernetes_manifests: 'nonsense --help' }),
    status: 'waiting',
    message: 'Waiting for the secret of app-2 on secrets:2: it cannot be read',
  },
  {
    name: 'a label with a blank',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'x --folder /etc' } }),
    status: 'blocked',
    message: wrongLabel('x --folder /etc'),
  },
  {
    name: 'no label',
    spoil: (state) => ({ ...state, config: { target_namespace_label: '' } }),
    status: 'blocked',
    message: wrongLabel(''),
  },
  {
    name: 'a label with a line break',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'x\n  y: z' } }),
    status: 'blocked',
    message: wrongLabel('x\n  y: z'),
  },
  {
    name: 'a label with two slashes',
    spoil: (state) => ({ ...state, config: { target_namespace_label: 'a/b/c' } }),
    status: 'blocked',
    message: wrongLabel('a/b/c'),
  },
  {
    name: 'an application that is not trusted',
    spoil: refuses('DecoratorController', 403),
    status: 'blocked',
    message: trust('DecoratorController'),
  },
  {
    name: 'no metacontroller',
    spoil: refuses('DecoratorController', 404),
    status: 'blocked',
    message: 'Kubernetes does not know DecoratorController: deploy metacontroller-operator',
  },
  {
    name: 'another dispatcher',
    spoil: refuses('DecoratorController', 409),
    status: 'blocked',
    message: /^Another program writes DecoratorController too: remove the other resource-dispatcher/,
  },
  {
    name: 'an API server that is out of order',
    spoil: refuses('DecoratorController', 500),
    status: 'blocked',
    message: /^cannot apply DecoratorController .*: the server refused/,
  },
  { name: 'a NetworkPolicy that is refused', spoil: refuses('NetworkPolicy', 403), status: 'blocked', message: trust('NetworkPolicy') },
  { name: 'a Service that is refused', spoil: placeholder, status: 'blocked', message: trust('Service') },
  { name: 'a Pebble that does not answer', spoil: container({ canConnect: false }), status: 'waiting', message: 'Container is not ready' },
  {
    name: 'a service that does not start',
    spoil: container({ serviceStatuses: {}, replanError: 'exited quickly with code 1' }),
    status: 'waiting',
    message: /^Service resource-dispatcher cannot be brought up to date: .*exited quickly with code 1/,
  },
]

describe('a mistake of others', () => {
  test.each(mistakes)('$name: is said, what was delivered stays, and all is well when it is gone', async ({ spoil, status, message }) => {
    const settled = await settle(reference())
    expect(settled.unitStatus).toEqual({ name: 'active', message: '' })
    const spoiled = await run(spoil(settled))
    expect(spoiled.failure).toBeNull()
    expect(spoiled.state.unitStatus.name).toBe(status)
    if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
    else expect(spoiled.state.unitStatus.message).toMatch(message)
    expect(delivered(spoiled.state)).toMatchObject(delivered(settled))

    const { config, relations, kubernetes, containers } = settled
    const files = spoiled.state.containers[0]?.files ?? {}
    const mended = { ...spoiled.state, config, relations, containers: containers.map((each) => ({ ...each, files })) }
    const recovered = await run(kubernetes === undefined ? mended : { ...mended, kubernetes })
    expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(recovered.state.containers[0]?.files).toEqual(settled.containers[0]?.files)
  })

  test('one manifest of three that is bad keeps the two others, and every other relation’s, from nothing', async () => {
    const list = [manifest('secrets', 'good'), manifest('secrets', '../bad'), manifest('secrets', 'fine')]
    const { state } = await run(sends(list)(await settle(reference())))
    expect(Object.keys(delivered(state)).sort()).toEqual([
      'config-maps/_global/m0.yaml',
      'pod-defaults/_global/m3.yaml',
      'role-bindings/_global/m5.yaml',
      'roles/_global/m4.yaml',
      'secrets/_global/fine.yaml',
      'secrets/_global/good.yaml',
      'secrets/_global/m1.yaml',
      'service-accounts/_global/m2.yaml',
    ])
  })

  test('the hook server of our own image is told what is missing; the Python one finds no file that it does not know', async () => {
    const marks = (state: State) => Object.keys(state.containers[0]?.files ?? {}).filter((path) => !path.endsWith('.yaml'))
    const own = (await run(sends('{{')(await settle(reference())))).state
    expect(marks(own)).toEqual(['/var/lib/pebble/default/resources/secrets/.incomplete'])
    expect(marks((await run(says(own, secrets, {}))).state)).toEqual([])
    const python = reference({ containers: [{ name: 'resource-dispatcher' }] })
    expect(marks((await run(sends('{{')(await settle(python)))).state)).toEqual([])
  })
})

describe('a hook tool that fails', () => {
  test('at any call never takes away what was delivered, and the next hook mends it', async () => {
    const settled = await settle(reference())
    const { trace } = await run(settled)
    const calls = trace.filter((entry) => entry.kind === 'tool').length
    expect(calls).toBeGreaterThan(20)
    for (let failing = 0; failing < calls; failing += 1) {
      const answer = { exit: 1, stdout: '', stderr: 'ERROR connection is shut down\n', stdinRead: false }
      const outcome = await run(settled, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? answer : undefined) })
      expect(delivered(outcome.state)).toEqual(delivered(settled))
      expect((await run(outcome.state)).state.unitStatus).toEqual({ name: 'active', message: '' })
    }
  })
})
