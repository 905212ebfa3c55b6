import type { Relation } from './relation.ts'
import type { Secret } from './secret.ts'

/** Text by key: a relation's databag, charm state, leader settings. */
export type Bag = Readonly<Record<string, string>>

/** A value of a charm's configuration; null is an option without value. */
export type ConfigValue = string | number | boolean | null

/** What `status-set` sets, and what Juju sets itself (`unknown`, `terminated`, `error`). */
export interface Status {
  readonly status: string
  readonly message: string
  readonly data?: Readonly<Record<string, string>>
}

/** Ports as `open-port` names them; icmp is -1 to -1. */
export interface PortRange {
  readonly from: number
  readonly to: number
  readonly protocol: string
}

/** What `network-get` says about one binding. */
export interface Network {
  readonly interfaces: readonly {
    readonly macAddress: string
    readonly interfaceName: string
    readonly addresses: readonly { readonly hostname: string; readonly value: string; readonly cidr: string }[]
  }[]
  readonly egressSubnets: readonly string[]
  readonly ingressAddresses: readonly string[]
}

/** One line of `goal-state`. */
export interface Goal {
  readonly status: string
  /** RFC 3339. */
  readonly since: string
}

/** What `goal-state` prints: the application's units, and by endpoint the related applications and units. */
export interface GoalState {
  readonly units: Readonly<Record<string, Goal>>
  readonly relations: Readonly<Record<string, Readonly<Record<string, Goal>>>>
}

/** What `credential-get` prints to a trusted charm. */
export interface CloudSpec {
  readonly type: string
  readonly name: string
  readonly region: string
  readonly endpoint: string
  readonly credential: { readonly authType: string; readonly attributes: Bag }
  readonly isControllerCloud: boolean
}

/** Whether something is there to stay. */
export type Life = 'alive' | 'dying'

/** An application of the model. */
export interface Application {
  readonly name: string
  readonly life: Life
  /** The leader's unit name; null while there is none. */
  readonly leader: string | null
  /** `juju trust`. */
  readonly trusted: boolean
  readonly config: Readonly<Record<string, ConfigValue>>
  readonly status: Status
  readonly leaderSettings: Bag
  /** Path of each attached resource. */
  readonly resources: Bag
}

/** A unit of an application. */
export interface Unit {
  readonly name: string
  readonly life: Life
  readonly application: string
  readonly status: Status
  readonly workloadVersion: string
  readonly charmState: Bag
  /** Open ports by endpoint; `''` is all endpoints. */
  readonly ports: Readonly<Record<string, readonly PortRange[]>>
  /** Networks by binding; `''` is the default. */
  readonly networks: Readonly<Record<string, Network>>
  /** Storage by id (`data/0`). */
  readonly storage: Readonly<Record<string, { readonly kind: 'block' | 'filesystem'; readonly location: string }>>
  /** The machine's number; null on Kubernetes. */
  readonly machine: string | null
  readonly zone: string
  /** Empty: none. */
  readonly publicAddress: string
  readonly goalState: GoalState
}

/** What a controller keeps of a model: the whole state that hook tools read and change. Plain data, never changed in place. */
export interface Model {
  readonly name: string
  readonly uuid: string
  /** `caas` is Kubernetes, `iaas` machines: Juju's words. */
  readonly type: 'caas' | 'iaas'
  readonly cloud: CloudSpec | null
  readonly applications: Readonly<Record<string, Application>>
  readonly units: Readonly<Record<string, Unit>>
  readonly relations: readonly Relation[]
  readonly secrets: readonly Secret[]
}

/** Where the current state of a model is: tools read it anew at each question, changes replace it. */
export interface ModelHolder {
  model: Model
}

/** The application of a unit's name: `pg` of `pg/0`. */
export function applicationOf(unit: string): string {
  return unit.slice(0, unit.lastIndexOf('/'))
}

/** A new application with nothing set. */
export function newApplication(name: string, given: Partial<Application> = {}): Application {
  return { name, life: 'alive', leader: null, trusted: false, config: {}, status: unset, leaderSettings: {}, resources: {}, ...given }
}

/** A new unit with nothing set. */
export function newUnit(name: string, given: Partial<Unit> = {}): Unit {
  return {
    name,
    life: 'alive',
    application: applicationOf(name),
    status: unset,
    workloadVersion: '',
    charmState: {},
    ports: {},
    networks: {},
    storage: {},
    machine: null,
    zone: '',
    publicAddress: '',
    goalState: { units: {}, relations: {} },
    ...given,
  }
}

const unset: Status = { status: 'unknown', message: '' }
