import { active, blocked, type Status, waiting } from '@charmed-feast/charm'

import type { Decided } from './decision.ts'
import { configurationKeys, unsaidSettings } from './feast-configuration.ts'
import { longestApplicationName } from './manifest.ts'
import { type StoreName, storeNames } from './metadata.ts'
import type { Observation } from './observation.ts'
import { asksForSecret } from './publication.ts'
import { travelsAsSecret } from './travel.ts'

/** One part of the charm, whose name stands before its messages as the Python charm has it. */
interface Part {
  readonly name: string
  readonly status: Status
}

const missing = (endpoint: string): Status => blocked(`Please add the missing relation: ${endpoint}`)

const databaseStatus = ({ databases }: Observation, name: StoreName): Status => {
  const [found, ...more] = databases[name]
  if (found === undefined) return missing(name)
  if (more.length > 0) {
    const apps = [found, ...more].map(({ relation }) => relation.app).join(', ')
    return blocked(`There is more than one relation on ${name} (${apps}): remove all but one`)
  }
  const { state, relation } = found
  if (state.kind === 'waiting') return waiting(`Waiting for ${name} relation data`)
  if (state.kind === 'invalid') return blocked(`Invalid relation data from ${relation.app}: ${state.why}`)
  return active()
}

const configStatus = ({ parsed, pinnedVersion }: Decided): Status => {
  if (parsed.kind === 'invalid') return blocked(parsed.problems.join('; '))
  if (pinnedVersion === null) return active()
  const { entityKeyVersion } = parsed.settings
  return blocked(
    `option "entity-key-serialization-version" is ${entityKeyVersion}, but the online store is written with ${pinnedVersion}: set it back to ${pinnedVersion}, or run the action migrate-entity-keys`,
  )
}

const podDefaultsStatus = ({ podDefaults, app }: Observation): Status => {
  if (podDefaults.length === 0) return missing('pod-defaults')
  if (app.length <= longestApplicationName) return active()
  return blocked(
    `The application's name has ${app.length} characters, and ${longestApplicationName} are allowed: deploy it under a shorter name`,
  )
}

/** A UI that does not ask for the secret knows only the fifteen keys. */
const configurationStatus = ({ configurations }: Observation, { decision }: Decided): Status => {
  if (decision.kind !== 'publish') return active()
  const silent = configurations.find((relation) => !asksForSecret(relation))
  const unsaid = unsaidSettings(decision.store)
  if (silent === undefined || unsaid.length === 0) return active()
  const options = unsaid.map((name) => `"${name}"`).join(', ')
  return blocked(
    `${silent.app} reads ${configurationKeys.length} keys, which cannot say option ${options}: refresh it, or set the option back`,
  )
}

/** Users of namespaces: who makes them, and who carries what they are given. */
const namespaceStatus = ({ access, secrets, config }: Observation, { parsed }: Decided): Status => {
  if (!config['namespace-credentials'] || parsed.kind === 'invalid') return active()
  if (access.kind === 'failed') return access.blocked ? blocked(access.why) : waiting(access.why)
  const open = secrets.find((relation) => !travelsAsSecret(relation, parsed.settings))
  if (open === undefined) return active()
  return blocked(
    `${open.app} reads no Juju secrets, and in clear text every namespace could read the others': refresh it, set manifest-secrets to auto, or namespace-credentials to false`,
  )
}

const isActive = ({ status }: Part): boolean => status.kind === 'active'

const partsOf = (observation: Observation, decided: Decided): readonly Part[] => {
  const config = { name: 'config', status: configStatus(decided) }
  const databases = storeNames.map((name) => ({ name, status: databaseStatus(observation, name) }))
  if (!databases.every(isActive)) return [...databases, config]
  const secrets = { name: 'secrets', status: observation.secrets.length === 0 ? missing('secrets') : active() }
  const podDefaults = { name: 'pod-defaults', status: podDefaultsStatus(observation) }
  const configuration = { name: 'feast-configuration', status: configurationStatus(observation, decided) }
  const namespaces = { name: 'namespace-credentials', status: namespaceStatus(observation, decided) }
  return [...databases, config, namespaces, secrets, ...(isActive(secrets) ? [podDefaults] : []), configuration]
}

/**
 * The statuses of the charm's parts, each with the part's name; what depends on a part that is not well yet says nothing.
 *
 * @example
 * unitStatuses(observation, decide(observation))   // [{ kind: 'blocked', message: '[offline-store] Please add the missing relation: offline-store' }]
 */
export const unitStatuses = (observation: Observation, decided: Decided): readonly Status[] => {
  if (!observation.leader) return [waiting('[leadership-gate] Waiting for leadership')]
  const unwell = partsOf(observation, decided).filter((part) => !isActive(part))
  return [active(), ...unwell.map(({ name, status }) => ({ ...status, message: `[${name}] ${status.message}` }))]
}
