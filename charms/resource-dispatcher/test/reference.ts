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
import { type DispatchedKind, dispatchedKinds, type ManifestEndpoint } from '../src/dispatched-kind.ts'

/** The charm, in this process. */
const dispatcher = inProcess(charm)

/** The folder of manifests. */
export const root = '/var/lib/pebble/default/resources'

type RelationInput = NonNullable<StateInput['relations']>[number]

const kindOf = (endpoint: ManifestEndpoint): DispatchedKind => {
  const found = dispatchedKinds.find((each) => each.endpoint === endpoint)
  if (found === undefined) throw new Error(`no endpoint ${endpoint}`)
  return found
}

/** A manifest as an endpoint takes it. */
export const manifest = (endpoint: ManifestEndpoint, name: string, more: object = {}): object => {
  const { apiVersion, kind } = kindOf(endpoint)
  return { apiVersion, kind, metadata: { name }, ...more }
}

/** A relation that sends manifests, in clear text; a text is sent as it is. */
export const sender = (
  id: number,
  endpoint: ManifestEndpoint,
  manifests: readonly unknown[] | string,
  remoteApp = `app-${id}`,
): RelationInput => ({
  id,
  endpoint,
  interface: 'kubernetes_manifest',
  remoteApp,
  remoteAppData: { kubernetes_manifests: typeof manifests === 'string' ? manifests : JSON.stringify(manifests) },
})

/** One relation on each endpoint. */
export const six: readonly RelationInput[] = dispatchedKinds.map(({ endpoint }, index) =>
  sender(index + 1, endpoint, [manifest(endpoint, `m${index}`)]),
)

/** What Juju makes for an application, and our own mark in the container's plan unless it is the Python image. */
export const cluster: NonNullable<State['kubernetes']> = {
  objects: [
    { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'resource-dispatcher', namespace: 'kubeflow' } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'resource-dispatcher', namespace: 'kubeflow' },
      spec: { ports: [{ name: 'placeholder', port: 65535, targetPort: 65535 }] },
    },
  ],
  errors: [],
}

/** The layer of our own image. */
export const ownLayer = { '001-rock': { services: { 'charmed-feast': { override: 'replace', command: 'x', startup: 'disabled' } } } }

/** The reference deployment before its first reconcile, with our own image. */
export const reference = (given: StateInput = {}): State =>
  newState({
    app: 'resource-dispatcher',
    relations: six,
    kubernetes: cluster,
    containers: [{ name: 'resource-dispatcher', layers: ownLayer }],
    ...given,
  })

/** Runs a hook; by default the one that changes nothing. */
export const run = (state: State, event: ScenarioEvent = { name: 'update-status' }, options: ScenarioOptions = {}): Promise<Outcome> =>
  runScenario(dispatcher, state, event, options)

/** Runs hooks until the DecoratorController is known to the hook server, and gives what they left. */
export const settle = async (state: State): Promise<State> => {
  const first = await run(state, { name: 'config-changed' })
  const second = await run(first.state, { name: 'start' })
  if (first.failure !== null || second.failure !== null) throw new Error(first.failure ?? second.failure ?? '')
  return second.state
}

/** The state with another thing said on a relation. */
export const says = (state: State, id: number, remoteAppData: RelationState['remoteAppData']): State => ({
  ...state,
  relations: state.relations.map((each) => (each.id === id ? { ...each, remoteAppData } : each)),
})

/** What was delivered: manifests by path below the folder, the marks of the charm left out. */
export const delivered = (state: State): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(state.containers[0]?.files ?? {})
      .filter(([path]) => path.endsWith('.yaml'))
      .map(([path, text]) => [path.slice(root.length + 1), JSON.parse(text)]),
  )

/**
 * The charm over one Pebble of our own image that lives from hook to hook. A state keeps the texts of files and not their permissions, so that
 * only this shows whether a file is left alone.
 */
export const overOnePebble = (): { readonly charm: ScenarioCharm; readonly operations: () => readonly string[] } => {
  const pebble = new FakePebble({ layers: ownLayer })
  const pebbles = new Map([['resource-dispatcher', pebble]])
  return {
    charm: { ...dispatcher, run: (world) => dispatcher.run({ ...world, pebbles }) },
    operations: () => pebble.operations.splice(0).map(({ op }) => op),
  }
}
