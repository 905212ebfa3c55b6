import type { ConfigOf, Hook, Relation } from '@charmed-feast/charm'

import { type DatabaseRelation, observeDatabases } from './database-relation.ts'
import type { EntityKeyVersion } from './feature-store.ts'
import type { Metadata, StoreName } from './metadata.ts'
import { type NamespaceAccess, observeAccess } from './namespace/access.ts'

/** All that the charm looks at. */
export interface Observation {
  readonly app: string
  readonly leader: boolean
  readonly config: ConfigOf<Metadata>
  readonly databases: Readonly<Record<StoreName, readonly DatabaseRelation[]>>
  /** Relations to dispatchers; the own side is null on units that do not lead. */
  readonly secrets: readonly Relation<'app' | 'remoteApp' | 'localApp'>[]
  readonly podDefaults: readonly Relation<'localApp'>[]
  readonly configurations: readonly Relation<'app' | 'remoteApp' | 'localApp'>[]
  /** This unit goes: relations that vanish are only vanishing for it, so nothing is taken back for the application. */
  readonly leaving: boolean
  /** The secrets that an action made for a person, and whose time is up. */
  readonly expiredLabel: string | null
  /** What an action has just rewritten the online store to; whatever was published before says less. */
  readonly rewrittenTo: EntityKeyVersion | null
  readonly modelUuid: string
  /** Whose users are in the databases. */
  readonly access: NamespaceAccess
}

/** Options of {@link observe}. */
export interface ObserveOptions {
  /** Gives the users of namespaces new passwords. */
  readonly renewPasswords?: true
}

const isLeaving = async (hook: Hook<Metadata>): Promise<boolean> => {
  const { kind } = hook.event
  if (kind === 'stop' || kind === 'remove') return true
  // Asked only where it matters: a dying unit breaks every relation, though the application keeps them.
  if (kind !== 'relation-broken') return false
  const { units } = await hook.goalState()
  return units[hook.context.unit]?.status === 'dying'
}

/**
 * Reads all that the charm decides on.
 *
 * @example
 * const observation = await observe(hook)
 */
export const observe = async (hook: Hook<Metadata>, { renewPasswords }: ObserveOptions = {}): Promise<Observation> => {
  const { event, context } = hook
  const leader = await hook.isLeader()
  const config = await hook.config()
  const databases = {
    'offline-store': await observeDatabases(hook, 'offline-store'),
    'online-store': await observeDatabases(hook, 'online-store'),
    registry: await observeDatabases(hook, 'registry'),
  }
  return {
    app: context.app,
    leader,
    config,
    databases,
    secrets: leader ? await hook.relations('secrets', ['app', 'remoteApp', 'localApp']) : [],
    podDefaults: leader ? await hook.relations('pod-defaults', ['localApp']) : [],
    configurations: await hook.relations('feast-configuration', ['app', 'remoteApp', 'localApp']),
    leaving: await isLeaving(hook),
    expiredLabel: event.kind === 'secret-expired' ? event.label : null,
    rewrittenTo: null,
    modelUuid: context.modelUuid,
    access: await observeAccess(hook, { leader, databases, renew: renewPasswords === true }),
  }
}
