import { ToolError } from '../tool/tool-error.ts'
import type { Change, SecretUri } from './change.ts'
import { applicationOf, type Bag, type Model } from './model.ts'
import { latestRevision, type Secret } from './secret.ts'
import { applicationTag, unitTag } from './tag.ts'

/** What `secret-get` asks the controller. */
export interface SecretQuery {
  readonly unit: string
  readonly uri: SecretUri | null
  readonly label: string
  readonly refresh: boolean
  readonly peek: boolean
}

/** The content (base64), and what the question itself changed: which revision is tracked, under which label. */
export interface SecretAnswer {
  readonly content: Bag
  readonly changes: readonly Change[]
}

/** A URI as Juju prints it: `secret:<id>`, with the model's UUID where it is known. */
export function formatSecretUri(uri: SecretUri): string {
  return uri.model === '' ? `secret:${uri.id}` : `secret://${uri.model}/${uri.id}`
}

/** Whether a secret belongs to the unit, or to its application. */
export function isOwner(secret: Secret, unit: string): boolean {
  return secret.owner.name === (secret.owner.kind === 'unit' ? unit : applicationOf(unit))
}

/** Whether the unit may change a secret: the owning unit, or the leader of the owning application. */
export function canManage(model: Model, secret: Secret, unit: string): boolean {
  if (!isOwner(secret, unit)) return false
  return secret.owner.kind === 'unit' || model.applications[secret.owner.name]?.leader === unit
}

function canRead(secret: Secret, unit: string): boolean {
  const readers = [unitTag(unit), applicationTag(applicationOf(unit))]
  return isOwner(secret, unit) || secret.grants.some((grant) => readers.includes(grant.target))
}

function findSecret(model: Model, query: SecretQuery): Secret {
  const { uri, label, unit } = query
  const found = uri
    ? model.secrets.find((secret) => secret.id === uri.id)
    : (model.secrets.find((secret) => isOwner(secret, unit) && secret.label === label) ??
      model.secrets.find((secret) => secret.consumers[unit]?.label === label))
  if (found) return found
  throw new ToolError(uri ? `secret "${formatSecretUri(uri)}" not found` : `consumer label ${JSON.stringify(label)} not found`)
}

/**
 * Reads a secret for a unit as the controller does: the tracked revision, the newest at the first time and with refresh or
 * peek; a label given beside a URI names the owner's secret itself, or the reader's view of it.
 *
 * @throws {ToolError} when there is no such secret or it was not granted.
 */
export function readSecret(model: Model, query: SecretQuery): SecretAnswer {
  const { unit, label } = query
  const secret = findSecret(model, query)
  if (!canRead(secret, unit)) throw new ToolError('permission denied')
  const consumer = secret.consumers[unit]
  const newest = latestRevision(secret)
  const wanted = !consumer || query.refresh || query.peek ? newest : secret.revisions.find(({ revision }) => revision === consumer.revision)
  if (!wanted) throw new ToolError(`secret revision "${secret.id}/${consumer?.revision}" not found`)
  const changes: Change[] = []
  if (query.uri && label !== '' && isOwner(secret, unit) && canManage(model, secret, unit) && secret.label !== label) {
    changes.push({ kind: 'secret-relabelled', id: secret.id, label })
  }
  const ownLabel = query.uri && label !== '' && !isOwner(secret, unit) ? label : (consumer?.label ?? '')
  const tracked = query.peek ? (consumer?.revision ?? newest.revision) : wanted.revision
  if (tracked !== consumer?.revision || ownLabel !== consumer.label) {
    changes.push({ kind: 'secret-consumed', unit, id: secret.id, revision: tracked, label: ownLabel })
  }
  return { content: wanted.content, changes }
}
