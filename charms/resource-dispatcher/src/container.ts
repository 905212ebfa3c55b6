import { type AppliedContainer, type DesiredContainer, type Hook, type Status, waiting } from '@charmed-feast/charm'
import { findFile, findFiles } from '@charmed-feast/charm/pebble'

import { type Delivery, deliveredFiles, isIncomplete } from './delivery.ts'
import { folder, type Metadata, port } from './metadata.ts'
import { tokenPath } from './sync-token.ts'

/** The service, the layer, the check and the container are all called so. */
const name = 'resource-dispatcher'
/** A service of our own rock's layer that never runs: it tells the image from the Python one. */
const mark = 'charmed-feast'

/**
 * Whether a plan is of our own image.
 *
 * @example
 * isOwnImage({ 'charmed-feast': { startup: 'disabled' } })   // true
 */
export const isOwnImage = (services: Readonly<Record<string, unknown>>): boolean => services[mark] !== undefined

/** Files by path below an endpoint's folder, by endpoint. */
export type KeptFiles = Readonly<Record<string, Readonly<Record<string, string>>>>

const readFolder = async (hook: Hook<Metadata>, endpoint: string): Promise<Readonly<Record<string, string>>> => {
  const pebble = await hook.pebble(name)
  const kept: Record<string, string> = {}
  for (const place of (await findFiles(pebble, `${folder}/${endpoint}`)) ?? []) {
    if (place.type !== 'directory') continue
    for (const file of (await findFiles(pebble, place.path)) ?? []) {
      if (file.type !== 'file' || !file.name.endsWith('.yaml')) continue
      const content = await findFile(pebble, file.path)
      if (content !== null) kept[`${place.name}/${file.name}`] = content.toString()
    }
  }
  return kept
}

/**
 * Reads what was delivered before, where something is missing now.
 *
 * @example
 * const kept = await observeKept(hook, deliveries)
 */
export const observeKept = async (hook: Hook<Metadata>, deliveries: readonly Delivery[]): Promise<KeptFiles> => {
  const kept: Record<string, Readonly<Record<string, string>>> = {}
  for (const delivery of deliveries.filter(isIncomplete)) kept[delivery.endpoint] = await readFolder(hook, delivery.endpoint)
  return kept
}

/** What {@link describeContainer} needs. */
export interface ContainerOptions {
  readonly deliveries: readonly Delivery[]
  readonly kept: KeptFiles
  readonly ownImage: boolean
  /** The label of the namespaces; null when the configured one is none: the service stays as it is. */
  readonly label: string | null
  /** The uid of the DecoratorController, for our own hook server; null as long as there is none. */
  readonly controllerUid: string | null
  /** What the asker must show besides; null where metacontroller cannot. */
  readonly token: string | null
}

type Layer = NonNullable<DesiredContainer['layers']>[string]

const environmentOf = ({ ownImage, controllerUid, token }: ContainerOptions): object => {
  if (!ownImage || controllerUid === null) return {}
  return { environment: { DECORATOR_CONTROLLER_UID: controllerUid, ...(token === null ? {} : { SYNC_TOKEN_FILE: tokenPath }) } }
}

const describeLayer = (options: ContainerOptions): Layer => {
  const { ownImage, label } = options
  const program = ownImage ? name : 'python3 main.py'
  const probe = ownImage ? { http: { url: `http://localhost:${port}/health` } } : { tcp: { port } }
  return {
    summary: 'resource-dispatcher layer',
    description: 'Pebble config layer for resource-dispatcher-operator',
    services: {
      [name]: {
        override: 'replace',
        summary: 'Entrypoint of resource-dispatcher-operator image',
        command: `${program} --port ${port} --label ${label} --folder ${folder}`,
        startup: 'enabled',
        'on-check-failure': { [name]: 'restart' },
        ...environmentOf(options),
      },
    },
    checks: { [name]: { override: 'replace', level: 'ready', period: '10s', timeout: '3s', threshold: 6, ...probe } },
  }
}

/**
 * The workload container as it shall be: a folder for each endpoint, and the hook server that reads them. Manifests hold credentials, so
 * that only the server's user reads them.
 *
 * @example
 * describeContainer({ deliveries, kept: {}, ownImage: false, label: 'user.kubeflow.org/enabled', controllerUid: null, token: null })
 */
export const describeContainer = (options: ContainerOptions): DesiredContainer => {
  const { deliveries, kept, ownImage, label, token } = options
  const describe = (delivery: Delivery): NonNullable<DesiredContainer['folders']>[string] => {
    const files = deliveredFiles(delivery, { kept: kept[delivery.endpoint] ?? {}, ownImage })
    return Object.fromEntries(Object.entries(files).map(([path, content]) => [path, { content, permissions: 0o600 }]))
  }
  return {
    folders: Object.fromEntries(deliveries.map((delivery) => [`${folder}/${delivery.endpoint}`, describe(delivery)])),
    ...(token === null ? { absent: [tokenPath] } : { files: { [tokenPath]: { content: token, permissions: 0o600 } } }),
    ...(label === null ? {} : { layers: { [name]: describeLayer(options) } }),
  }
}

/**
 * How the hook server does, if it does not do well; services of others in the container do not count.
 *
 * @example
 * containerStatuses({ reachable: true, services: [], failure: null })[0]?.kind   // 'waiting'
 */
export const containerStatuses = ({ services, failure }: AppliedContainer): readonly Status[] => {
  const runs = services.some((service) => service.name === name && service.current === 'active')
  if (failure !== null) return [waiting(`Service ${name} cannot be brought up to date: ${failure.message.replace(/\s*\n\s*/g, ' ')}`)]
  return runs ? [] : [waiting(`Waiting for Pebble services (${name}).  If this persists, it could be a blocking configuration error.`)]
}
