import type { KubernetesObject } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection } from '../kubernetes/informer.ts'
import { Decorator, type DecoratorTools } from './decorator.ts'
import { machineTimer, type Timer, WorkQueue } from './queue.ts'
import { createLimiter, type Rate } from './rate.ts'

/** Options of {@link runMetacontroller}. */
export interface MetacontrollerOptions {
  /** With the rights of metacontroller's service account. */
  readonly connection: KubernetesConnection
  /** Where a name of the cluster (`http://resource-dispatcher.kubeflow:80/sync`) is on this machine; by default it is what it says. */
  readonly resolve?: (url: URL) => URL
  /** How fast it writes; by default as metacontroller does: five a second, ten at once. */
  readonly rate?: Rate
  /** After how many milliseconds a controller whose kinds are not all served is looked at again; 30 seconds by default. */
  readonly discoveryInterval?: number
  readonly clock: () => Date
  readonly timer?: Timer
  readonly log: (line: string) => void
}

/** A running metacontroller. */
export interface Metacontroller extends AsyncDisposable {
  /** Whether every controller is started and no parent waits to be looked at; what waits for its time does not count. */
  readonly idle: () => boolean
}

const controllers = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers'

/** A Warning on the parent, in namespace `default` as for every object of the cluster. */
const describeEvent = (parent: KubernetesObject, error: unknown, time: string): object => {
  const { apiVersion, kind, metadata } = parent
  const { name, uid, namespace = 'default', resourceVersion } = metadata
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion, kind, name, uid, resourceVersion, ...(metadata.namespace === undefined ? {} : { namespace }) },
    type: 'Warning',
    reason: 'SyncError',
    message: `Sync error: ${error instanceof Error ? error.message : String(error)}`.slice(0, 1024),
    source: { component: 'metacontroller' },
    count: 1,
    firstTimestamp: time,
    lastTimestamp: time,
  }
}

/**
 * Runs every DecoratorController of a cluster, as metacontroller 4.17 was seen to (real-parts.md §4): asks the hook what shall be in each
 * parent, makes, updates and deletes that, and asks again when something changes or time has passed. Any API server will do.
 *
 * @example
 * await using metacontroller = runMetacontroller({ connection, resolve, clock: () => new Date(), log })
 */
export const runMetacontroller = (options: MetacontrollerOptions): Metacontroller => {
  const { connection, resolve = (url) => url, rate = { perSecond: 5, burst: 10 }, clock, timer = machineTimer, log } = options
  const { discoveryInterval = 30_000 } = options
  const running = new Map<string, Decorator>()

  const tellFailure = (parent: KubernetesObject, error: unknown): void => {
    const namespace = parent.metadata.namespace ?? 'default'
    const body = describeEvent(parent, error, clock().toISOString())
    connection
      .call({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body })
      .catch((failure: unknown) => log(`cannot write an event: ${failure instanceof Error ? failure.message : String(failure)}`))
  }
  const turn = createLimiter(rate, { now: () => clock().getTime(), timer })
  const tools: DecoratorTools = { connection, timer, turn, resolve, tellFailure, log }

  const versionOf = ({ metadata }: KubernetesObject): string => `${String(metadata.uid)} ${String(metadata.generation)}`
  const started = new Map<string, string>()

  /** Brings one controller to where its object is: started, started anew, or ended. Gives when to look again. */
  const reconcile = async (name: string): Promise<number | null> => {
    const controller = followed.get(undefined, name)
    if (controller && running.has(name) && started.get(name) === versionOf(controller)) return null
    await running.get(name)?.[Symbol.asyncDispose]()
    running.delete(name)
    if (!controller) return null
    const decorator = await Decorator.start(controller, tools)
    if (decorator === null) return discoveryInterval
    running.set(name, decorator)
    started.set(name, versionOf(controller))
    return null
  }
  const queue = new WorkQueue({
    workers: 1,
    timer,
    work: reconcile,
    onFailure: (name, error) => log(`controller "${name}" cannot start: ${error instanceof Error ? error.message : String(error)}`),
  })
  const followed = followCollection({
    connection,
    path: controllers,
    head: { apiVersion: 'metacontroller.k8s.io/v1alpha1', kind: 'DecoratorController' },
    onChange: (controller, before) => queue.add((controller ?? before)?.metadata.name ?? ''),
    onFailure: (error) => log(`watching DecoratorControllers begins anew: ${error instanceof Error ? error.message : String(error)}`),
  })
  return {
    idle: () => queue.idle && [...running.values()].every((decorator) => decorator.idle),
    [Symbol.asyncDispose]: async () => {
      await followed[Symbol.asyncDispose]()
      await queue[Symbol.asyncDispose]()
      await Promise.all([...running.values()].map((decorator) => decorator[Symbol.asyncDispose]()))
    },
  }
}
