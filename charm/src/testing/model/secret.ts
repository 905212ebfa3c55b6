import { createHash, randomBytes } from 'node:crypto'

import { formatGoJson } from '../tool/go-json.ts'
import { byBytes } from '../tool/go-text.ts'
import type { Bag } from './model.ts'

/** Who owns a secret. */
export interface SecretOwner {
  readonly kind: 'application' | 'unit'
  readonly name: string
}

/** One revision of a secret. Values are base64, as Juju keeps them (and never checks them). */
export interface SecretRevision {
  readonly revision: number
  readonly content: Bag
}

/** One reader let in: tags as Juju writes them. */
export interface SecretGrant {
  readonly target: string
  readonly scope: string
}

/** What one unit remembers of a secret that it reads: the revision that it tracks, and its own label. */
export interface SecretConsumer {
  readonly revision: number
  readonly label: string
}

/** A secret of the model. */
export interface Secret {
  /** 20 characters of base32hex, see {@link isSecretId}. */
  readonly id: string
  readonly owner: SecretOwner
  readonly label: string
  readonly description: string
  /** Empty: none was ever given. */
  readonly rotate: string
  /** RFC 3339; empty: it does not expire. */
  readonly expire: string
  readonly revisions: readonly SecretRevision[]
  readonly grants: readonly SecretGrant[]
  /** By unit name. */
  readonly consumers: Readonly<Record<string, SecretConsumer>>
}

/** The newest revision. */
export function latestRevision(secret: Secret): SecretRevision {
  return secret.revisions.reduce((left, right) => (right.revision > left.revision ? right : left), secret.revisions[0] ?? none)
}

const none: SecretRevision = { revision: 0, content: {} }

/** Juju's checksum of a content: SHA-256 of the base64 values as sorted JSON. */
export function checksum(content: Bag): string {
  return createHash('sha256').update(formatGoJson(content)).digest('hex')
}

/** A bag with its keys sorted. */
export function sortBag(bag: Bag): Bag {
  return Object.fromEntries(Object.entries(bag).sort(([left], [right]) => byBytes(left, right)))
}

/** Whether a text can be a secret's id: 12 bytes in base32hex, so that the last character carries one bit only. */
export function isSecretId(text: string): boolean {
  return /^[0-9a-v]{19}[0g]$/.test(text)
}

/**
 * A new secret id, of 12 random bytes unless others are given.
 *
 * @example
 * isSecretId(newSecretId())   // true
 */
export function newSecretId(bytes: Uint8Array = randomBytes(12)): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return (
    `${bits}0000`
      .match(/.{5}/g)
      ?.map((five) => Number.parseInt(five, 2).toString(32))
      .join('') ?? ''
  )
}
