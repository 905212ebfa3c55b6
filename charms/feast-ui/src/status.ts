import { type Applied, active, blocked, type Status } from '@charmed-feast/charm'

import type { Exposure } from './exposure.ts'
import { meshStatuses } from './mesh.ts'
import type { Metadata } from './metadata.ts'
import type { Observation } from './observation.ts'
import { openingFlags } from './settings.ts'
import { workloadStatus } from './workload.ts'

const named = (name: string, status: Status): readonly Status[] =>
  status.kind === 'active' ? [] : [{ ...status, message: `[${name}] ${status.message}` }]

const settingsStatus = ({ settings: parsed, ownImage }: Observation, { containers }: Applied<Metadata>): Status => {
  if (parsed.kind === 'invalid') return blocked(parsed.problems.join('; '))
  const opens = openingFlags(parsed.settings) !== ''
  if (opens && !ownImage && containers['feast-ui']?.reachable === true)
    return blocked("the options need the image of rockcraft.yaml, and this is Feast's own: reset them, or refresh with that image")
  return active()
}

const serviceStatuses = ({ configured }: Observation, { containers }: Applied<Metadata>): readonly Status[] => {
  if (configured.configuration.kind === 'none') return named('feast-configuration', configured.configuration.status)
  const applied = containers['feast-ui'] ?? { reachable: false, services: [], failure: null }
  return named('feast-ui-pebble-service', workloadStatus(applied))
}

/**
 * The statuses of the charm's parts, each with the part's name as the Python charm has it, in its order.
 *
 * @example
 * unitStatus: (applied) => unitStatuses({ observation, exposure }, applied)
 */
export const unitStatuses = (
  { observation, exposure }: { readonly observation: Observation; readonly exposure: Exposure },
  applied: Applied<Metadata>,
): readonly Status[] => {
  const failures = applied.failedObjects.map(({ failure }) => failure)
  return [
    active(),
    ...named('config', settingsStatus(observation, applied)),
    ...named('istio-relations-conflict-detector', exposure.detector),
    ...named('sidecar_mode_relation:ingress', exposure.sidecar),
    ...serviceStatuses(observation, applied),
    ...meshStatuses(observation.mesh, { app: observation.place.app, failures }).flatMap((status) => named('service-mesh', status)),
  ]
}
