import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { CharmMetadata } from '@charmed-feast/charm'
import { inProcess, type ScenarioCharm } from '@charmed-feast/charm/testing'
import { charm as feastIntegrator } from '@charmed-feast/feast-integrator-charm'
import { charm as feastUi } from '@charmed-feast/feast-ui-charm'
import { charm as resourceDispatcher } from '@charmed-feast/resource-dispatcher-charm'

import { buildProgram } from './agent/program.ts'
import type { UnitProcesses } from './agent/unit-processes.ts'
import { dashboardCharm } from './dashboard/charm.ts'
import { pilotCharm } from './gateway/pilot-charm.ts'
import type { Charms, Deployment } from './model/application.ts'
import type { LocalModel } from './model/local-model.ts'
import { postgresqlCharm } from './postgresql/charm.ts'
import type { DatabaseServer } from './postgresql/server.ts'

/**
 * The charms of Charmed Feast, run in this process, with databases on one server.
 *
 * @example
 * const model = openLocalModel({ charms: feastCharms(embeddedServer(postgres)), file: '.state/model.json' })
 */
export const feastCharms = (server: DatabaseServer): Charms => ({
  postgresql: inProcess(postgresqlCharm(server)),
  'istio-pilot': inProcess(pilotCharm),
  'kubeflow-dashboard': inProcess(dashboardCharm),
  'feast-integrator': inProcess(feastIntegrator),
  'feast-ui': inProcess(feastUi),
  'resource-dispatcher': inProcess(resourceDispatcher),
})

interface OwnCharm {
  readonly metadata: CharmMetadata
  readonly actions?: object | undefined
}

/** A charm of this repository as a process. */
const asProcess = async (processes: UnitProcesses, { metadata, actions }: OwnCharm, folder: string): Promise<ScenarioCharm> => {
  const main = fileURLToPath(new URL('main.ts', import.meta.resolve(`@charmed-feast/${metadata.name}-charm`)))
  return processes.charm({
    metadata,
    actions: Object.keys(actions ?? {}),
    charmDir: join(main, '../..'),
    command: await buildProgram(main, join(folder, metadata.name)),
    env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
  })
}

/** What {@link feastPrograms} need. */
export interface ProgramOptions {
  readonly processes: UnitProcesses
  /** Where the programs are put. */
  readonly folder: string
}

/**
 * The same charms, each hook of ours a process of its own as Juju runs it. The databases' charm stays here, where the server is.
 *
 * @example
 * const charms = await feastPrograms(embeddedServer(postgres), { processes, folder: '.state/charms' })
 */
export const feastPrograms = async (server: DatabaseServer, { processes, folder }: ProgramOptions): Promise<Charms> => {
  const [integrator, ui, dispatcher] = await Promise.all([
    asProcess(processes, feastIntegrator, folder),
    asProcess(processes, feastUi, folder),
    asProcess(processes, resourceDispatcher, folder),
  ])
  return { ...feastCharms(server), 'feast-integrator': integrator, 'feast-ui': ui, 'resource-dispatcher': dispatcher }
}

/** The three databases; each is an application, and the name of the endpoint that asks for it. */
const databases = ['offline-store', 'online-store', 'registry'] as const

const applications: readonly Deployment[] = [
  // One speaks TLS from the beginning; the others once their option says so.
  ...databases.map((application) => ({ application, charm: 'postgresql', config: { tls: application === 'registry' } })),
  {
    application: 'feast-integrator',
    charm: 'feast-integrator',
    config: { project: 'driver_stats', 'entity-key-serialization-version': 3 },
  },
  // Only who holds the gateway's key comes to it, and that is the user of this machine.
  { application: 'feast-ui', charm: 'feast-ui', config: { 'allow-data': true, 'allow-writes': true } },
  { application: 'resource-dispatcher', charm: 'resource-dispatcher' },
]

const relations: readonly (readonly [string, string])[] = [
  ...databases.map((name) => [`feast-integrator:${name}`, `${name}:database`] as const),
  ['feast-ui:feast-configuration', 'feast-integrator:feast-configuration'],
  ['feast-integrator:secrets', 'resource-dispatcher:secrets'],
  ['feast-integrator:pod-defaults', 'resource-dispatcher:pod-defaults'],
]

const areRelated = (model: LocalModel, ends: readonly string[]): boolean =>
  model.model.relations.some((relation) =>
    ends.every((name) => relation.ends.some(({ application, endpoint }) => name === `${application}:${endpoint}`)),
  )

const deployMissing = (model: LocalModel, wanted: readonly Deployment[], related: readonly (readonly [string, string])[]): void => {
  for (const each of wanted) if (model.model.applications[each.application] === undefined) model.deploy(each)
  for (const ends of related) if (!areRelated(model, ends)) model.integrate(...ends)
}

/** What Kubeflow brings: a gateway and a dashboard. */
const surroundings: readonly Deployment[] = [
  { application: 'istio-pilot', charm: 'istio-pilot' },
  { application: 'kubeflow-dashboard', charm: 'kubeflow-dashboard' },
]

const exposures: readonly (readonly [string, string])[] = [
  ['feast-ui:ingress', 'istio-pilot:ingress'],
  ['feast-ui:dashboard-links', 'kubeflow-dashboard:links'],
]

/**
 * Deploys gateway and dashboard beside Charmed Feast, and the UI's relations with them: what is there already stays as it is.
 *
 * @example
 * deploySurroundings(model)
 */
export const deploySurroundings = (model: LocalModel): void => deployMissing(model, surroundings, exposures)

/**
 * Deploys Charmed Feast: what is there already stays as it is. Hooks run when the model settles.
 *
 * @example
 * deployFeast(model)
 * await model.settle()
 */
export const deployFeast = (model: LocalModel): void => deployMissing(model, applications, relations)
