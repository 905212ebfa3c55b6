import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

import { UnitProcesses } from '../agent/unit-processes.ts'
import { type Cluster, openCluster } from '../cluster/cluster.ts'
import { deployFeast, deploySurroundings, feastPrograms } from '../feast.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { connectKubernetes, type KubernetesConnection } from '../kubernetes/connection.ts'
import { runMetacontroller } from '../metacontroller/metacontroller.ts'
import { machineTimer, type Timer } from '../metacontroller/queue.ts'
import { type LocalModel, openLocalModel } from '../model/local-model.ts'
import type { HookRecord } from '../model/run-hook.ts'
import { admitPods } from '../notebook/pod-default.ts'
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
  readonly access: { readonly url: string; readonly token: string }
  readonly gateway: Gateway
}

/** What {@link bringUp} is told. */
export interface UpOptions {
  /** The state folder: made when missing, taken up where it was else. */
  readonly folder: string
  /** Told what takes long. */
  readonly say: (line: string) => void
  /** Told of every hook that ended. */
  readonly onHook?: (record: HookRecord) => void
  /** Ends it where it is; what a hook that is cut off had changed was never written. */
  readonly signal?: AbortSignal
  /** The databases go with it, wherever they lie. */
  readonly ephemeral?: boolean
}

const namespace = 'kubeflow'

/** The controller asks the dispatcher every ten seconds for all users of a cluster; here it is one user, who waits for a new password. */
const briskTimer: Timer = (ms, run) => machineTimer(Math.min(ms, 1_000), run)

const textual = ({ status, value }: ReturnType<Cluster['handle']>): { readonly status: number; readonly body: string } => ({
  status,
  body: JSON.stringify(value),
})

/**
 * Starts PostgreSQL and the cluster, opens the model and deploys what is missing of Charmed Feast; gives it once nothing is left to do.
 *
 * @throws BundleError of the embedded PostgreSQL, the cluster or the local model; the signal's reason
 *
 * @example
 * await using deployed = await bringUp({ folder: '.state', say: console.log })
 */
export const bringUp = async ({ folder, say, onHook, signal, ephemeral = false }: UpOptions): Promise<Deployed> => {
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
  const address = { host: '127.0.0.1', port: 0 }
  const cluster = stack.use(await openCluster({ folder: join(folder, 'cluster'), address, clock: () => new Date(), admit: admitPods }))
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  cluster.handle({ method: 'POST', path: '/api/v1/namespaces', body })
  const pods = stack.use(new Pods({ folder: run, guardian, images, onShutdown: ({ unit, name }) => model.restartContainer(unit, name) }))
  const processes = stack.use(
    new UnitProcesses({
      ...{ folder: run, guardian, clusterOf: serviceAccounts({ folder: run, namespace, cluster }) },
      addressOf: (unit) => model.state.units[unit]?.address ?? '',
      ...(signal ? { signal } : {}),
    }),
  )
  await processes.prepare()
  const model: LocalModel = openLocalModel({
    charms: await feastPrograms(embeddedServer(postgres), { processes, folder: join(folder, 'charms') }),
    ...{ file: modelFile(folder), name: namespace, pods },
    cluster: { handle: (request) => textual(cluster.handle(request)) },
    // As many as there are units: each has an agent of its own.
    parallel: Number.POSITIVE_INFINITY,
    ...(onHook ? { onHook } : {}),
    ...(signal ? { signal } : {}),
  })
  // PostgreSQL may answer on another port than yesterday: every charm looks once.
  model.updateStatus()
  deployFeast(model)
  deploySurroundings(model)
  const access = { url: cluster.url, token: cluster.adminToken }
  const kubernetes = stack.use(connectKubernetes(access))
  const resolve = (url: URL): URL => toUnit(url, { model, cluster })
  stack.use(runMetacontroller({ connection: kubernetes, resolve, timer: briskTimer, clock: () => new Date(), log: say }))
  await model.settle()
  const gateway = await openEntrance({ model, cluster, connection: kubernetes, log: say }, stack)
  const kept = stack.move()
  return { folder, model, postgres, pods, kubernetes, access, gateway, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
