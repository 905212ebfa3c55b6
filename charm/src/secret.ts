import { isCharmError } from './errors.ts'
import type { RunTool } from './hook-tool/run.ts'
import { type SecretInfo, type SecretQuery, secretGet, secretIds, secretInfo } from './hook-tool/secret.ts'
import type { TextMap } from './hook-tool/text-map.ts'
import type { Redactor } from './redact.ts'

/** A value of a databag that shall be the URI of an own secret, whose id is only known once it was added. */
export interface SecretUri {
  readonly secretLabel: string
}

/**
 * Stands for the URI of the own secret of this label in a desired databag.
 *
 * @example
 * const desired = { relations: [{ relation, app: { kubernetes_manifests: secretUri('manifest.secrets.10'), is_secret: 'true' } }] }
 */
export const secretUri = (label: string): SecretUri => ({ secretLabel: label })

/**
 * The part of a secret's URI that all its spellings share: `secret:ID`, `secret://MODEL/ID` and the bare id name one secret.
 *
 * @example
 * secretId('secret://deadbeef-0bad-400d-8000-4b1d0d06f00d/d5aaaaaaaaaaaaaaaa10') // 'd5aaaaaaaaaaaaaaaa10'
 */
export const secretId = (uri: string): string => uri.slice(Math.max(uri.lastIndexOf('/'), uri.lastIndexOf(':')) + 1)

/** Reads secrets for one hook; all contents are protected in logs. */
export interface SecretReader {
  /** The content. Throws when the secret is not there or was not granted. */
  readonly get: (query: SecretQuery) => Promise<TextMap>
  /** The content, or null when the secret is not there or was not granted (yet). */
  readonly find: (query: SecretQuery) => Promise<TextMap | null>
  /** Whether the secret was read in this hook, whichever revision. */
  readonly hasRead: (uri: string) => boolean
  /** The own secrets: this unit's, and on the leader the application's. */
  readonly own: () => Promise<readonly SecretInfo[]>
}

/**
 * Makes the reader of secrets of one hook. The same question is asked once.
 *
 * @example
 * const reader = createSecretReader({ run, redactor })
 * await reader.find({ id: uri, label: 'db.7.user.secret', revision: 'refresh' }) // { username: 'u', password: 'p' }
 */
export const createSecretReader = ({ run, redactor }: { readonly run: RunTool; readonly redactor: Redactor }): SecretReader => {
  const contents = new Map<string, Promise<TextMap>>()
  const asked = new Set<string>()
  let owned: Promise<readonly SecretInfo[]> | null = null

  const read = async (query: SecretQuery): Promise<TextMap> => {
    const content = await secretGet(run, query)
    for (const value of Object.values(content)) redactor.protect(value)
    return content
  }

  const get = (query: SecretQuery): Promise<TextMap> => {
    if (query.id !== undefined) asked.add(secretId(query.id))
    const key = JSON.stringify([query.id, query.label, query.revision])
    const content = contents.get(key) ?? read(query)
    contents.set(key, content)
    return content
  }

  const find = async (query: SecretQuery): Promise<TextMap | null> => {
    try {
      return await get(query)
    } catch (error) {
      if (isCharmError(error, 'CHARM_SECRET_NOT_FOUND', 'CHARM_PERMISSION_DENIED')) return null
      throw error
    }
  }

  const readOwn = async (): Promise<readonly SecretInfo[]> => {
    const infos: SecretInfo[] = []
    for (const id of await secretIds(run)) infos.push(await secretInfo(run, { id }))
    return Object.freeze(infos)
  }

  const own = (): Promise<readonly SecretInfo[]> => {
    owned ??= readOwn()
    return owned
  }

  return { get, find, hasRead: (uri) => asked.has(secretId(uri)), own }
}
