import type { State } from '@charmed-feast/charm/testing'

import type { Mistake } from '../../../house/mistake.ts'
import { cluster, mesh, reference, relations, route, says } from './reference.ts'

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

/** What others do wrong, one case a row. */
export const mistakes: readonly Mistake[] = [
  {
    name: 'a missing password',
    about: 'databag',
    spoil: configuration({ registry_password: undefined }),
    status: 'blocked',
    message: '[feast-configuration] Invalid relation data: missing registry_password',
  },
  {
    name: 'two missing keys',
    about: 'databag',
    spoil: configuration({ registry_host: undefined, online_store_port: '' }),
    status: 'blocked',
    message: '[feast-configuration] Invalid relation data: missing registry_host, online_store_port',
  },
  {
    name: 'a port of letters',
    about: 'databag',
    spoil: configuration({ online_store_port: 'abc' }),
    status: 'blocked',
    message: badPort('online_store_port', 'abc'),
  },
  {
    name: 'a port too high',
    about: 'databag',
    spoil: configuration({ registry_port: '65536' }),
    status: 'blocked',
    message: badPort('registry_port', '65536'),
  },
  {
    name: 'a fraction for a port',
    about: 'databag',
    spoil: configuration({ offline_store_port: '5432.0' }),
    status: 'blocked',
    message: badPort('offline_store_port', '5432.0'),
  },
  {
    name: 'an empty databag',
    about: 'databag',
    spoil: (state) => ({ ...state, relations: state.relations.map((each) => (each.id === 1 ? { ...each, remoteAppData: {} } : each)) }),
    status: 'waiting',
    message: '[feast-configuration] Waiting for relation data: No data found in relation feast-configuration data bag.',
  },
  {
    name: 'no integrator',
    about: 'databag',
    spoil: (state) => ({ ...state, relations: state.relations.filter(({ id }) => id !== 1) }),
    status: 'blocked',
    message: '[feast-configuration] Missing relation: feast-configuration',
  },
  {
    name: 'an answer that is no secret',
    about: 'secret',
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
    about: 'secret',
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
    about: 'databag',
    spoil: ingress({ _supported_versions: undefined }),
    status: 'waiting',
    message: sidecar('List of <ops.model.Relation ingress:3> versions not found for apps: istio-pilot'),
  },
  {
    name: 'a gateway of another version',
    about: 'databag',
    spoil: ingress({ _supported_versions: '- v2\n' }),
    status: 'blocked',
    message: sidecar('No compatible ingress versions found for apps: istio-pilot'),
  },
  {
    name: 'versions that are no YAML',
    about: 'databag',
    spoil: ingress({ _supported_versions: '{{{' }),
    status: 'blocked',
    message: unknown("Failed to deserialize data on ingress:3 from istio-pilot at '_supported_versions'"),
  },
  {
    name: 'versions that are none',
    about: 'databag',
    spoil: ingress({ _supported_versions: '- vx\n' }),
    status: 'blocked',
    message: unknown("vx is not an int or 'vX' string"),
  },
  {
    name: 'data from the gateway',
    about: 'databag',
    spoil: ingress({ data: 'url: http://x\n' }),
    status: 'blocked',
    message: unknown('No provides schema found for data on ingress:3 from istio-pilot'),
  },
  {
    name: 'data that is no YAML',
    about: 'databag',
    spoil: ingress({ data: '{{{' }),
    status: 'blocked',
    message: unknown("Failed to deserialize data on ingress:3 from istio-pilot at 'data'"),
  },
  {
    name: 'two kinds of gateway',
    about: 'databag',
    spoil: (state) => ({ ...state, relations: [...state.relations, ...reference({ relations: [route()] }).relations] }),
    status: 'blocked',
    message: "[istio-relations-conflict-detector] Cannot have both 'istio-ingress-route' and 'ingress' relations at the same time.",
  },
  {
    name: 'two gateways',
    about: 'databag',
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
    about: 'databag',
    spoil: withMesh({ ...healthy, labels: 'x' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "labels" is not a JSON object of texts',
  },
  {
    name: 'a mesh whose labels are numbers',
    about: 'databag',
    spoil: withMesh({ ...healthy, labels: '{"a": 1}' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "labels" is not a JSON object of texts',
  },
  {
    name: 'a mesh of another kind',
    about: 'databag',
    spoil: withMesh({ ...healthy, mesh_type: '"linkerd"' }),
    status: 'blocked',
    message: '[service-mesh] Invalid relation data from istio-beacon-k8s: key "mesh_type" is "linkerd"; this charm knows "istio"',
  },
  {
    name: 'a cluster that lets nobody read',
    about: 'API server',
    spoil: withMesh(healthy, [{ kind: 'ConfigMap', access: 'read', status: 403 }]),
    status: 'blocked',
    message: trust,
  },
  {
    name: 'a cluster that lets nobody write',
    about: 'API server',
    spoil: withMesh(healthy, [{ kind: 'Service', access: 'write', status: 403 }]),
    status: 'blocked',
    message: trust,
  },
  {
    name: 'a cluster that has too much to do',
    about: 'API server',
    spoil: withMesh(healthy, [{ kind: 'ConfigMap', access: 'read', status: 429 }]),
    status: 'waiting',
    message: /^\[service-mesh\] cannot set labels: .*; tried again in the next hook$/,
  },
  {
    name: 'a cluster that finds labels wrong',
    about: 'API server',
    spoil: withMesh(healthy, [{ kind: 'StatefulSet', access: 'write', status: 422 }]),
    status: 'blocked',
    message: /^\[service-mesh\] cannot set labels: /,
  },
  {
    name: 'a cluster in trouble',
    about: 'API server',
    spoil: withMesh(healthy, [{ kind: 'StatefulSet', access: 'write', status: 500 }]),
    status: 'waiting',
    message: /^\[service-mesh\] cannot set labels: .*; tried again in the next hook$/,
  },
]

/** The hook tools that the charm reads with. */
export const readingTools = ['config-get', 'is-leader', 'relation-get', 'relation-ids', 'relation-list'] as const
