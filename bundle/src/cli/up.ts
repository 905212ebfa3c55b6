import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { UnitProcesses } from '../agent/unit-processes.ts'
import { openForeignCluster } from '../cluster/foreign-cluster.ts'
import { type ClusterKey, type ModelCluster, openOwnCluster } from '../cluster/model-cluster.ts'
import { bundleError } from '../errors.ts'
import { deployFeast, deploySurroundings, feastPrograms } from '../feast.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { connectKubernetes, type KubernetesConnection } from '../kubernetes/connection.ts'
import { followCollection, type Informer } from '../kubernetes/informer.ts'
import { metacontrollerAccount } from '../metacontroller/account.ts'
import { type MetacontrollerOptions, runMetacontroller } from '../metacontroller/metacontroller.ts'
import { machineTimer, type Timer } from '../metacontroller/queue.ts'
import { type LocalModel, openLocalModel } from '../model/local-model.ts'
import type { HookRecord } from '../model/run-hook.ts'
import { readState } from '../model/state-file.ts'
import { images } from '../pod/image.ts'
import { Pods } from '../pod/pods.ts'
import { type Postgres, startPostgres } from '../postgres/postgres.ts'
import { embeddedServer } from '../postgresql/server.ts'
import { Guardian } from '../supervisor/guardian.ts'
import { openEntrance } from './entrance.ts'
import { serviceAccounts } from './service-account.ts'
import { toUnit } from './service-name.ts'

/** Where the model's state lies in a state folder. */
export const modelFile = (folder: string): string => join(folder, 'model', 'model.json')

/** A running deployment. */
export interface Deployed extends AsyncDisposable {
  /** The state folder. */
  readonly folder: string
  readonly model: LocalModel
  readonly postgres: Postgres
  readonly pods: Pods
  /** The cluster, asked as its administrator. */
  readonly kubernetes: KubernetesConnection
  /** How other processes get into the cluster. */
  readonly key: ClusterKey
  readonly gateway: Gateway
  /** Has what was made in a cluster that is not ours taken out when this ends. */
  readonly takeOut: () => void
}

/** What {@link bringUp} is told. */
export interface UpOptions {
  /** The state folder: made when missing, taken up where it was else. */
  readonly folder: string
  /** The cluster that holds the model's objects; without it there is one in the state folder. */
  readonly kubeconfig?: string
  /** The model's name, and its namespace; `kubeflow` by default. */
  readonly name?: string
  /** Told what takes long. */
  readonly say: (line: string) => void
  /** Told of every hook that ended. */
  readonly onHook?: (record: HookRecord) => void
  /** Ends it where it is; what a hook that is cut off had changed was never written. */
  readonly signal?: AbortSignal
  /** The databases go with it, wherever they lie. */
  readonly ephemeral?: boolean
}

/** The controller asks the dispatcher every ten seconds for all users of a cluster; here it is one user, who waits for a new password. */
const briskTimer: Timer = (ms, run) => machineTimer(Math.min(ms, 1_000), run)

const clock = (): Date => new Date()

const openModelCluster = ({ folder, kubeconfig, say }: UpOptions): Promise<ModelCluster> =>
  kubeconfig === undefined ? openOwnCluster(join(folder, 'cluster'), clock) : openForeignCluster({ kubeconfig, clock, say })

/** A model that is there keeps its name. */
const modelName = ({ folder, name }: UpOptions): string => {
  const kept = readState(modelFile(folder))?.model.name
  if (kept !== undefined && name !== undefined && name !== kept)
    throw bundleError('BUNDLE_STATE_INVALID', [
      modelFile(folder),
      `its model is called "${kept}", not "${name}"; choose another folder with --state`,
    ])
  return kept ?? name ?? 'kubeflow'
}

/** Metacontroller as a service account with its own rights, and what it asks where it is on this machine. */
const startMetacontroller = (
  cluster: ModelCluster,
  namespace: string,
  options: Pick<MetacontrollerOptions, 'resolve' | 'log'>,
): AsyncDisposable => {
  const { url, ca } = cluster
  const token = (): Promise<string> => cluster.tokenOf({ namespace, name: metacontrollerAccount })
  const connection = connectKubernetes({ url, token, ...(ca === undefined ? {} : { ca }) })
  const running = runMetacontroller({ connection, timer: briskTimer, clock, ...options })
  return {
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]()
      connection[Symbol.dispose]()
    },
  }
}

const followServices = (connection: KubernetesConnection, namespace: string, say: UpOptions['say']): Informer =>
  followCollection({
    connection,
    path: `/api/v1/namespaces/${namespace}/services`,
    onChange: () => undefined,
    onFailure: (error) => say(`services cannot be followed: ${error instanceof Error ? error.message : String(error)}`),
  })

/**
 * Starts PostgreSQL and the cluster, opens the model and deploys what is missing of Charmed Feast; gives it once nothing is left to do.
 *
 * @throws BundleError of the embedded PostgreSQL, the cluster or the local model; the signal's reason
 *
 * @example
 * await using deployed = await bringUp({ folder: '.state', say: console.log })
 */
export const bringUp = async (options: UpOptions): Promise<Deployed> => {
  const { folder, say, onHook, signal, ephemeral = false } = options
  const name = modelName(options)
  await using stack = new AsyncDisposableStack()
  const run = join(folder, 'run')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const guardian = stack.use(new Guardian())
  const postgres = await startPostgres({
    ...{ directory: join(folder, 'postgres'), log: say, onSpawn: (pid) => guardian.watch(pid, 'QUIT') },
    ...(signal ? { signal } : {}),
  })
  stack.defer(() => (ephemeral ? postgres.remove() : postgres.stop()))
  void postgres.exited.then(() => guardian.forget(postgres.pid))
  signal?.throwIfAborted()
  // With the server's lock held, what a killed run left in here is nobody's.
  await rm(run, { recursive: true, force: true })
  const cluster = stack.use(await openModelCluster(options))
  const pods = stack.use(new Pods({ folder: run, guardian, images, onShutdown: ({ unit, name }) => model.restartContainer(unit, name) }))
  const processes = stack.use(
    new UnitProcesses({
      ...{ folder: run, guardian, clusterOf: serviceAccounts({ folder: run, namespace: name, cluster }) },
      addressOf: (unit) => model.state.units[unit]?.address ?? '',
      ...(signal ? { signal } : {}),
    }),
  )
  await processes.prepare()
  const model: LocalModel = openLocalModel({
    charms: await feastPrograms(embeddedServer(postgres), { processes, folder: join(folder, 'charms') }),
    ...{ file: modelFile(folder), name, pods, cluster: cluster.handler },
    // As many as there are units: each has an agent of its own.
    parallel: Number.POSITIVE_INFINITY,
    ...(onHook ? { onHook } : {}),
    ...(signal ? { signal } : {}),
  })
  let leaving = ephemeral
  stack.defer(async () => {
    if (!leaving) return
    await model.settled()
    await cluster.leave(model.model)
  })
  await cluster.settleIn(model.model)
  // PostgreSQL may answer on another port than yesterday: every charm looks once.
  model.updateStatus()
  deployFeast(model)
  deploySurroundings(model)
  const { kubernetes, key } = cluster
  const services = stack.use(followServices(kubernetes, name, say))
  await services.ready
  const resolve = (url: URL): URL => toUnit(url, { model, services })
  stack.use(startMetacontroller(cluster, name, { resolve, log: say }))
  await model.settle()
  const gateway = await openEntrance({ model, services, connection: kubernetes, log: say }, stack)
  const takeOut = (): void => {
    leaving = true
  }
  const kept = stack.move()
  return { folder, model, postgres, pods, kubernetes, key, gateway, takeOut, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
