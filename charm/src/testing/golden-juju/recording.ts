import type { Printable } from '../tool/go-json.ts'

/** A world of a recording: what one unit's controller held. Field names are the recording's (see the README beside the recordings). */
export interface RecordedWorld {
  readonly model_type: 'caas' | 'iaas'
  readonly model_name: string
  readonly model_uuid: string
  readonly unit: string
  readonly leader: boolean
  readonly trusted: boolean
  readonly config: Readonly<Record<string, string | number | boolean | null>>
  readonly relations: readonly RecordedRelation[]
  readonly secrets: readonly RecordedSecret[]
  readonly ports: RecordedPorts
  readonly other_units_ports?: Readonly<Record<string, RecordedPorts>>
  readonly charm_state: Readonly<Record<string, string>>
  readonly unit_status: RecordedStatus
  readonly app_status: RecordedStatus
  readonly unit_statuses: Readonly<Record<string, RecordedStatus>>
  readonly networks: Readonly<Record<string, RecordedNetwork>>
  readonly storage: Readonly<Record<string, { readonly kind: number; readonly location: string }>>
  readonly resources?: Readonly<Record<string, string>>
  readonly goal_state: {
    readonly units: Readonly<Record<string, { readonly status: string; readonly since: string }>>
    readonly relations: Readonly<Record<string, Readonly<Record<string, { readonly status: string; readonly since: string }>>>>
  }
  readonly leader_settings: Readonly<Record<string, string>>
  readonly cloud_spec?: {
    readonly type: string
    readonly name: string
    readonly region: string
    readonly endpoint: string
    readonly credential: { readonly 'auth-type': string; readonly attrs: Readonly<Record<string, string>> }
    readonly 'is-controller-cloud': boolean
  }
  readonly public_address: string
}

export interface RecordedStatus {
  readonly status: string
  readonly info: string
  readonly data: Readonly<Record<string, string>>
}

export type RecordedPorts = Readonly<
  Record<string, readonly { readonly 'from-port': number; readonly 'to-port': number; readonly protocol: string }[]>
>

export interface RecordedNetwork {
  readonly 'bind-addresses': readonly {
    readonly 'mac-address': string
    readonly 'interface-name': string
    readonly addresses: readonly { readonly hostname: string; readonly value: string; readonly cidr: string }[]
  }[]
  readonly 'egress-subnets'?: readonly string[]
  readonly 'ingress-addresses'?: readonly string[]
}

export interface RecordedRelation {
  readonly id: number
  readonly endpoint: string
  readonly interface: string
  readonly role: 'requirer' | 'provider' | 'peer'
  readonly remote_app: string
  readonly remote_endpoint: string
  readonly remote_model_uuid: string
  readonly remote_units: readonly string[]
  readonly local_app_data: Readonly<Record<string, string>>
  readonly local_unit_data: Readonly<Record<string, string>>
  readonly remote_app_data: Readonly<Record<string, string>>
  readonly remote_unit_data: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly life?: 'alive' | 'dying'
  readonly suspended?: boolean
}

export interface RecordedSecret {
  readonly id: string
  readonly owner: string
  readonly label?: string
  readonly description?: string
  readonly rotate?: string
  readonly expire?: string
  readonly revisions: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly consumer_label?: string
  readonly consumer_revision?: number
  readonly readable?: boolean
  readonly access?: readonly { readonly 'target-tag': string; readonly 'scope-tag': string; readonly role: string }[]
}

export interface RecordedHook {
  readonly kind?: string
  readonly relation_id?: number
  readonly remote_unit?: string
  readonly remote_application?: string
  readonly departing_unit?: string
  readonly workload?: string
  readonly notice_id?: string
  readonly notice_type?: string
  readonly notice_key?: string
  readonly check_name?: string
  readonly secret_uri?: string
  readonly secret_label?: string
  readonly secret_revision?: number
  readonly storage_id?: string
  readonly action?: string
  readonly action_id?: string
  readonly params?: { readonly [key: string]: Printable }
}

export interface RecordedCall {
  readonly call: string
  readonly args: unknown
}

export interface RecordedStep {
  readonly tool: string
  readonly argv: readonly string[]
  readonly stdin?: string
  readonly files?: Readonly<Record<string, string>>
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly stdout_first_line_only?: boolean
  readonly stdin_read?: boolean
  readonly immediate?: readonly RecordedCall[]
  readonly log?: readonly { readonly level: string; readonly module: string; readonly message: string }[]
  readonly wrote?: Readonly<Record<string, string>>
  readonly unordered?: boolean
}

/** One hook or action: calls in order, and how it ended. */
export interface RecordedScenario {
  readonly id: string
  readonly tool: string
  readonly world: string
  readonly leader?: boolean
  readonly world_patch?: unknown
  readonly hook: RecordedHook
  readonly steps?: readonly RecordedStep[]
  readonly end?: { readonly hook_exit: number; readonly calls?: readonly RecordedCall[]; readonly flush_error?: string }
  readonly env?: readonly string[]
  readonly context_error?: string
}
