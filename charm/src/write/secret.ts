import type { DesiredSecret, DesiredSecrets } from '../desired.ts'
import type { Hook } from '../hook.ts'
import {
  type SecretInfo,
  type SecretMetadata,
  secretAdd,
  secretGet,
  secretGrant,
  secretRemove,
  secretRevoke,
  secretSet,
} from '../hook-tool/secret.ts'
import type { TextMap } from '../hook-tool/text-map.ts'
import type { CharmMetadata } from '../metadata.ts'
import type { RelationName } from '../relation.ts'
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
  const stored = await secretGet(run, { id: info.id, revision: 'peek' })
  for (const value of Object.values(stored)) hook.protect(value)
  const metadata = changedMetadata(secret, info)
  const content = sameTexts(secret.content, stored) ? {} : { content: secret.content }
  const change = { ...metadata, ...content }
  const grants = await Promise.all(secret.grants.map((relation) => grantOf(hook, relation)))
  const missing = grants.filter((grant) => !isGranted(grant, info))
  const surplus = info.access.filter(({ target }) => !grants.some((grant) => grant.target === target))
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
  if (desired === undefined) return []
  const leader = await hook.isLeader()
  const present = desired.present.filter(({ owner }) => leader || owner === 'unit')
  for (const { content } of present) for (const value of Object.values(content)) hook.protect(value)
  const own = await hook.ownSecrets()
  for (const { label, id } of own) if (label !== null) uris.set(label, `secret://${hook.context.modelUuid}/${id}`)

  const steps: Step[] = []
  for (const secret of present.toSorted((a, b) => (a.label < b.label ? -1 : 1))) {
    const info = own.find(({ label }) => label === secret.label)
    steps.push(...(info === undefined ? planNew(hook, { secret, uris }) : await planExisting(hook, { secret, info })))
  }
  const obsolete = own.filter(({ label }) => label !== null && desired.owns(label) && !present.some((secret) => secret.label === label))
  const remove = obsolete.map(({ id, label }) => ({ what: `remove secret ${label}`, perform: () => secretRemove(hook.run, id) }))
  return [...steps, ...remove]
}
