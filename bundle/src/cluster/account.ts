import { createHmac, timingSafeEqual } from 'node:crypto'

/** Who asks. */
export interface Account {
  readonly name: string
  readonly groups: readonly string[]
}

/** A service account. */
export interface ServiceAccount {
  readonly namespace: string
  readonly name: string
}

/** May everything. */
const admin: Account = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

const sign = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64url')

const tokenOf = (key: Buffer, subject: string): string => `${Buffer.from(subject).toString('base64url')}.${sign(key, subject)}`

/** The token of the one who may everything. */
export const adminToken = (key: Buffer): string => tokenOf(key, 'admin')

/** The token of a service account: the same for as long as the cluster lives. */
export const serviceAccountToken = (key: Buffer, { namespace, name }: ServiceAccount): string =>
  tokenOf(key, `system:serviceaccount:${namespace}:${name}`)

/**
 * Whose token this is; null when it is none of this cluster.
 *
 * @example
 * accountOf(key, adminToken(key))?.name   // 'admin'
 */
export const accountOf = (key: Buffer, token: string): Account | null => {
  const [encoded = '', given = ''] = token.split('.')
  const subject = Buffer.from(encoded, 'base64url').toString()
  const wanted = Buffer.from(sign(key, subject))
  const shown = Buffer.from(given)
  if (wanted.length !== shown.length || !timingSafeEqual(wanted, shown)) return null
  if (subject === 'admin') return admin
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(subject) ?? []
  if (namespace === undefined) return null
  return { name: subject, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] }
}
