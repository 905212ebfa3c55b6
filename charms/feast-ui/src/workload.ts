import { createHash } from 'node:crypto'

import { type AppliedContainer, active, type DesiredContainer, type Status, waiting } from '@charmed-feast/charm'
import { certificatesOf, type FeatureStore, renderFeatureStoreYaml } from '@charmed-feast/feast-integrator-charm'

import { port } from './metadata.ts'
import { openingFlags, type Settings } from './settings.ts'

/** The service, the layer, the check and the container are all called so. */
const name = 'feast-ui'
/** Where the service runs, and finds `feature_store.yaml`. */
const folder = '/home/ubuntu'
/** A service of our own rock's layer that never runs: it tells the image from the Python one. */
const mark = 'charmed-feast'

const filesOf = (store: FeatureStore): Readonly<Record<string, string>> => ({
  'feature_store.yaml': renderFeatureStoreYaml(store, { folder }),
  ...certificatesOf(store),
})

// Feast reads its configuration once: a service whose files changed starts again, because this changes with them.
const fingerprint = (files: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort()))
    .digest('hex')
    .slice(0, 16)

/**
 * Whether a plan is of our own image: its page answers on `/health`; Feast's only takes connections.
 *
 * @example
 * isOwnImage({ 'charmed-feast': { startup: 'disabled' } })   // true
 */
export const isOwnImage = (services: Readonly<Record<string, unknown>>): boolean => services[mark] !== undefined

/**
 * The workload container as it shall be.
 *
 * @example
 * describeContainer(store, { ownImage: false, settings }).layers?.['feast-ui']?.services
 */
export const describeContainer = (
  store: FeatureStore,
  { ownImage, settings }: { readonly ownImage: boolean; readonly settings: Settings },
): DesiredContainer => {
  const files = filesOf(store)
  const probe = ownImage ? { http: { url: `http://localhost:${port}/health` } } : { tcp: { port } }
  const layer = {
    summary: 'feast-ui layer',
    description: 'Pebble config layer for feast-ui',
    services: {
      [name]: {
        override: 'replace',
        summary: 'Entry point for feast-ui image',
        command: `feast ui --host 0.0.0.0 --port ${port} --root_path /feast ${ownImage ? openingFlags(settings) : ''}`.trimEnd(),
        startup: 'enabled',
        'working-dir': folder,
        environment: { FEAST_CONFIGURATION: fingerprint(files) },
        'on-check-failure': { [name]: 'restart' },
      },
    },
    checks: { [name]: { override: 'replace', level: 'ready', period: '10s', timeout: '3s', threshold: 6, ...probe } },
  } as const
  return {
    files: Object.fromEntries(
      Object.entries(files).map(([file, content]) => [`${folder}/${file}`, { content, permissions: 0o600 }] as const),
    ),
    layers: { [name]: layer },
  }
}

/**
 * How the service does; services of others in the container do not count.
 *
 * @example
 * workloadStatus({ reachable: false, services: [], failure: null })   // waiting 'Waiting for Pebble to be ready.'
 */
export const workloadStatus = ({ reachable, services, failure }: AppliedContainer): Status => {
  if (!reachable) return waiting('Waiting for Pebble to be ready.')
  const runs = services.some((service) => service.name === name && service.current === 'active')
  if (!runs) return waiting(`Waiting for Pebble services (${name}).  If this persists, it could be a blocking configuration error.`)
  return failure === null ? active() : waiting(failure.message)
}
