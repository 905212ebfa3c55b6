import { readConfig } from './config.ts'
import { type Container, type ContainerPart, readContainer } from './container.ts'
import type { JujuContext } from './context.ts'
import type { HookEvent } from './event.ts'
import { configGet } from './hook-tool/config.ts'
import { type GoalState, goalState } from './hook-tool/goal-state.ts'
import { isLeader } from './hook-tool/leader.ts'
import { type Network, networkGet } from './hook-tool/network.ts'
import type { RunTool } from './hook-tool/run.ts'
import type { SecretInfo, SecretQuery } from './hook-tool/secret.ts'
import { stateGet } from './hook-tool/state.ts'
import type { TextMap } from './hook-tool/text-map.ts'
import type { KubernetesClient } from './kubernetes/client.ts'
import type { Log } from './log.ts'
import type { CharmMetadata, ConfigOf, ContainerOf, EndpointOf } from './metadata.ts'
import type { PebbleClient } from './pebble/client.ts'
import type { Redactor } from './redact.ts'
import {
  createRelationReader,
  type Relation,
  type RelationName,
  type RelationPart,
  type RelationParts,
  type RelationReader,
} from './relation.ts'
import { createSecretReader } from './secret.ts'

/** What a charm can see in a hook. Every question is put to Juju once, when it is first asked; nothing here writes. */
export interface Hook<Metadata extends CharmMetadata> {
  /** What Juju said in the environment. */
  readonly context: JujuContext
  /** Why the charm runs: only a hint. */
  readonly event: HookEvent
  /** Juju's log; lines are redacted. Ten for a hook. */
  readonly log: Log
  /** Keeps a value out of logs, statuses and action results. Contents of secrets and passwords in databags are kept out already. */
  readonly protect: (value: string) => void
  /** Whether this unit leads. */
  readonly isLeader: () => Promise<boolean>
  /** All declared options. */
  readonly config: () => Promise<ConfigOf<Metadata>>
  /** The relations of an endpoint with the named parts, in Juju's order (by `endpoint:id` as text). The one that breaks is not among them. */
  readonly relations: <Part extends RelationPart = never>(
    endpoint: EndpointOf<Metadata>,
    parts?: readonly Part[],
  ) => Promise<readonly Relation<Part>[]>
  /** A secret's content. Throws `CHARM_SECRET_NOT_FOUND` or `CHARM_PERMISSION_DENIED` when it is not there or was not granted. */
  readonly secret: (query: SecretQuery) => Promise<TextMap>
  /** A secret's content, or null when it is not there or was not granted (yet). */
  readonly findSecret: (query: SecretQuery) => Promise<TextMap | null>
  /** Whether a secret's content was read in this hook. */
  readonly hasReadSecret: (uri: string) => boolean
  /** What Juju keeps about own secrets: this unit's, and on the leader the application's. */
  readonly ownSecrets: () => Promise<readonly SecretInfo[]>
  /** A workload container with the named parts. */
  readonly container: <Part extends ContainerPart = never>(name: ContainerOf<Metadata>, parts?: readonly Part[]) => Promise<Container<Part>>
  /** The client of a container's Pebble, to read what {@link container} does not know of, and for actions. */
  readonly pebble: (name: ContainerOf<Metadata>) => Promise<PebbleClient>
  /** The Kubernetes API with the rights of this pod. */
  readonly kubernetes: () => Promise<KubernetesClient>
  /** The addresses of an endpoint. */
  readonly network: (endpoint: EndpointOf<Metadata>) => Promise<Network>
  /** Which units and relations are planned. */
  readonly goalState: () => Promise<GoalState>
  /** What this unit keeps in the controller. */
  readonly state: () => Promise<TextMap>
  /** Runs a hook tool, for what has no method here. */
  readonly run: RunTool
  /** The readers behind these methods, for the framework's writers. */
  readonly relationReader: RelationReader
  readonly redactor: Redactor
}

/** What {@link createHook} needs. */
export interface HookOptions<Metadata extends CharmMetadata> {
  readonly metadata: Metadata
  readonly context: JujuContext
  readonly run: RunTool
  readonly redactor: Redactor
  readonly log: Log
  /** Makes the client of a container's Pebble. */
  readonly connectPebble: (container: string) => Promise<PebbleClient>
  readonly connectKubernetes: () => Promise<KubernetesClient>
}

const once = <Value>(load: () => Promise<Value>): (() => Promise<Value>) => {
  let value: Promise<Value> | null = null
  return () => {
    value ??= load()
    return value
  }
}

const createParts = (
  reader: RelationReader,
  { context, mayReadApp }: { readonly context: JujuContext; readonly mayReadApp: (relation: RelationName) => Promise<boolean> },
): { readonly [Part in RelationPart]: (relation: RelationName) => Promise<RelationParts[Part]> } => ({
  app: reader.app,
  remoteApp: async (relation) => reader.bag(relation, 'app', await reader.app(relation)),
  remoteUnits: async (relation) => {
    const bags: Record<string, TextMap> = {}
    for (const unit of await reader.units(relation)) bags[unit] = await reader.bag(relation, 'unit', unit)
    return Object.freeze(bags)
  },
  localApp: async (relation) => ((await mayReadApp(relation)) ? reader.bag(relation, 'app', context.app) : null),
  localUnit: (relation) => reader.bag(relation, 'unit', context.unit),
})

/**
 * Makes what a charm sees in one hook.
 *
 * @example
 * const hook = createHook({ metadata, context, run, redactor, log, connectPebble, connectKubernetes })
 * await hook.relations('registry', ['remoteApp', 'localApp'])
 */
export const createHook = <const Metadata extends CharmMetadata>(options: HookOptions<Metadata>): Hook<Metadata> => {
  const { metadata, context, run, redactor, log } = options
  const leads = once(() => isLeader(run))
  const reader = createRelationReader({ run, event: context.event, redactor })
  const secrets = createSecretReader({ run, redactor })
  const config = once(() => configGet(run))
  const pebbles = new Map<string, Promise<PebbleClient>>()
  const mayReadApp = async ({ endpoint }: RelationName): Promise<boolean> => metadata.peers?.[endpoint] !== undefined || (await leads())
  const readers = createParts(reader, { context, mayReadApp })

  const pebble = (name: string): Promise<PebbleClient> => {
    const client = pebbles.get(name) ?? options.connectPebble(name)
    pebbles.set(name, client)
    return client
  }

  const relations = async <Part extends RelationPart>(
    endpoint: string,
    parts: readonly Part[] = [],
  ): Promise<readonly Relation<Part>[]> => {
    const found: Relation<Part>[] = []
    for (const relation of await reader.list(endpoint)) {
      const read: Partial<Record<RelationPart, unknown>> = {}
      for (const part of parts) read[part] = await readers[part](relation)
      // Each part was read by the reader of its own name.
      found.push({ ...relation, ...(read as Pick<RelationParts, Part>) })
    }
    return Object.freeze(found)
  }

  return {
    context,
    event: context.event,
    log,
    protect: redactor.protect,
    isLeader: leads,
    config: async () => readConfig(metadata, await config()),
    relations,
    secret: secrets.get,
    findSecret: secrets.find,
    hasReadSecret: secrets.hasRead,
    ownSecrets: secrets.own,
    container: async (name, parts = []) => readContainer(name, { pebble: await pebble(name), parts }),
    pebble,
    kubernetes: once(options.connectKubernetes),
    network: (endpoint) => networkGet(run, endpoint),
    goalState: once(() => goalState(run)),
    state: once(() => stateGet(run)),
    run,
    relationReader: reader,
    redactor,
  }
}
