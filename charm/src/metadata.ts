/** An endpoint as `metadata.yaml` has it. */
export interface EndpointMetadata {
  readonly interface: string
  /** How many relations Juju allows on it. */
  readonly limit?: number
  readonly optional?: boolean
}

/** A configuration option as `config.yaml` has it. `secret` options hold the URI of a user's secret. */
export interface OptionMetadata {
  readonly type: 'string' | 'int' | 'float' | 'boolean' | 'secret'
  readonly default?: string | number | boolean
  readonly description?: string
}

/** What a charm declares in `metadata.yaml` and `config.yaml`, as far as its code needs it. The names here are the only ones its code can ask for. */
export interface CharmMetadata {
  readonly name: string
  readonly requires?: Readonly<Record<string, EndpointMetadata>>
  readonly provides?: Readonly<Record<string, EndpointMetadata>>
  readonly peers?: Readonly<Record<string, EndpointMetadata>>
  readonly containers?: Readonly<Record<string, unknown>>
  readonly config?: Readonly<Record<string, OptionMetadata>>
}

type Names<Group> = Group extends Readonly<Record<infer Name extends string, unknown>> ? Name : never

/** The endpoints that a charm declares. */
export type EndpointOf<Metadata extends CharmMetadata> =
  | Names<Metadata['requires']>
  | Names<Metadata['provides']>
  | Names<Metadata['peers']>

/** The workload containers that a charm declares. */
export type ContainerOf<Metadata extends CharmMetadata> = Names<Metadata['containers']>

type ValueOf<Option> = Option extends { readonly type: 'boolean' }
  ? boolean
  : Option extends { readonly type: 'int' | 'float' }
    ? number
    : string

/** A charm's configuration: each declared option with its type; `undefined` only where it has no default. */
export type ConfigOf<Metadata extends CharmMetadata> = {
  readonly [Name in keyof Metadata['config']]: Metadata['config'][Name] extends { readonly default: string | number | boolean }
    ? ValueOf<Metadata['config'][Name]>
    : ValueOf<Metadata['config'][Name]> | undefined
}
