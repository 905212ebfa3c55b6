import { unitTag } from '../model/tag.ts'
import type { Call } from './call.ts'
import { checkEmpty } from './flags.ts'
import { ToolError, usageError } from './tool-error.ts'

/** `resource-get NAME`: prints a path, without a newline. */
export function resourceGet(call: Call): void {
  const [name, ...rest] = call.parse('<resource name>')
  if (name === undefined || name === '') throw usageError('missing required resource name')
  checkEmpty(rest)
  const path = call.context.application.resources[name]
  if (path !== undefined) {
    call.stdout += path
    return
  }
  const url = `http://127.0.0.1/units/${unitTag(call.context.unitName)}/resources/${name}`
  throw new ToolError(`could not download resource: HTTP request failed: Get ${url}: httprequest: no error message found`)
}
