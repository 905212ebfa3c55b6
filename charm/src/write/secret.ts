import type { DesiredSecret, DesiredSecrets } from '../desired.ts'
import type { HookEvent } from '../event.ts'
import type { Hook } from '../hook.ts'
import { type SecretInfo, type SecretMetadata, secretAdd, secretGrant, secretRemove, secretRevoke, secretSet } from '../hook-tool/secret.ts'
import type { TextMap } from '../hook-tool/text-map.ts'
import type { CharmMetadata } from '../metadata.ts'
import type { RelationName } from '../relation.ts'
import { secretId } from '../secret.ts'
import type { Step } from './step.ts'

/** The URIs of own secrets by label; filled while secrets are written, read when relation data is. */
export type SecretUris = Map<string, string>

const sameTexts = (a: TextMap, b: TextMap): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

const changedMetadata = ({ description, expire, rotate }: DesiredSecret, info: SecretInfo): Omit<SecretMetadata, 'label'> => ({
  ...(description === undefined || description === info.description ? {} : { description }),
  ...(expire === undefined || expire === info.expiry ? {} : { expire }),
  ...(rotate === undefined || rotate === info.rotation ? {} : { rotate }),
})

interface Grant {
  readonly relation: RelationName
  /** What `secret-info-get` shows of it. */
  readonly target: string
  readonly scope: string
}

const grantOf = async <Metadata extends CharmMetadata>(hook: Hook<Metadata>, relation: RelationName): Promise<Grant> => ({
  relation,
  target: `application-${await hook.relationReader.app(relation)}`,
  scope: `${hook.context.app}.${relation.endpoint}`,
})

const isGranted = ({ target, scope }: Grant, info: SecretInfo): boolean =>
  info.access.some(
    (access) =>
      access.target === target &&
      access.scope
        .replace(/^relation-/, '')
        .split('#')
        .includes(scope),
  )

const planNew = <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { secret, uris }: { readonly secret: DesiredSecret; readonly uris: SecretUris },
): readonly Step[] => {
  const { content, grants, ...metadata } = secret
  const add = async (): Promise<void> => {
    uris.set(secret.label, await secretAdd(hook.run, content, metadata))
  }
  return [
    { what: `add secret ${secret.label}`, perform: add },
    ...grants.map((relation) => ({
      what: `grant secret ${secret.label} to ${relation.name}`,
      perform: () => secretGrant(hook.run, uris.get(secret.label) ?? '', { relation: relation.name }),
    })),
  ]
}

const planExisting = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { secret, info }: { readonly secret: DesiredSecret; readonly info: SecretInfo },
): Promise<readonly Step[]> => {
  const { run } = hook
  const { label, owner } = secret
  // Since Juju 3.1.7 an owner tracks a revision as readers do: with a mere look at the newest one the old ones would pile up.
  const stored = await hook.secret({ id: info.id, revision: 'refresh' })
  const metadata = changedMetadata(secret, info)
  const content = sameTexts(secret.content, stored) ? {} : { content: secret.content }
  const change = { ...metadata, ...content }
  const grants = await Promise.all(secret.grants.map((relation) => grantOf(hook, relation)))
  const surplus = info.access.filter(({ target }) => !grants.some((grant) => grant.target === target))
  // Juju lets an application in only after its units were sent out, and not in the same hook.
  const isLate = ({ target }: Grant): boolean =>
    surplus.some((access) => access.target.startsWith(`${target.replace('application', 'unit')}-`))
  const missing = grants.filter((grant) => !isGranted(grant, info) && !isLate(grant))
  return [
    ...(Object.keys(change).length === 0
      ? []
      : [
          { what: `set secret ${label} (${Object.keys(change).join(', ')})`, perform: () => secretSet(run, info.id, { owner, ...change }) },
        ]),
    ...missing.map(({ relation }) => ({
      what: `grant secret ${label} to ${relation.name}`,
      perform: () => secretGrant(run, info.id, { relation: relation.name }),
    })),
    ...surplus.map(({ target }) => ({
      what: `revoke secret ${label} from ${target}`,
      perform: () => secretRevoke(run, info.id, revocation(target)),
    })),
  ]
}

const revocation = (target: string): { readonly app: string } | { readonly unit: string } =>
  target.startsWith('unit-') ? { unit: target.slice(5).replace(/-(\d+)$/, '/$1') } : { app: target.replace(/^application-/, '') }

/** The revision of this secret that Juju says nobody reads any more. */
const obsoleteRevision = (event: HookEvent, id: string): number | null =>
  event.kind === 'secret-remove' && secretId(event.id) === id ? event.revision : null

/**
 * Removes it. Juju may say so twice, or of a secret that is gone (juju/juju#20794): only what is in the list of own secrets is removed.
 * In one hook Juju drops every other change of a secret of which something is removed, so that change waits for the next hook: it has
 * one of its own coming, and this removal has not.
 */
const planObsolete = <Metadata extends CharmMetadata>({ event, run }: Hook<Metadata>, { id, label }: SecretInfo): Step | null => {
  const revision = obsoleteRevision(event, id)
  if (revision === null) return null
  return { what: `remove revision ${revision} of secret ${label ?? id}`, perform: () => secretRemove(run, id, { revision }) }
}

const planOne = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { secret, info, uris }: { readonly secret: DesiredSecret; readonly info: SecretInfo | undefined; readonly uris: SecretUris },
): Promise<readonly Step[]> => {
  if (info === undefined) return planNew(hook, { secret, uris })
  const obsolete = planObsolete(hook, info)
  return obsolete === null ? planExisting(hook, { secret, info }) : [obsolete]
}

/**
 * A unit that led once still counts as a reader of what it published then, without a label of its own: Juju tells it of new revisions, and keeps
 * the one that it read last until it reads a newer one.
 */
const followPublished = async <Metadata extends CharmMetadata>({ event, hasReadSecret, findSecret }: Hook<Metadata>): Promise<void> => {
  if (event.kind !== 'secret-changed' || event.label !== null || hasReadSecret(event.id)) return
  await findSecret({ id: event.id, revision: 'refresh' })
}

/**
 * Plans what makes the own secrets equal to the desired ones: added, changed, granted, taken back, removed. Known by their labels.
 *
 * @example
 * const uris: SecretUris = new Map()
 * await planSecrets(hook, { desired: { owns: (label) => label.startsWith('manifest.'), present: [] }, uris })
 */
export const planSecrets = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  { desired, uris }: { readonly desired: DesiredSecrets | undefined; readonly uris: SecretUris },
): Promise<readonly Step[]> => {
  if (desired === undefined && hook.event.kind !== 'secret-remove') return []
  const leader = await hook.isLeader()
  if (desired !== undefined && !leader) await followPublished(hook)
  const own = (await hook.ownSecrets()).filter(({ owner }) => leader || owner === 'unit')
  for (const { label, id } of own) if (label !== null) uris.set(label, `secret://${hook.context.modelUuid}/${id}`)
  const present = (desired?.present ?? [])
    .filter(({ owner }) => leader || owner === 'unit')
    .toSorted((a, b) => (a.label < b.label ? -1 : 1))
  for (const { content } of present) for (const value of Object.values(content)) hook.protect(value)

  const steps: Step[] = []
  for (const secret of present) {
    const info = own.find(({ label }) => label === secret.label)
    steps.push(...(await planOne(hook, { secret, info, uris })))
  }
  const others = own.filter(({ label }) => !present.some((secret) => secret.label === label))
  const surplus = others.filter(({ label }) => label !== null && desired?.owns(label))
  for (const { id, label } of surplus) steps.push({ what: `remove secret ${label}`, perform: () => secretRemove(hook.run, id) })
  for (const info of others) if (!surplus.includes(info)) steps.push(...[planObsolete(hook, info)].filter((step) => step !== null))
  return steps
}
