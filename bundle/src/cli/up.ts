import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

import { serveKubernetes } from '@charmed-feast/charm/testing'

import { UnitProcesses } from '../agent/unit-processes.ts'
import { deployFeast, feastPrograms } from '../feast.ts'
import { type LocalModel, openLocalModel } from '../model/local-model.ts'
import { images } from '../pod/image.ts'
import { Pods } from '../pod/pods.ts'
import { type Postgres, startPostgres } from '../postgres/postgres.ts'
import { embeddedServer } from '../postgresql/server.ts'
import { Guardian } from '../supervisor/guardian.ts'

/** Where the model's state lies in a state folder. */
export const modelFile = (folder: string): string => join(folder, 'model', 'model.json')

/** A running deployment. */
export interface Deployed extends AsyncDisposable {
  readonly model: LocalModel
  readonly postgres: Postgres
  readonly pods: Pods
}

/** What {@link bringUp} is told. */
export interface UpOptions {
  /** The state folder: made when missing, taken up where it was else. */
  readonly folder: string
  /** Told of every hook, in a line. */
  readonly say: (line: string) => void
}

/** Serves the model's cluster to charms that are processes, and gives the variables by which they find it. */
const serveCluster = async (model: LocalModel, folder: string, stack: AsyncDisposableStack): Promise<Readonly<Record<string, string>>> => {
  const server = stack.use(await serveKubernetes(model.kubernetes))
  const account = join(folder, 'serviceaccount')
  await mkdir(account, { recursive: true, mode: 0o700 })
  await writeFile(join(account, 'token'), 'token', { mode: 0o600 })
  await writeFile(join(account, 'namespace'), model.model.name, { mode: 0o600 })
  return { CHARM_KUBERNETES_URL: server.url, CHARM_SERVICE_ACCOUNT_DIR: account }
}

/**
 * Starts PostgreSQL, opens the model and deploys what is missing of Charmed Feast; gives it once nothing is left to do.
 *
 * @throws BundleError of the embedded PostgreSQL or the local model
 *
 * @example
 * await using deployed = await bringUp({ folder: '.state', say: console.log })
 */
export const bringUp = async ({ folder, say }: UpOptions): Promise<Deployed> => {
  await using stack = new AsyncDisposableStack()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const postgres = await startPostgres({ directory: join(folder, 'postgres'), log: say })
  stack.defer(() => postgres.stop())
  const run = join(folder, 'run')
  const guardian = stack.use(new Guardian())
  guardian.watch(postgres.pid, 'QUIT')
  const pods = stack.use(new Pods({ folder: run, guardian, images }))
  let cluster: Readonly<Record<string, string>> = {}
  const addressOf = (unit: string): string => model.state.units[unit]?.address ?? ''
  const processes = stack.use(new UnitProcesses({ folder: run, guardian, addressOf, clusterOf: () => cluster }))
  await processes.prepare()
  const model: LocalModel = openLocalModel({
    charms: await feastPrograms(embeddedServer(postgres), { processes, folder: join(folder, 'charms') }),
    file: modelFile(folder),
    pods,
    parallel: Math.max(2, availableParallelism()),
    onHook: ({ unit, name, failure }) => say(`${unit}: ${name}${failure === null ? '' : ` failed: ${failure}`}`),
  })
  cluster = await serveCluster(model, run, stack)
  // PostgreSQL may answer on another port than yesterday: every charm looks once.
  model.updateStatus()
  deployFeast(model)
  await model.settle()
  const kept = stack.move()
  return { model, postgres, pods, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
