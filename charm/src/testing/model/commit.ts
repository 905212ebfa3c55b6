import { mergeBag, withSecret, withUnit } from './apply-change.ts'
import type { AccessChange, Commit, PortChange, SecretUri } from './change.ts'
import { applicationOf, type Bag, type Model, type PortRange } from './model.ts'
import { relationSide } from './relation.ts'
import { latestRevision, type Secret } from './secret.ts'
import { canManage, formatSecretUri } from './secret-read.ts'

/** What the controller made of a hook's request: a new model, or why it refused. After a refusal the model may still have changed: see {@link applyCommit}. */
export interface CommitOutcome {
  readonly model: Model
  readonly refusal: string | null
}

class Refusal extends Error {}

/**
 * Applies a hook's request as the controller does (juju-tools.md §3): first the rest is checked, then secrets change one after another
 * (create, update, track, grant, revoke, delete), then the rest in one transaction. The first refusal ends it; secrets that were
 * changed before it stay changed.
 *
 * @example
 * const { model, refusal } = applyCommit(holder.model, commit)
 */
export function applyCommit(before: Model, commit: Commit): CommitOutcome {
  let model = before
  try {
    checkRest(model, commit)
    for (const step of secretSteps(commit)) model = step(model)
    return { model: applyRest(model, commit), refusal: null }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { model, refusal: error.message }
  }
}

function checkRest(model: Model, commit: Commit): void {
  const application = applicationOf(commit.unit)
  const leads = model.applications[application]?.leader === commit.unit
  if (!leads && commit.relations.some((relation) => relation.application)) refuse('', `"${commit.unit}" is not leader of "${application}"`)
  const icmp = [...commit.openPorts, ...commit.closePorts].some(({ range }) => range.protocol === 'icmp')
  if (model.type === 'caas' && icmp) refuse('', 'protocol icmp on caas models not supported')
  const size = Object.entries(commit.charmState ?? {}).reduce((sum, pair) => sum + Buffer.byteLength(pair.join('')), 0)
  if (size > 2 * 1024 * 1024) refuse('', `max allowed size (2097152) exceeded`)
}

type Step = (model: Model) => Model

function secretSteps(commit: Commit): Step[] {
  const { unit } = commit
  return [
    ...commit.secretCreates.map(
      (create): Step =>
        (model) =>
          createSecret(model, unit, create),
    ),
    ...commit.secretUpdates.map(
      (update): Step =>
        (model) =>
          updateSecret(model, unit, update),
    ),
    ...commit.secretTrackLatest.map(
      (id): Step =>
        (model) =>
          trackLatest(model, unit, id),
    ),
    ...commit.secretGrants.map(
      (grant): Step =>
        (model) =>
          grantSecret(model, unit, grant),
    ),
    ...commit.secretRevokes.map(
      (revoke): Step =>
        (model) =>
          revokeSecret(model, unit, revoke),
    ),
    ...commit.secretDeletes.map(
      (removed): Step =>
        (model) =>
          deleteSecret(model, unit, removed.uri, removed.revisions),
    ),
  ]
}

function refuse(step: string, why: string): never {
  throw new Refusal(step === '' ? why : `${step}: ${why}`)
}

/** The secret, when the unit may change it. */
function requireSecret(step: string, model: Model, unit: string, uri: SecretUri): Secret {
  const secret = model.secrets.find(({ id }) => id === uri.id)
  if (!secret) return refuse(step, `secret "${formatSecretUri(uri)}" not found`)
  if (!canManage(model, secret, unit)) return refuse(step, 'permission denied')
  return secret
}

function requireFreeLabel(step: string, model: Model, secret: Pick<Secret, 'id' | 'owner' | 'label'>): void {
  if (secret.label === '') return
  const sameOwner = (each: Secret): boolean => each.owner.kind === secret.owner.kind && each.owner.name === secret.owner.name
  const taken = model.secrets.some((each) => each.id !== secret.id && sameOwner(each) && each.label === secret.label)
  if (taken) refuse(step, `secret with label "${secret.label}" already exists`)
}

function createSecret(model: Model, unit: string, create: Commit['secretCreates'][number]): Model {
  const { owner, content, label = '', description = '', rotate = '', expire = '' } = create
  const { id } = create.uri
  const secret = { id, owner, label, description, rotate, expire, revisions: [{ revision: 1, content }], grants: [], consumers: {} }
  if (!canManage(model, secret, unit)) refuse('creating secrets', 'permission denied')
  requireFreeLabel('creating secrets', model, secret)
  return { ...model, secrets: [...model.secrets, secret] }
}

function updateSecret(model: Model, unit: string, update: Commit['secretUpdates'][number]): Model {
  const step = 'updating secrets'
  const secret = requireSecret(step, model, unit, update.uri)
  const { label = secret.label, description = secret.description, rotate = secret.rotate, expire = secret.expire, content } = update
  requireFreeLabel(step, model, { ...secret, label })
  const next = { revision: latestRevision(secret).revision + 1, content: content ?? {} }
  const revisions = content ? [...secret.revisions, next] : secret.revisions
  return withSecret(model, secret.id, () => ({ ...secret, label, description, rotate, expire, revisions }))
}

function trackLatest(model: Model, unit: string, id: string): Model {
  const secret = requireSecret('updating secret tracked revisions', model, unit, { model: '', id })
  const consumer = { label: secret.consumers[unit]?.label ?? '', revision: latestRevision(secret).revision }
  return withSecret(model, id, () => ({ ...secret, consumers: { ...secret.consumers, [unit]: consumer } }))
}

function grantSecret(model: Model, unit: string, { uri, subject, scope }: AccessChange): Model {
  const secret = requireSecret('granting secrets access', model, unit, uri)
  const existing = secret.grants.find((grant) => grant.target === subject)
  if (existing && existing.scope !== scope) refuse('granting secrets access', 'cannot change secret permission scope')
  const others = secret.grants.filter((grant) => grant.target !== subject)
  return withSecret(model, uri.id, () => ({ ...secret, grants: [...others, { target: subject, scope }] }))
}

function revokeSecret(model: Model, unit: string, { uri, subject }: AccessChange): Model {
  const secret = requireSecret('revoking secrets access', model, unit, uri)
  return withSecret(model, uri.id, () => ({ ...secret, grants: secret.grants.filter((grant) => grant.target !== subject) }))
}

/** Removing what is not there is no error. Without revisions, or when none is left, the whole secret goes. */
function deleteSecret(model: Model, unit: string, uri: SecretUri, revisions: readonly number[] | null): Model {
  if (!model.secrets.some(({ id }) => id === uri.id)) return model
  const secret = requireSecret('removing secrets', model, unit, uri)
  const kept = revisions === null ? [] : secret.revisions.filter(({ revision }) => !revisions.includes(revision))
  if (kept.length === 0) return { ...model, secrets: model.secrets.filter(({ id }) => id !== uri.id) }
  return withSecret(model, uri.id, () => ({ ...secret, revisions: kept }))
}

function applyRest(before: Model, commit: Commit): Model {
  const { unit } = commit
  const model = commit.relations.reduce((each, change) => applyRelation(each, unit, change), before)
  return withUnit(model, unit, (old) => ({
    ...old,
    charmState: commit.charmState ?? old.charmState,
    ports: applyPorts(old.ports, commit.openPorts, commit.closePorts),
  }))
}

function applyRelation(model: Model, unit: string, change: Commit['relations'][number]): Model {
  const application = applicationOf(unit)
  const relations = model.relations.map((relation) => {
    if (relation.id !== change.relation || !relationSide(relation, application)) return relation
    const write = (bags: Readonly<Record<string, Bag>>, name: string, bag: Bag | null): Readonly<Record<string, Bag>> =>
      bag ? { ...bags, [name]: mergeBag(bags[name] ?? {}, bag) } : bags
    return {
      ...relation,
      applicationData: write(relation.applicationData, application, change.application),
      unitData: write(relation.unitData, unit, change.unit),
    }
  })
  return { ...model, relations }
}

type Ports = Readonly<Record<string, readonly PortRange[]>>

function applyPorts(ports: Ports, opened: readonly PortChange[], closed: readonly PortChange[]): Ports {
  const same = (left: PortRange, right: PortRange): boolean =>
    left.from === right.from && left.to === right.to && left.protocol === right.protocol
  const endpoints = new Set([...Object.keys(ports), ...opened.map(({ endpoint }) => endpoint)])
  const after = [...endpoints].map((endpoint) => {
    const of = (changes: readonly PortChange[]): PortRange[] => changes.flatMap((each) => (each.endpoint === endpoint ? [each.range] : []))
    const all = [...(ports[endpoint] ?? []), ...of(opened)]
    const left = all.filter((range, index) => all.findIndex((each) => same(each, range)) === index)
    return [endpoint, left.filter((range) => !of(closed).some((each) => same(each, range)))] as const
  })
  return Object.fromEntries(after.filter(([, ranges]) => ranges.length > 0))
}
