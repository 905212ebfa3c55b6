import { active, blocked, type DesiredBag, type Relation, type Status, waiting } from '@charmed-feast/charm'
import { parse, stringify } from 'yaml'

import { port, prefix } from './metadata.ts'

// The `ingress` relation as serialized-data-interface 0.7.0 speaks it (charm-compat §3.5): YAML values, versions first, then data.

/** Who asks. */
export interface Place {
  readonly app: string
  readonly model: string
}

/** What one side of the sidecar ingress shall say, and how it does. */
export interface SidecarIngress {
  readonly bag: DesiredBag
  readonly status: Status
}

const ownVersions = '- v1\n'

/** A message of the Python library: it names the relation as ops prints it. */
const unknownError = (text: string): Status => blocked(`Caught unknown error: '${text}'`)

const undeserialized = ({ name, app }: Relation<'app'>, key: string): Status =>
  unknownError(`Failed to deserialize data on ${name} from ${app} at '${key}'`)

const parseYaml = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: parse(text, { version: '1.1', logLevel: 'error' }) }
  } catch {
    return null
  }
}

const versionNumber = (version: unknown): number | null => {
  if (typeof version === 'number') return version
  const [, digits] = /^v(\d+)$/.exec(String(version)) ?? []
  return digits === undefined ? null : Number(digits)
}

const refuse = (relation: Relation<'app' | 'remoteApp'>): Status | null => {
  const { name, app, remoteApp } = relation
  const offered = remoteApp._supported_versions
  if (offered === undefined) return waiting(`List of <ops.model.Relation ${name}> versions not found for apps: ${app}`)
  const parsed = parseYaml(offered)
  if (parsed === null) return undeserialized(relation, '_supported_versions')
  const versions = [parsed.value].flat()
  const odd = versions.find((version) => versionNumber(version) === null)
  if (odd !== undefined) return unknownError(`${String(odd)} is not an int or 'vX' string`)
  if (!versions.some((version) => versionNumber(version) === 1)) return blocked(`No compatible ingress versions found for apps: ${app}`)
  if (remoteApp.data === undefined) return null
  return parseYaml(remoteApp.data) === null
    ? undeserialized(relation, 'data')
    : unknownError(`No provides schema found for data on ${name} from ${app}`)
}

/**
 * What the charm says to an Istio gateway in sidecar mode, and how that went.
 *
 * @example
 * planSidecarIngress(relation, { app: 'feast-ui', model: 'kubeflow' }).bag
 */
export const planSidecarIngress = (relation: Relation<'app' | 'remoteApp'>, { app, model }: Place): SidecarIngress => {
  const refused = refuse(relation)
  const versions = { _supported_versions: ownVersions }
  if (refused !== null) return { bag: versions, status: refused }
  const data = stringify({ namespace: model, port, prefix, rewrite: '/', service: app }, { version: '1.1' })
  return { bag: { ...versions, data }, status: active() }
}
