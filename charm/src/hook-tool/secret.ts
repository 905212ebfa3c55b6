import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { charmError } from '../errors.ts'
import { type JsonObject, parseObject, parseText, parseTextList, parseTexts } from './output.ts'
import { type RunTool, readTool, readToolJson } from './run.ts'
import type { TextMap } from './text-map.ts'

/** Who owns a secret: the application (its leader writes it) or one unit. */
export type SecretOwner = 'application' | 'unit'

/** How often Juju asks the owner for a new revision (hook secret-rotate). */
export type SecretRotation = 'never' | 'hourly' | 'daily' | 'weekly' | 'monthly' | 'quarterly' | 'yearly'

/** What Juju keeps about a secret beside its content. */
export interface SecretMetadata {
  readonly label?: string
  readonly description?: string
  /** RFC 3339, or a positive Go duration such as `72h`. */
  readonly expire?: string
  readonly rotate?: SecretRotation
}

/** One reader that was let in. */
export interface SecretAccess {
  /** Who: `application-<name>` or `unit-<name>-<number>`. */
  readonly target: string
  /** Over which relation: `relation-<app>.<endpoint>#<app>.<endpoint>`. */
  readonly scope: string
}

/** An own secret as its owner sees it; never the content. */
export interface SecretInfo {
  /** The bare id: 20 characters, without `secret:`. */
  readonly id: string
  readonly revision: number
  readonly label: string | null
  readonly owner: SecretOwner
  readonly description: string | null
  readonly rotation: SecretRotation
  /** RFC 3339; null when it does not expire. */
  readonly expiry: string | null
  readonly access: readonly SecretAccess[]
}

const keyRule = /^[a-z](?:-?[a-z0-9]){2,}$/
const sizeLimit = 1_000_000

const checkContent = (label: string, content: TextMap): void => {
  const refuse = (why: string): never => {
    throw charmError('CHARM_SECRET_INVALID', [label, why])
  }
  let size = 0
  for (const [key, value] of Object.entries(content)) {
    if (!keyRule.test(key)) refuse(`key "${key}" is not three or more of a-z, 0-9 and single hyphens, beginning with a letter`)
    if (value === '') refuse(`key "${key}" has no value`)
    if (!value.isWellFormed()) refuse(`key "${key}" holds half a surrogate pair, which is not Unicode text`)
    size += Math.ceil(Buffer.byteLength(value) / 3) * 4
  }
  if (size === 0) refuse('it has no keys')
  if (size > sizeLimit) refuse(`it takes ${size} bytes in base64, and Juju allows ${sizeLimit}`)
}

const contentFiles = (content: TextMap): { readonly args: readonly string[]; readonly files: Readonly<Record<string, string>> } => {
  const folder = join(tmpdir(), `charm-secret-${randomUUID()}`)
  const keys = Object.keys(content).sort()
  return {
    args: keys.map((key) => `${key}#file=${join(folder, key)}`),
    files: Object.fromEntries(keys.map((key) => [join(folder, key), content[key] ?? ''])),
  }
}

const metadataFlags = ({ label, description, expire, rotate }: SecretMetadata): readonly string[] => [
  ...(label === undefined ? [] : ['--label', label]),
  ...(description === undefined ? [] : ['--description', description]),
  ...(expire === undefined ? [] : ['--expire', expire]),
  ...(rotate === undefined ? [] : ['--rotate', rotate]),
]

/**
 * Adds a secret and gives its URI, to be treated as opaque. The content goes through files of mode 0600, never through arguments.
 *
 * @throws {CharmError} `CHARM_SECRET_INVALID` for content that Juju does not take. {@link HookToolError} `CHARM_PERMISSION_DENIED` for the application's on a unit that does not lead.
 *
 * @example
 * await secretAdd(run, { password: 'hunter2' }, { owner: 'application', label: 'db' }) // 'secret://<model>/d5aaaaaaaaaaaaaaaa10'
 */
export const secretAdd = async (
  run: RunTool,
  content: TextMap,
  { owner, ...metadata }: SecretMetadata & { readonly owner: SecretOwner },
): Promise<string> => {
  checkContent(metadata.label ?? '', content)
  const { args, files } = contentFiles(content)
  const uri = await readTool(run, { tool: 'secret-add', args: [...metadataFlags(metadata), '--owner', owner, ...args], files })
  return uri.trim()
}

/**
 * Changes an own secret: its content (a new revision, unless Juju already stores this very content), its metadata, or both.
 * That the secret is not there, or not ours, Juju says only after the hook.
 *
 * @throws {CharmError} `CHARM_SECRET_INVALID` for content that Juju does not take.
 *
 * @example
 * await secretSet(run, uri, { owner: 'application', content: { password: 'hunter3' } })
 */
export const secretSet = async (
  run: RunTool,
  id: string,
  { owner, content, ...metadata }: SecretMetadata & { readonly owner: SecretOwner; readonly content?: TextMap },
): Promise<void> => {
  if (content !== undefined) checkContent(metadata.label ?? id, content)
  const { args, files } = content === undefined ? { args: [], files: {} } : contentFiles(content)
  await readTool(run, { tool: 'secret-set', args: [...metadataFlags(metadata), '--owner', owner, id, ...args], files })
}

/** Which secret, and which of its revisions: the tracked one, the newest from now on (`refresh`), or only a look at the newest (`peek`). */
export interface SecretQuery {
  readonly id?: string
  /** With `id`: what this unit calls it from now on. Alone: what it was called. */
  readonly label?: string
  readonly revision?: 'tracked' | 'refresh' | 'peek'
}

/**
 * Reads a secret's content.
 *
 * @throws {HookToolError} `CHARM_SECRET_NOT_FOUND`; `CHARM_PERMISSION_DENIED` when it was not granted (yet).
 *
 * @example
 * await secretGet(run, { id: 'secret:d5aaaaaaaaaaaaaaaa10', label: 'db.1.user.secret', revision: 'refresh' }) // { username: 'u', password: 'p' }
 */
export const secretGet = async (run: RunTool, { id, label, revision = 'tracked' }: SecretQuery): Promise<TextMap> => {
  const args = [
    '--format=json',
    ...(id === undefined ? [] : [id]),
    ...(label === undefined ? [] : ['--label', label]),
    ...(revision === 'tracked' ? [] : [`--${revision}`]),
  ]
  return parseTexts('secret-get', await readToolJson(run, { tool: 'secret-get', args }))
}

const orNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const parseAccess = (value: unknown): readonly SecretAccess[] => {
  if (!Array.isArray(value)) return []
  return value.map((each) => {
    const { target, scope } = parseObject('secret-info-get', each)
    return { target: parseText('secret-info-get', target), scope: parseText('secret-info-get', scope) }
  })
}

const parseInfo = (id: string, info: JsonObject): SecretInfo => ({
  id,
  revision: Number(info.revision),
  label: orNull(info.label),
  owner: info.owner === 'unit' ? 'unit' : 'application',
  description: orNull(info.description),
  rotation: (orNull(info.rotation) ?? 'never') as SecretRotation,
  expiry: orNull(info.expiry),
  access: parseAccess(info.access),
})

/**
 * Tells what Juju keeps about an own secret. Grants of this hook are not in it yet.
 *
 * @throws {HookToolError} `CHARM_SECRET_NOT_FOUND`, also for another's secret.
 *
 * @example
 * await secretInfo(run, { label: 'db' }) // { id: 'd5aaaaaaaaaaaaaaaa10', revision: 2, label: 'db', owner: 'application', … }
 */
export const secretInfo = async (run: RunTool, secret: { readonly id: string } | { readonly label: string }): Promise<SecretInfo> => {
  const args = ['--format=json', ...('id' in secret ? [secret.id] : ['--label', secret.label])]
  const output = parseObject('secret-info-get', await readToolJson(run, { tool: 'secret-info-get', args }))
  const [id, info] = Object.entries(output)[0] ?? ['', null]
  return parseInfo(id, parseObject('secret-info-get', info))
}

/**
 * Lists the bare ids of own secrets: this unit's, and on the leader the application's. Sorted here; Juju gives them in random order.
 *
 * @example
 * await secretIds(run) // ['d5aaaaaaaaaaaaaaaa10']
 */
export const secretIds = async (run: RunTool): Promise<readonly string[]> =>
  parseTextList('secret-ids', await readToolJson(run, { tool: 'secret-ids', args: ['--format=json'] })).toSorted()

/**
 * Lets the other side of a relation read an own secret; with `unit` only that unit. (Of two units granted over one relation in one hook Juju keeps the last.)
 *
 * @throws {HookToolError} `CHARM_SECRET_NOT_FOUND`, `CHARM_RELATION_NOT_FOUND`
 *
 * @example
 * await secretGrant(run, uri, { relation: 'secrets:10' })
 */
export const secretGrant = async (
  run: RunTool,
  id: string,
  { relation, unit }: { readonly relation: string; readonly unit?: string },
): Promise<void> => {
  await readTool(run, { tool: 'secret-grant', args: ['--relation', relation, ...(unit === undefined ? [] : ['--unit', unit]), id] })
}

/** From whom {@link secretRevoke} takes a secret: all of a relation, one application, or one unit. */
export interface SecretRevocation {
  readonly relation?: string
  readonly app?: string
  readonly unit?: string
}

/**
 * Takes a grant back. That the secret is not ours Juju says only after the hook.
 *
 * @example
 * await secretRevoke(run, uri, { relation: 'secrets:10' })
 */
export const secretRevoke = async (run: RunTool, id: string, { relation, app, unit }: SecretRevocation): Promise<void> => {
  const args = [
    ...(relation === undefined ? [] : ['--relation', relation]),
    ...(app === undefined ? [] : ['--app', app]),
    ...(unit === undefined ? [] : ['--unit', unit]),
    id,
  ]
  await readTool(run, { tool: 'secret-revoke', args })
}

/**
 * Removes one revision of an own secret, or all of it. Removing what is not there is not an error.
 *
 * @example
 * await secretRemove(run, uri, { revision: 1 })
 */
export const secretRemove = async (run: RunTool, id: string, { revision }: { readonly revision?: number } = {}): Promise<void> => {
  await readTool(run, { tool: 'secret-remove', args: [id, ...(revision === undefined ? [] : ['--revision', String(revision)])] })
}
