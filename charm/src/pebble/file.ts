import { randomUUID } from 'node:crypto'

import { CharmError, charmError } from '../errors.ts'
import {
  asObject,
  asObjects,
  asText,
  callPebble,
  describeRequest,
  type PebbleClient,
  PebbleError,
  type PebbleObject,
  type PebbleRequest,
  parseBody,
} from './client.ts'
import { parseMultipart, writeMultipart } from './multipart.ts'

/** Pebble could not read or write this path. `kind`: `not-found`, `permission-denied`, `generic-file-error`. */
export class PathError extends CharmError {
  readonly kind: string
  readonly path: string

  constructor(action: string, { path, kind, message }: { readonly path: string; readonly kind: string; readonly message: string }) {
    super('CHARM_PEBBLE_PATH', charmError('CHARM_PEBBLE_PATH', [action, path, message]).message)
    this.name = 'PathError'
    this.kind = kind
    this.path = path
  }
}

/** A file or folder in a container. */
export interface FileInfo {
  readonly path: string
  readonly name: string
  readonly type: 'file' | 'directory' | 'symlink' | 'socket' | 'named-pipe' | 'device' | 'unknown'
  /** In bytes; null for what is not a file. */
  readonly size: number | null
  /** Octal, for instance `0o644`. */
  readonly permissions: number
  /** RFC 3339. */
  readonly lastModified: string
  readonly userId: number | null
  readonly user: string | null
  readonly groupId: number | null
  readonly group: string | null
}

/** Whose a new file or folder shall be, by name or number. */
export interface Ownership {
  readonly user?: string
  readonly userId?: number
  readonly group?: string
  readonly groupId?: number
}

const ownerJson = ({ user, userId, group, groupId }: Ownership): object => ({ user, 'user-id': userId, group, 'group-id': groupId })

const octal = (permissions: number | undefined): string | undefined => permissions?.toString(8).padStart(3, '0')

const path = '/v1/files'

const pathError = (action: string, entry: PebbleObject): PathError | null => {
  if (entry.error === undefined || entry.error === null) return null
  const { kind, message } = asObject(entry.error)
  return new PathError(action, { path: asText(entry.path), kind: asText(kind), message: asText(message) })
}

const checkPaths = (action: string, result: unknown): void => {
  for (const entry of asObjects(result)) {
    const error = pathError(action, entry)
    if (error !== null) throw error
  }
}

/** A file to write. Folders on the way are made; without `permissions` it gets 0644. */
export interface FilePush extends Ownership {
  readonly path: string
  readonly content: string | Uint8Array
  readonly permissions?: number
}

/**
 * Writes files in one request, each whole or not at all (Pebble writes aside and renames).
 *
 * @throws {PathError} for the first one that could not be written.
 *
 * @example
 * await pushFiles(client, [{ path: '/home/ubuntu/feature_store.yaml', content: 'project: x\n', permissions: 0o600 }])
 */
export const pushFiles = async (client: PebbleClient, files: readonly FilePush[]): Promise<void> => {
  const meta = files.map((file) => ({
    path: file.path,
    'make-dirs': true,
    permissions: octal(file.permissions),
    ...ownerJson(file),
  }))
  const boundary = randomUUID()
  const bytes = writeMultipart(boundary, [
    { name: 'request', filename: null, content: Buffer.from(JSON.stringify({ action: 'write', files: meta })) },
    ...files.map((file) => ({ name: 'files', filename: file.path, content: Buffer.from(file.content) })),
  ])
  const type = `multipart/form-data; boundary=${boundary}`
  checkPaths('write', (await callPebble(client, { method: 'POST', path, body: { type, bytes }, timeoutMs: 60_000 })).result)
}

/**
 * Reads a file.
 *
 * @throws {PathError} with kind `not-found` when there is none.
 *
 * @example
 * (await pullFile(client, '/etc/hostname')).toString()
 */
export const pullFile = async (client: PebbleClient, file: string): Promise<Buffer> => {
  const request: PebbleRequest = {
    method: 'GET',
    path,
    query: { action: 'read', path: file },
    accept: 'multipart/form-data',
    timeoutMs: 60_000,
  }
  const answer = await client.send(request)
  const parts = parseMultipart(answer.type, answer.bytes)
  if (parts === null) return refuse(request, parseBody(request, answer), answer.status)
  const response = parts.find(({ name }) => name === 'response')
  if (response === undefined) throw charmError('CHARM_PEBBLE_PROTOCOL', [describeRequest(request), 'it has no part "response"'])
  const bytes = response.content
  checkPaths('read', parseBody(request, { status: answer.status, type: 'application/json', bytes }).result)
  const content = parts.find((part) => part.name === 'files')?.content
  if (content === undefined) throw charmError('CHARM_PEBBLE_PROTOCOL', [describeRequest(request), 'it has no part "files"'])
  return content
}

const refuse = (request: PebbleRequest, envelope: PebbleObject, status: number): never => {
  const { message, kind } = asObject(envelope.result)
  throw new PebbleError(describeRequest(request), asText(message), { status, kind: asText(kind) || null })
}

/**
 * Reads a file; null when there is none.
 *
 * @example
 * (await findFile(client, '/home/ubuntu/feature_store.yaml'))?.toString()
 */
export const findFile = async (client: PebbleClient, file: string): Promise<Buffer | null> => {
  try {
    return await pullFile(client, file)
  } catch (error) {
    if (error instanceof PathError && error.kind === 'not-found') return null
    throw error
  }
}

const fileTypes: readonly FileInfo['type'][] = ['file', 'directory', 'symlink', 'socket', 'named-pipe', 'device']

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

const parseInfo = (info: PebbleObject): FileInfo => ({
  path: asText(info.path),
  name: asText(info.name),
  type: fileTypes.find((type) => type === info.type) ?? 'unknown',
  size: numberOrNull(info.size),
  permissions: Number.parseInt(asText(info.permissions), 8),
  lastModified: asText(info['last-modified']),
  userId: numberOrNull(info['user-id']),
  user: textOrNull(info.user),
  groupId: numberOrNull(info['group-id']),
  group: textOrNull(info.group),
})

/**
 * Lists a folder, sorted by name; with `itself` the folder (or file) alone, with `pattern` only names that match the glob.
 *
 * @throws {PebbleError} with kind `not-found` when there is none.
 *
 * @example
 * await listFiles(client, '/etc', { pattern: '*.conf' })
 */
export const listFiles = async (
  client: PebbleClient,
  folder: string,
  { pattern, itself }: { readonly pattern?: string; readonly itself?: true } = {},
): Promise<readonly FileInfo[]> => {
  const query = { action: 'list', path: folder, pattern, itself: itself === undefined ? undefined : 'true' }
  return asObjects((await callPebble(client, { method: 'GET', path, query })).result).map(parseInfo)
}

/**
 * Lists a folder; null when there is none.
 *
 * @example
 * await findFiles(client, '/var/lib/pebble/default/resources')
 */
export const findFiles = async (client: PebbleClient, folder: string): Promise<readonly FileInfo[] | null> => {
  try {
    return await listFiles(client, folder)
  } catch (error) {
    if (error instanceof PebbleError && error.kind === 'not-found') return null
    throw error
  }
}

/**
 * Makes a folder and those above it; that it is there already is not an error. Without `permissions` it gets 0755.
 *
 * @throws {PathError}
 *
 * @example
 * await makeDir(client, '/srv/feast', { permissions: 0o700 })
 */
export const makeDir = async (
  client: PebbleClient,
  folder: string,
  { permissions, ...owner }: Ownership & { readonly permissions?: number } = {},
): Promise<void> => {
  const dirs = [{ path: folder, 'make-parents': true, permissions: octal(permissions), ...ownerJson(owner) }]
  checkPaths('make', (await callPebble(client, { method: 'POST', path, json: { action: 'make-dirs', dirs } })).result)
}

/**
 * Removes a file or an empty folder; with `recursive` whatever is there, also nothing.
 *
 * @throws {PathError} with kind `not-found` when there is none (but for `recursive`), `generic-file-error` when a folder is not empty.
 *
 * @example
 * await removePath(client, '/srv/feast', { recursive: true })
 */
export const removePath = async (
  client: PebbleClient,
  target: string,
  { recursive }: { readonly recursive?: true } = {},
): Promise<void> => {
  const paths = [{ path: target, recursive: recursive ?? false }]
  checkPaths('remove', (await callPebble(client, { method: 'POST', path, json: { action: 'remove', paths } })).result)
}
