import type { SecretUri } from '../model/change.ts'
import { isSecretId } from '../model/secret.ts'
import { goQuote } from './go-text.ts'
import { usageError } from './tool-error.ts'

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const shape = new RegExp(`^(?:(${uuid})/)?([0-9a-z]{20})$`)

/**
 * Reads a secret's URI: a bare id, `secret:<id>`, `secret://<model>/<id>` or `secret:<model>/<id>`.
 *
 * @throws {ToolError} `secret URI "…" not valid` (or `secret URI scheme "…"`), exit 2.
 *
 * @example
 * parseSecretUri('secret:9m4e2mr0ui3e8a215n4g')   // { model: '', id: '9m4e2mr0ui3e8a215n4g' }
 */
export function parseSecretUri(text: string): SecretUri {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]
  if (scheme !== undefined && scheme.toLowerCase() !== 'secret') {
    throw usageError(`secret URI scheme ${goQuote(scheme.toLowerCase())} not valid`)
  }
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1).replace(/^\/\//, '')
  const [, model = '', id = ''] = shape.exec(rest.replace(/[?#].*$/, '')) ?? []
  if (!isSecretId(id)) throw usageError(`secret URI ${goQuote(text)} not valid`)
  return { model, id }
}

/** As {@link parseSecretUri}, for tools that say the same whatever is wrong. */
export function parseSecretUriPlainly(text: string): SecretUri {
  try {
    return parseSecretUri(text)
  } catch {
    throw usageError(`secret URI ${goQuote(text)} not valid`)
  }
}
