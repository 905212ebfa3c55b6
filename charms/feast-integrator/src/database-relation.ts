import type { DesiredRelation, Hook, Relation, TextMap } from '@charmed-feast/charm'

import { type DatabaseState, readDatabase } from './database.ts'
import type { Metadata, StoreName } from './metadata.ts'

/** A relation to a database, and what it says. */
export interface DatabaseRelation {
  readonly relation: Relation<'app' | 'remoteApp' | 'localUnit'>
  readonly state: DatabaseState
  /** Behind a pgbouncer: whether none of its units is ready. */
  readonly subordinateWaits: boolean
}

/** What `postgresql_client` calls each database that is asked for. */
const databaseNames: Readonly<Record<StoreName, string>> = {
  'offline-store': 'offline_store',
  'online-store': 'online_store',
  registry: 'registry',
}

const requestedSecrets = '["username", "password", "tls", "tls-ca", "uris", "read-only-uris"]'
const providedSecrets = '["mtls-chain"]'

const findSecret = async (hook: Hook<Metadata>, relation: Relation<'remoteApp'>, group: 'user' | 'tls'): Promise<TextMap | null> => {
  const id = relation.remoteApp[`secret-${group}`]
  if (id === undefined || id === '') return null
  // The label that the Python library gives (charm-compat §3.1 C3); the URI in the databag counts, whatever was labelled before.
  return hook.findSecret({ id, label: `${relation.endpoint}.${relation.id}.${group}.secret`, revision: 'refresh' })
}

const observeRelation = async (
  hook: Hook<Metadata>,
  endpoint: StoreName,
  relation: Relation<'app' | 'remoteApp' | 'localUnit'>,
): Promise<DatabaseRelation> => {
  const subordinated = relation.remoteApp.subordinated === 'true'
  const subordinateWaits = subordinated && !(await hasReadyUnit(hook, endpoint, relation))
  const provider = {
    app: relation.app,
    bag: relation.remoteApp,
    user: await findSecret(hook, relation, 'user'),
    tls: await findSecret(hook, relation, 'tls'),
    subordinateWaits,
  }
  return { relation, subordinateWaits, state: readDatabase(provider) }
}

const hasReadyUnit = async (hook: Hook<Metadata>, endpoint: StoreName, { id }: Relation): Promise<boolean> => {
  const relations = await hook.relations(endpoint, ['remoteUnits'])
  const units = relations.find((each) => each.id === id)?.remoteUnits ?? {}
  return Object.values(units).some(({ state }) => state === 'ready')
}

/**
 * Reads the relations of an endpoint that gives a database.
 *
 * @example
 * const [registry] = await observeDatabases(hook, 'registry')
 */
export const observeDatabases = async (hook: Hook<Metadata>, endpoint: StoreName): Promise<readonly DatabaseRelation[]> => {
  const found: DatabaseRelation[] = []
  for (const relation of await hook.relations(endpoint, ['app', 'remoteApp', 'localUnit'])) {
    found.push(await observeRelation(hook, endpoint, relation))
  }
  return found
}

const isSame = (recorded: string | undefined, data: TextMap): boolean => {
  try {
    const parsed: unknown = JSON.parse(recorded ?? '{}')
    const entries = (value: unknown): string => JSON.stringify(Object.entries(value ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    return entries(parsed) === entries(data)
  } catch {
    return false
  }
}

/** What the Python library keeps in the unit's databag, so that it knows after going back what it has seen: the provider's databag but for its own record. */
const recordOf = ({ relation, subordinateWaits }: DatabaseRelation): string | null => {
  const recorded = relation.localUnit.data
  const { data: _, ...data } = relation.remoteApp
  if (subordinateWaits || isSame(recorded, data)) return recorded ?? null
  return JSON.stringify(data)
}

/** What {@link requestDatabase} depends on. */
export interface RequestOptions {
  readonly leader: boolean
  /** Whether the user that is asked for shall be allowed to make roles. */
  readonly makesRoles: boolean
}

/**
 * The own side of a relation to a database: the request, whenever it is not there, and the record of what was seen.
 *
 * @example
 * requestDatabase(relation, 'registry', { leader: true, makesRoles: false }).app?.['database']   // 'registry'
 */
export const requestDatabase = (found: DatabaseRelation, store: StoreName, { leader, makesRoles }: RequestOptions): DesiredRelation => {
  const request = { 'requested-secrets': requestedSecrets, 'provided-secrets': providedSecrets }
  return {
    relation: found.relation,
    app: { ...request, database: databaseNames[store], 'extra-user-roles': makesRoles ? 'createrole' : null },
    unit: { ...(leader ? request : {}), data: recordOf(found) },
  }
}
