import type { AccessChange, Commit, SecretFields, SecretUri } from '../model/change.ts'
import type { Bag, Model } from '../model/model.ts'
import { checksum, latestRevision, type Secret, type SecretGrant, type SecretOwner } from '../model/secret.ts'
import { canManage } from '../model/secret-read.ts'
import { ToolError } from '../tool/tool-error.ts'

/** What the agent knows of a secret that the unit may manage. */
export interface SecretMetadata {
  readonly owner: SecretOwner
  readonly revision: number
  readonly label: string
  readonly description: string
  readonly rotate: string
  readonly expire: string
  readonly checksum: string
  readonly grants: readonly SecretGrant[]
}

type Create = Commit['secretCreates'][number]
type Update = Commit['secretUpdates'][number]

/**
 * Secrets of one hook: what the unit manages, read when the hook began, and the changes that wait for its end. The order and
 * the oddities are Juju's (juju-tools.md §4): pending grants are not shown, a removal forgets other changes, a later change
 * cancels a removal.
 */
export class SecretContext {
  readonly #metadata: ReadonlyMap<string, SecretMetadata>
  readonly #creates = new Map<string, Create>()
  readonly #updates = new Map<string, Update>()
  readonly #deletes = new Map<string, { readonly uri: SecretUri; readonly revisions: readonly number[] | null }>()
  /** By secret and relation: the last grant wins. */
  readonly #grants = new Map<string, Map<string, AccessChange>>()
  readonly #revokes = new Map<string, AccessChange[]>()
  readonly #trackLatest = new Set<string>()

  constructor(model: Model, unit: string) {
    const managed = model.secrets.filter((secret) => canManage(model, secret, unit))
    this.#metadata = new Map(managed.map((secret) => [secret.id, metadataOf(secret)]))
  }

  /** A stored secret that the unit manages, as it was when the hook began. */
  stored(id: string): SecretMetadata | undefined {
    return this.#metadata.get(id)
  }

  /** What `secret-ids` and `secret-info-get` show. */
  visible(): Map<string, SecretMetadata> {
    const created = [...this.#creates].map(([id, create]) => [id, metadataOfCreate(create)] as const)
    const kept = [...this.#metadata].filter(([id]) => !this.#deletes.has(id))
    const updated = kept.map(([id, stored]) => [id, overlay(stored, this.#updates.get(id))] as const)
    return new Map([...created, ...updated])
  }

  /** The id that a label means to the agent; undefined leaves the question to the controller. */
  idOfLabel(label: string): string | undefined {
    const known = [...this.#metadata].filter(([id]) => !this.#deletes.has(id))
    const stored = known.find(([id, metadata]) => overlay(metadata, this.#updates.get(id)).label === label)
    if (stored) return stored[0]
    return [...this.#creates.values(), ...this.#updates.values()].find((change) => change.label === label)?.uri.id
  }

  /** Content that only this hook knows yet: of new secrets always, of changed ones when the newest is asked for. */
  pendingContent(id: string | null, label: string, options: { readonly refresh: boolean; readonly peek: boolean }): Bag | undefined {
    const isMeant = (change: Create | Update): boolean => (id !== null && change.uri.id === id) || (label !== '' && change.label === label)
    const create = [...this.#creates.values()].find(isMeant)
    if (create) {
      if (id !== null && label !== '') this.#creates.set(create.uri.id, { ...create, label })
      return create.content
    }
    const update = options.refresh || options.peek ? [...this.#updates.values()].find(isMeant) : undefined
    if (!update) return undefined
    if (id !== null && label !== '') this.#updates.set(update.uri.id, { ...update, label })
    if (options.refresh) this.#trackLatest.add(update.uri.id)
    return update.content
  }

  create(create: Create): void {
    const taken = create.label !== undefined && [...this.#creates.values()].some((each) => each.label === create.label)
    if (taken) throw new ToolError(`secret with label ${JSON.stringify(create.label)} already exists`)
    this.#creates.set(create.uri.id, create)
  }

  update(uri: SecretUri, fields: SecretFields): void {
    const stored = this.#metadata.get(uri.id)
    const unchanged = fields.content !== undefined && stored?.checksum === checksum(fields.content)
    const given = defined(unchanged ? { ...fields, content: undefined } : fields)
    if (Object.keys(given).length === 0) return
    this.#deletes.delete(uri.id)
    const create = this.#creates.get(uri.id)
    if (create) this.#creates.set(uri.id, { ...create, ...given, content: given.content ?? create.content })
    else this.#updates.set(uri.id, { ...(this.#updates.get(uri.id) ?? { uri }), ...given })
  }

  remove(uri: SecretUri, revision: number | null): void {
    for (const pending of [this.#creates, this.#updates, this.#grants, this.#revokes, this.#trackLatest]) pending.delete(uri.id)
    const earlier = this.#deletes.get(uri.id)
    const revisions = revision === null || earlier?.revisions === null ? null : [...(earlier?.revisions ?? []), revision]
    this.#deletes.set(uri.id, { uri: earlier?.uri ?? uri, revisions })
  }

  grant(grant: AccessChange): void {
    const metadata = this.visible().get(grant.uri.id)
    if (!metadata) throw new ToolError(`secret "${grant.uri.id}" not found`)
    for (const existing of metadata.grants.filter(({ scope }) => scope === grant.scope)) {
      if (existing.target === grant.subject || existing.target.startsWith('application-')) return
      if (grant.subject.startsWith('application-')) {
        throw new ToolError('any unit level grants need to be revoked before granting access to the corresponding application')
      }
    }
    const bySecret = this.#grants.get(grant.uri.id) ?? new Map<string, AccessChange>()
    this.#grants.set(grant.uri.id, bySecret.set(grant.scope, grant))
  }

  revoke(revoke: AccessChange): void {
    const earlier = this.#revokes.get(revoke.uri.id) ?? []
    const covers = (each: AccessChange): boolean => each.subject === revoke.subject || isApplicationOf(each.subject, revoke.subject)
    if (!earlier.some(covers)) this.#revokes.set(revoke.uri.id, [...earlier, revoke])
  }

  /** What goes to the controller at the hook's end. */
  changes(): Pick<Commit, 'secretCreates' | 'secretUpdates' | 'secretDeletes' | 'secretGrants' | 'secretRevokes' | 'secretTrackLatest'> {
    return {
      secretCreates: [...this.#creates.values()],
      secretUpdates: [...this.#updates.values()],
      secretDeletes: [...this.#deletes.values()],
      secretGrants: [...this.#grants.values()].flatMap((byRelation) => [...byRelation.values()]),
      secretRevokes: [...this.#revokes.values()].flat(),
      secretTrackLatest: [...this.#trackLatest],
    }
  }
}

function isApplicationOf(application: string, unit: string): boolean {
  return application.startsWith('application-') && unit.replace(/^unit-(.*)-\d+$/, 'application-$1') === application && unit !== application
}

function defined(fields: SecretFields): SecretFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function metadataOf(secret: Secret): SecretMetadata {
  const newest = latestRevision(secret)
  const { owner, label, description, rotate, expire, grants } = secret
  return { owner, label, description, rotate, expire, grants, revision: newest.revision, checksum: checksum(newest.content) }
}

function metadataOfCreate(create: Create): SecretMetadata {
  const { owner, label = '', description = '', rotate = '', expire = '' } = create
  return { owner, label, description, rotate, expire, grants: [], revision: 1, checksum: checksum(create.content) }
}

function overlay(stored: SecretMetadata, update: Update | undefined): SecretMetadata {
  if (!update) return stored
  const { label = stored.label, description = stored.description, rotate = stored.rotate, expire = stored.expire } = update
  return { ...stored, label, description, rotate, expire }
}
