import {
  FakePebble,
  inProcess,
  newState,
  type Outcome,
  type RelationState,
  runScenario,
  type ScenarioCharm,
  type ScenarioEvent,
  type ScenarioOptions,
  type State,
  type StateInput,
} from '@charmed-feast/charm/testing'

import { charm } from '../src/charm.ts'

/** The charm, in this process. */
const ui = inProcess(charm)

type RelationInput = NonNullable<StateInput['relations']>[number]

/** The fifteen keys of a healthy integrator. */
export const configuration: Readonly<Record<string, string>> = Object.fromEntries(
  ['registry', 'offline_store', 'online_store'].flatMap((prefix) => [
    [`${prefix}_user`, `user_${prefix}`],
    [`${prefix}_password`, `pw-${prefix}-long`],
    [`${prefix}_host`, `${prefix.replace('_', '-')}.example`],
    [`${prefix}_port`, '5432'],
    [`${prefix}_database`, prefix],
  ]),
)

/** All relations that a UI in sidecar mode has. */
export const relations: readonly RelationInput[] = [
  { id: 1, endpoint: 'feast-configuration', interface: 'feast-configuration', remoteApp: 'feast-integrator', remoteAppData: configuration },
  { id: 2, endpoint: 'dashboard-links', interface: 'kubeflow_dashboard_links', remoteApp: 'kubeflow-dashboard' },
  { id: 3, endpoint: 'ingress', interface: 'ingress', remoteApp: 'istio-pilot', remoteAppData: { _supported_versions: '- v1\n' } },
]

/** A relation to a gateway in ambient mode. */
export const route = (said: Readonly<Record<string, string>> = { external_host: '10.1.1.1', tls_enabled: 'False' }): RelationInput => ({
  id: 4,
  endpoint: 'istio-ingress-route',
  interface: 'istio_ingress_route',
  remoteApp: 'istio-ingress-k8s',
  remoteAppData: said,
})

/** A relation to a mesh. */
export const mesh = (
  said: Readonly<Record<string, string>> = { labels: '{"istio.io/dataplane-mode": "ambient"}', mesh_type: '"istio"' },
): RelationInput => ({
  id: 6,
  endpoint: 'service-mesh',
  interface: 'service_mesh',
  remoteApp: 'istio-beacon-k8s',
  remoteAppData: said,
})

/** What a cluster has of this application. */
export const cluster = {
  objects: [
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name: 'feast-ui', namespace: 'kubeflow' },
      spec: { template: { metadata: { labels: { 'app.kubernetes.io/name': 'feast-ui' } } } },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'feast-ui', namespace: 'kubeflow', labels: { 'app.kubernetes.io/name': 'feast-ui' } },
    },
  ],
  errors: [],
}

/** A UI before its first reconcile, with everything that it needs. */
export const reference = (given: StateInput = {}): State =>
  newState({ app: 'feast-ui', relations, containers: [{ name: 'feast-ui' }], ...given })

/** Runs a hook; by default the one that changes nothing. */
export const run = (state: State, event: ScenarioEvent = { name: 'update-status' }, options: ScenarioOptions = {}): Promise<Outcome> =>
  runScenario(ui, state, event, options)

/**
 * The charm over one Pebble that lives from hook to hook. A state keeps the texts of files and not their permissions, so that only this shows
 * whether a file is left alone.
 */
export const overOnePebble = (): { readonly charm: ScenarioCharm; readonly operations: () => readonly string[] } => {
  const pebble = new FakePebble({})
  const pebbles = new Map([['feast-ui', pebble]])
  return {
    charm: { ...ui, run: (world) => ui.run({ ...world, pebbles }) },
    operations: () => pebble.operations.splice(0).map(({ op }) => op),
  }
}

/** Runs a hook that must go well, and gives what it left. */
export const settle = async (state: State, event?: ScenarioEvent): Promise<State> => {
  const { failure, state: after } = await run(state, event)
  if (failure !== null) throw new Error(failure)
  return after
}

/** One relation of a state. */
export const relationOf = ({ relations: all }: State, endpoint: string): RelationState => {
  const found = all.find((each) => each.endpoint === endpoint)
  if (found === undefined) throw new Error(`no relation on ${endpoint}`)
  return found
}

/** The state in which the other side of a relation says something else; undefined takes a key away. */
export const says = (state: State, endpoint: string, said: Readonly<Record<string, string | undefined>>): State => ({
  ...state,
  relations: state.relations.map((each) => {
    if (each.endpoint !== endpoint) return each
    const entries = Object.entries({ ...each.remoteAppData, ...said }).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return { ...each, remoteAppData: Object.fromEntries(entries) }
  }),
})

/** The files in the container. */
export const filesOf = ({ containers }: State): Readonly<Record<string, string>> => containers[0]?.files ?? {}

/** The charm's service as its layer has it. */
export const serviceOf = ({ containers }: State): Readonly<Record<string, unknown>> => {
  const layer = containers[0]?.layers['feast-ui'] as
    | { readonly services?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }
    | undefined
  return layer?.services?.['feast-ui'] ?? {}
}
