import type { AccessChange, ActionResult, Change, Commit, PortChange, SecretFields } from '../model/change.ts'
import { applicationOf, type Model } from '../model/model.ts'
import { relationKey } from '../model/relation.ts'
import { checksum } from '../model/secret.ts'
import { formatSecretUri } from '../model/secret-read.ts'
import { applicationTag, relationTag, unitTag } from '../model/tag.ts'
import type { RecordedCall } from './recording.ts'

/** The API call that Juju's agent makes for a change that cannot wait; null where none was recorded (reading secrets). */
export function callOfChange(change: Change): RecordedCall | null {
  switch (change.kind) {
    case 'unit-status':
    case 'application-status': {
      const entity = { data: null, info: change.message, status: change.status, tag: unitTag(change.unit) }
      return { call: change.kind === 'unit-status' ? 'SetUnitStatus' : 'SetApplicationStatus', args: { entities: [entity] } }
    }
    case 'workload-version':
      return { call: 'SetWorkloadVersion', args: { entities: [{ tag: unitTag(change.unit), 'workload-version': change.version }] } }
    case 'leader-settings': {
      const tags = { 'application-tag': applicationTag(applicationOf(change.unit)), 'unit-tag': unitTag(change.unit) }
      return { call: 'Merge', args: { params: [{ ...tags, settings: change.settings }] } }
    }
    case 'action-message':
      return { call: 'LogActionsMessages', args: { messages: [{ tag: `action-${change.action}`, value: change.message }] } }
    case 'secret-id-reserved':
      return { call: 'CreateSecretURIs', args: { count: 1 } }
    case 'secret-consumed':
    case 'secret-relabelled':
      return null
  }
}

/** The request of a hook's end as the agent sends it: empty parts are left out. */
export function callOfCommit(model: Model, commit: Commit): RecordedCall {
  const tag = unitTag(commit.unit)
  const parts = {
    'update-network-info': commit.networkInfo || [],
    'pod-spec': commit.upgradeCount ? { tag: applicationTag(applicationOf(commit.unit)) } : [],
    'relation-unit-settings': commit.relations.map(({ relation, unit, application }) => ({
      relation: tagOfRelation(model, relation),
      unit: tag,
      settings: unit,
      'application-settings': application,
    })),
    'open-ports': commit.openPorts.map((port) => printPort(port, tag)),
    'close-ports': commit.closePorts.map((port) => printPort(port, tag)),
    'unit-state': commit.charmState ? { tag, 'charm-state': commit.charmState } : [],
    'add-storage': commit.storage.map(({ name, count }) => ({ name, storage: { count }, unit: tag })),
    'secret-creates': commit.secretCreates.map((create) => ({
      ...printFields(create),
      'owner-tag': create.owner.kind === 'unit' ? unitTag(create.owner.name) : applicationTag(create.owner.name),
      uri: formatSecretUri(create.uri),
    })),
    'secret-updates': commit.secretUpdates.map((update) => ({ ...printFields(update), uri: formatSecretUri(update.uri) })),
    'secret-track-latest': commit.secretTrackLatest,
    'secret-grants': commit.secretGrants.map((grant) => printAccess(grant, 'view')),
    'secret-revokes': commit.secretRevokes.map((revoke) => printAccess(revoke, '')),
    'secret-deletes': commit.secretDeletes.map(({ uri, revisions }) => ({
      label: '',
      uri: formatSecretUri(uri),
      ...(revisions ? { revisions } : {}),
    })),
  }
  const sent = Object.entries(parts).filter(([, part]) => !Array.isArray(part) || part.length > 0)
  return { call: 'CommitHookChanges', args: Object.fromEntries(sent) }
}

/** The call that ends an action. */
export function callOfAction({ action, status, message, results }: ActionResult): RecordedCall {
  const result = {
    'action-tag': `action-${action}`,
    status,
    ...(message === '' ? {} : { message }),
    ...(Object.keys(results).length === 0 ? {} : { results }),
  }
  return { call: 'FinishActions', args: { results: [result] } }
}

function tagOfRelation(model: Model, id: number): string {
  const relation = model.relations.find((each) => each.id === id)
  return relation ? relationTag(relationKey(relation)) : ''
}

function printPort({ endpoint, range }: PortChange, tag: string): object {
  return { endpoint, 'from-port': range.from, 'to-port': range.to, protocol: range.protocol, tag }
}

function printAccess({ uri, subject, scope }: AccessChange, role: string): object {
  return { role, 'scope-tag': scope, 'subject-tags': [subject], uri: formatSecretUri(uri) }
}

function printFields({ label, description, rotate, expire, content }: SecretFields): object {
  return {
    content: content ? { checksum: checksum(content), data: content } : {},
    ...(label === undefined ? {} : { label }),
    ...(description === undefined ? {} : { description }),
    ...(rotate === undefined ? {} : { 'rotate-policy': rotate }),
    ...(expire === undefined ? {} : { 'expire-time': expire }),
  }
}
