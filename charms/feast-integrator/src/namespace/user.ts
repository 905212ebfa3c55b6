import { createHash, randomBytes } from 'node:crypto'

import type { TextMap } from '@charmed-feast/charm'

/** The passwords of the users that namespaces have in the databases, by namespace. */
export type NamespacePasswords = Readonly<Record<string, string>>

/** The label of the Juju secret that keeps them. */
export const passwordsLabel = 'namespace-passwords'

const newPassword = (): string => randomBytes(24).toString('base64url')

/**
 * The passwords of these namespaces: those that are known, and new ones for the others.
 *
 * @example
 * passwordsFor(['alice', 'bob'], { alice: '…' })   // { alice: '…', bob: 'a new one' }
 */
export const passwordsFor = (namespaces: readonly string[], known: NamespacePasswords): NamespacePasswords =>
  Object.fromEntries([...namespaces].sort().map((namespace) => [namespace, known[namespace] ?? newPassword()]))

/** The content of the secret. */
export const passwordsContent = (passwords: NamespacePasswords): TextMap => ({ passwords: JSON.stringify(passwords) })

/**
 * Reads the content of the secret; what is no password of a namespace is passed over, and made anew.
 *
 * @example
 * parsePasswords(passwordsContent({ alice: '…' }))   // { alice: '…' }
 */
export const parsePasswords = (content: TextMap | null): NamespacePasswords => {
  try {
    const value: unknown = JSON.parse(content?.passwords ?? '{}')
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
  } catch {
    return {}
  }
}

/** PostgreSQL cuts longer names off. */
const longestName = 63

/** Whose roles: an application's in a model, for one of its databases. */
export interface RoleOwner {
  readonly modelUuid: string
  readonly app: string
  readonly store: string
}

const hashOf = (...texts: readonly string[]): string => createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 8)

/**
 * The role that all namespaces of an owner belong to. Databases of one server share their roles, so the name says whose it is.
 *
 * @example
 * groupName({ modelUuid, app: 'feast-integrator', store: 'registry' })   // 'feast_4f1c20aa'
 */
export const groupName = ({ modelUuid, app, store }: RoleOwner): string => `feast_${hashOf(modelUuid, app, store)}`

/**
 * The role of a namespace; its schema has the same name.
 *
 * @example
 * roleName({ modelUuid, app: 'feast-integrator', store: 'online-store' }, 'alice')   // 'feast_91d0b3c2_alice'
 */
export const roleName = (owner: RoleOwner, namespace: string): string => {
  const prefix = `${groupName(owner)}_`
  if (prefix.length + namespace.length <= longestName) return `${prefix}${namespace}`
  return `${prefix}${namespace.slice(0, longestName - prefix.length - 9)}_${hashOf(namespace)}`
}
