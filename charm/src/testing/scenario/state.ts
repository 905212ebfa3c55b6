import type { KubernetesObject } from '../../kubernetes/object.ts'
import type { KubernetesRefusal } from '../kubernetes/fake-kubernetes.ts'
import type { Bag, ConfigValue, Network } from '../model/model.ts'
import type { FakeCheck } from '../pebble/checks.ts'

/** A status as a unit or an application shows it. */
export interface StatusState {
  readonly name: string
  readonly message: string
}

/** A relation as the unit sees it. */
export interface RelationState {
  readonly id: number
  readonly endpoint: string
  readonly interface: string
  readonly kind: 'regular' | 'peer'
  /** Of a peer relation the application itself. */
  readonly remoteApp: string
  readonly remoteAppData: Bag
  /** Unit number to databag; the keys are the units that joined. */
  readonly remoteUnitsData: Readonly<Record<string, Bag>>
  readonly localAppData: Bag
  readonly localUnitData: Bag
}

/** A secret that the unit owns or was granted. */
export interface SecretState {
  /** Its URI. */
  readonly id: string
  /** The label of its owner, or of this reader; null: none yet. */
  readonly label: string | null
  /** Null: the other side's. */
  readonly owner: 'application' | 'unit' | null
  /** What this unit tracks. */
  readonly content: Bag
  readonly revision: number
  /** Only where newer: what a refresh reads. */
  readonly latestContent?: Bag
  readonly latestRevision?: number
  /** Who may read an own secret: application names. */
  readonly grants?: readonly { readonly application: string; readonly relation: number }[]
  readonly description?: string
  readonly rotate?: string
  readonly expire?: string
}

/** A workload container. */
export interface ContainerState {
  readonly name: string
  /** False: nobody answers on its socket. */
  readonly canConnect: boolean
  /** Label to layer, lowest first. */
  readonly layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Unlisted services are inactive. */
  readonly serviceStatuses: Readonly<Record<string, string>>
  /** Path to text. */
  readonly files: Readonly<Record<string, string>>
  readonly checks?: readonly FakeCheck[]
  /** A replan fails with this text and starts nothing. */
  readonly replanError?: string
  readonly bootId?: string
}

/** An open port. */
export interface PortState {
  readonly protocol: string
  readonly port: number
}

/** What the charm sees of the cluster. */
export interface KubernetesState {
  readonly objects: readonly KubernetesObject[]
  readonly errors: readonly KubernetesRefusal[]
}

/**
 * All that a unit sees before a hook, or leaves behind: plain data, the same shape as in the recordings of the Python charms.
 * {@link newState} fills in what a test does not care for.
 */
export interface State {
  readonly leader: boolean
  readonly model: { readonly name: string; readonly uuid: string; readonly type: 'kubernetes' | 'machine' }
  readonly app: string
  readonly unit: number
  readonly plannedUnits: number
  /** Options that are set; others have the charm's default. */
  readonly config: Readonly<Record<string, ConfigValue>>
  readonly relations: readonly RelationState[]
  readonly secrets: readonly SecretState[]
  readonly containers: readonly ContainerState[]
  readonly ports: readonly PortState[]
  readonly unitStatus: StatusState
  readonly appStatus: StatusState
  readonly workloadVersion?: string
  /** What the unit keeps in the controller. */
  readonly charmState?: Bag
  readonly trusted?: boolean
  /** Addresses by binding; every endpoint has 10.1.2.3 by default. */
  readonly networks?: Readonly<Record<string, Network>>
  readonly storage?: Readonly<Record<string, { readonly kind: 'block' | 'filesystem'; readonly location: string }>>
  readonly resources?: Bag
  /** Absent: the charm does not talk to a cluster. */
  readonly kubernetes?: KubernetesState
}

/** Why a hook runs. `name` is its kind, such as `relation-changed` or `pebble-ready`; `action` for actions. */
export interface ScenarioEvent {
  readonly name: string
  /** A relation's id. */
  readonly relation?: number
  /** The remote unit's number; null or absent where application data changed. */
  readonly unit?: number | null
  /** The number of the remote unit that leaves; `self` when it is this one. */
  readonly departingUnit?: number | 'self' | null
  readonly container?: string
  readonly check?: string
  readonly notice?: { readonly id: string; readonly type: string; readonly key: string }
  /** A secret's URI. */
  readonly secret?: string
  readonly revision?: number
  readonly storage?: string
  readonly action?: { readonly name: string; readonly params?: Readonly<Record<string, string | number | boolean | null>> }
}

/** What {@link newState} takes: any part, relations and containers with any part of theirs. */
export type StateInput = Partial<Omit<State, 'relations' | 'secrets' | 'containers' | 'model'>> & {
  readonly model?: Partial<State['model']>
  readonly relations?: readonly (Pick<RelationState, 'id' | 'endpoint' | 'interface'> & Partial<RelationState>)[]
  readonly secrets?: readonly (Pick<SecretState, 'id' | 'content'> & Partial<SecretState>)[]
  readonly containers?: readonly (Pick<ContainerState, 'name'> & Partial<ContainerState>)[]
}

const unset: StatusState = { name: 'unknown', message: '' }

/**
 * A whole state from the parts that matter to a test: a leader, unit 0 of its only unit, in the model `kubeflow`, nothing related.
 *
 * @example
 * newState({ app: 'feast-ui', relations: [{ id: 1, endpoint: 'ingress', interface: 'ingress', remoteApp: 'istio-pilot' }] })
 */
export function newState(given: StateInput = {}): State {
  const { model, relations = [], secrets = [], containers = [], ...rest } = given
  const app = given.app ?? 'app'
  const unit = given.unit ?? 0
  return {
    leader: true,
    config: {},
    ports: [],
    unitStatus: unset,
    appStatus: unset,
    plannedUnits: unit + 1,
    ...rest,
    app,
    unit,
    model: { name: 'kubeflow', uuid: '5d8a2f4e-9b1c-4e57-8f36-2c7d90a1b3e4', type: 'kubernetes', ...model },
    relations: relations.map((relation) => newRelation(app, relation)),
    secrets: secrets.map((secret) => ({ label: null, owner: null, revision: 1, ...secret })),
    containers: containers.map((container) => ({ canConnect: true, layers: {}, serviceStatuses: {}, files: {}, ...container })),
  }
}

function newRelation(app: string, given: NonNullable<StateInput['relations']>[number]): RelationState {
  const kind = given.kind ?? 'regular'
  const remoteApp = kind === 'peer' ? app : 'remote'
  return {
    kind,
    remoteApp,
    remoteAppData: {},
    remoteUnitsData: kind === 'peer' ? {} : { 0: {} },
    localAppData: {},
    localUnitData: {},
    ...given,
  }
}

/** Which containers a lost pod comes back with: what their images bring. */
export interface LosePodOptions {
  readonly layers?: Readonly<Record<string, ContainerState['layers']>>
  readonly files?: Readonly<Record<string, ContainerState['files']>>
}

/**
 * The state after Kubernetes made the unit's pod anew: containers are as their images, nothing runs, and whatever the charm kept in its
 * pod is gone. Databags, secrets, ports and charm state are Juju's, so they stay.
 *
 * @example
 * losePod(state).containers[0]?.files   // {}
 */
export function losePod(state: State, { layers = {}, files = {} }: LosePodOptions = {}): State {
  const containers = state.containers.map(({ name, bootId }) => ({
    name,
    canConnect: true,
    layers: layers[name] ?? {},
    serviceStatuses: {},
    files: files[name] ?? {},
    bootId: `${(bootId ?? 'boot').replace(/\+$/, '')}+`,
  }))
  return { ...state, containers }
}
