import type { State } from '@charmed-feast/charm/testing'
import { describe, expect, test } from 'vitest'

import { cluster, filesOf, mesh, reference, relations, route, run, says, settle } from './reference.ts'

/** What goes wrong with a settled UI, and what the unit says then. */
interface Mistake {
  readonly name: string
  readonly spoil: (state: State) => State
  readonly status: 'blocked' | 'waiting'
  readonly message: string | RegExp
}

const configuration =
  (said: Readonly<Record<string, string | undefined>>) =>
  (state: State): State =>
    says(state, 'feast-configuration', said)

const ingress =
  (said: Readonly<Record<string, string | undefined>>) =>
  (state: State): State =>
    says(state, 'ingress', said)

const badPort = (key: string, value: string): string =>
  `[feast-configuration] Invalid relation data: Data format for FeastStoreConfiguration has incorrect format: Failed to create FeastStoreConfiguration: Data format for FeastStoreConfiguration has incorrect format: ${key} must be int or string representing an int, got :${value}..`
const sidecar = (text: string): string => `[sidecar_mode_relation:ingress] ${text}`
const unknown = (text: string): string => sidecar(`Caught unknown error: '${text}'`)

const withMesh =
  (said: Readonly<Record<string, string>>, errors: NonNullable<State['kubernetes']>['errors'] = []) =>
  (state: State): State => ({
    ...state,
    relations: [...state.relations, ...reference({ relations: [mesh(said)] }).relations],
    kubernetes: { ...cluster, errors },
  })

const healthy = { labels: '{"a": "1"}', mesh_type: '"istio"' }
const trust = '[service-mesh] Kubernetes does not let this application set its labels: run "juju trust feast-ui --scope=cluster"'

const mistakes: readonly Mistake[] = [
  {
    name: 'a missing password',
    spoil: configuration({ registry_password: undefined }),
    status: 'blocked',
    message: '[feast-configuration] Invalid relation data: missing registry_password',
  },
  {
    name: 'two missing keys',
    spoil: configuration({ registry_host: undefined, online_store_port: '' }),
    status: 'blocked',
    message: '[feast-configuration] Invalid relation data: missing registry_host, online_store_port',
  },
  {
    name: 'a port of letters',
    spoil: configuration({ online_store_port: 'abc' }),
    status: 'blocked',
    message: badPort('online_store_port', 'abc'),
  },
  {
    name: 'a port too high',
    spoil: configuration({ registry_port: '65536' }),
    status: 'blocked',
    message: badPort('registry_port', '65536'),
  },
  {
    name: 'a fraction for a port',
    spoil: configuration({ offline_store_port: '5432.0' }),
    status: 'blocked',
    message: badPort('offline_store_port', '5432.0'),
  },
  {
    name: 'an empty databag',
    spoil: (state) => ({ ...state, relations: state.relations.map((each) => (each.id === 1 ? { ...each, remoteAppData: {} } : each)) }),
    status: 'waiting',
    message: '[feast-configuration] Waiting for relation data: No data found in relation feast-configuration data bag.',
  },
  {
    name: 'no integrator',
    spoil: (state) => ({ ...state, relations: state.relations.filter(({ id }) => id !== 1) }),
    status: 'blocked',
    message: '[feast-configuration] Missing relation: feast-configuration',
  },
  {
    name: 'an answer that is no secret',
    spoil: (state) => ({
      ...state,
      relations: state.relations.map((each) =>
        each.id === 1 ? { ...each, remoteUnitsData: { 0: { 'configuration-secret': 'nonsense' } } } : each,
      ),
    }),
    status: 'waiting',
    message: /^cannot run hook tool "secret-get": .*; tried again in the next hook$/,
  },
  {
    name: 'an answer that is not granted',
    spoil: (state) => ({
      ...state,
      relations: state.relations.map((each) =>
        each.id === 1 ? { ...each, remoteUnitsData: { 0: { 'configuration-secret': 'secret:d5aaaaaaaaaaaaaaa990' } } } : each,
      ),
    }),
    status: 'waiting',
    message: '[feast-configuration] Waiting for relation data: feast-integrator has not granted its secret yet',
  },
  {
    name: 'a gateway without versions',
    spoil: ingress({ _supported_versions: undefined }),
    status: 'waiting',
    message: sidecar('List of <ops.model.Relation ingress:3> versions not found for apps: istio-pilot'),
  },
  {
    name: 'a gateway of another version',
    spoil: ingress({ _supported_versions: '- v2\n' }),
    status: 'blocked',
    message: sidecar('No compatible ingress versions found for apps: istio-pilot'),
  },
  {
    name: 'versions that are no YAML',
    spoil: ingress({ _supported_versions: '{{{' }),
    status: 'blocked',
    message: unknown("Failed to deserialize data on ingress:3 from istio-pilot at '_supported_versions'"),
  },
  {
    name: 'versions that are none',
    spoil: ingress({ _supported_versions: '- vx\n' }),
    status: 'blocked',
    message: unknown("vx is not an int or 'vX' string"),
  },
  {
    name: 'data from the gateway',
    spoil: ingress({ data: 'url: http://x\n' }),
    status: 'blocked',
    message: unknown('No provides schema found for data on ingress:3 from istio-pilot'),
  },
  {
    name: 'data that is no YAML',
    spoil: ingress({ data: '{{{' }),
    status: 'blocked',
    message: unknown("Failed to deserialize data on ingress:3 from istio-pilot at 'data'"),
  },
  {
    name: 'two kinds of gateway',
    spoil: (state) => ({ ...state, relations: [...state.relations, ...reference({ relations: [route()] }).relations] }),
    status: 'blocked',
    message: "[istio-relations-conflict-detector] Cannot have both 'istio-ingress-route' and 'ingress' relations at the same time.",
  },
  {
    name: 'two gateways',
    spoil: (state) => ({
      ...state,
      relations: [
        ...state.relations,
        ...reference({ relations: relations.slice(2).map((each) => ({ ...each, id: 33, remoteApp: 'other-pilot' })) }).relations,
      ],
    }),
    status: 'blocked',
    message:
      '[istio-relations-conflict-detector] There is more than one relation on ingress (istio-pilot, other-pilot): remove all but one',
  },
  {
    name: 'a mesh whose labels are no JSON',
    spoil: withMesh({ ...healthy, labels: 'x' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "labels" is not a JSON object of texts',
  },
  {
    name: 'a mesh whose labels are numbers',
    spoil: withMesh({ ...healthy, labels: '{"a": 1}' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "labels" is not a JSON object of texts',
  },
  {
    name: 'a mesh of another kind',
    spoil: withMesh({ ...healthy, mesh_type: '"linkerd"' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "mesh_type" is "linkerd"; this charm knows "istio"',
  },
  {
    name: 'a cluster that lets nobody read',
    spoil: withMesh(healthy, [{ kind: 'ConfigMap', access: 'read', status: 403 }]),
    status: 'blocked',
    message: trust,
  },
  {
    name: 'a cluster that lets nobody write',
    spoil: withMesh(healthy, [{ kind: 'Service', access: 'write', status: 403 }]),
    status: 'blocked',
    message: trust,
  },
  {
    name: 'a cluster in trouble',
    spoil: withMesh(healthy, [{ kind: 'StatefulSet', access: 'write', status: 500 }]),
    status: 'blocked',
    message: /^\[service-mesh\] cannot set labels: /,
  },
]

describe('a mistake of others', () => {
  test.each(mistakes)(
    '$name: is said, the service keeps its configuration, and all is well when it is gone',
    async ({ spoil, status, message }) => {
      const settled = await settle(reference())
      const spoiled = await run(spoil(settled))
      expect(spoiled.failure).toBeNull()
      expect(spoiled.state.unitStatus.name).toBe(status)
      if (typeof message === 'string') expect(spoiled.state.unitStatus.message).toBe(message)
      else expect(spoiled.state.unitStatus.message).toMatch(message)
      expect(filesOf(spoiled.state)).toEqual(filesOf(settled))
      expect(spoiled.state.containers[0]?.serviceStatuses).toEqual({ 'feast-ui': 'active' })
      const recovered = await run({ ...spoiled.state, relations: settled.relations })
      expect(recovered.state.unitStatus).toEqual({ name: 'active', message: '' })
      expect(recovered.state.containers).toEqual(settled.containers)
    },
  )
})

describe('a Pebble', () => {
  const service =
    '[feast-ui-pebble-service] Waiting for Pebble services (feast-ui).  If this persists, it could be a blocking configuration error.'

  test('that does not answer is waited for, and told everything when it does', async () => {
    const away = await settle(reference({ containers: [{ name: 'feast-ui', canConnect: false }] }))
    expect(away.unitStatus).toEqual({ name: 'waiting', message: '[feast-ui-pebble-service] Waiting for Pebble to be ready.' })
    const back = await settle({ ...away, containers: away.containers.map((each) => ({ ...each, canConnect: true })) })
    expect(back.unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('that cannot start the service is said, and started again in the next hook', async () => {
    const replanError = 'cannot perform the following tasks:\n- Start service "feast-ui" (exited quickly with code 1)'
    const failed = await settle(reference({ containers: [{ name: 'feast-ui', replanError }] }))
    expect(failed.unitStatus).toEqual({ name: 'waiting', message: service })
    const mended = failed.containers.map(({ replanError: _, ...each }) => each)
    expect((await settle({ ...failed, containers: mended })).unitStatus).toEqual({ name: 'active', message: '' })
  })

  test('whose service is inactive starts it', async () => {
    const settled = await settle(reference())
    const stopped = { ...settled, containers: settled.containers.map((each) => ({ ...each, serviceStatuses: { 'feast-ui': 'inactive' } })) }
    expect((await settle(stopped)).containers).toEqual(settled.containers)
  })

  test('whose service is in backoff is given its time', async () => {
    const settled = await settle(reference())
    const failing = { ...settled, containers: settled.containers.map((each) => ({ ...each, serviceStatuses: { 'feast-ui': 'backoff' } })) }
    expect((await settle(failing)).unitStatus).toEqual({ name: 'waiting', message: service })
  })
})

test('a hook tool that fails at any call gives a hook that failed whole or a status, and the next hook mends it', async () => {
  const state = reference()
  const whole = (await settle(state)).relations
  const { trace } = await run(state)
  const calls = trace.filter((entry) => entry.kind === 'tool').length
  expect(calls).toBeGreaterThan(15)
  for (let failing = 0; failing < calls; failing += 1) {
    const answer = { exit: 1, stdout: '', stderr: 'ERROR connection is shut down\n', stdinRead: false }
    const outcome = await run(state, { name: 'update-status' }, { intercept: (_, index) => (index === failing ? answer : undefined) })
    expect([state.relations, whole]).toContainEqual(outcome.state.relations)
    expect((await settle(outcome.state)).relations).toEqual(whole)
  }
})
