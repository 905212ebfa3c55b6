import { type JsonObject, parseObject } from './output.ts'
import { type RunTool, readToolJson } from './run.ts'

/**
 * Reads the cloud's credential; only a trusted application may. It is a secret: hand it to nobody, log none of it.
 *
 * @throws {HookToolError} `CHARM_PERMISSION_DENIED` when the application is not trusted.
 *
 * @example
 * await credentialGet(run) // { type: 'kubernetes', name: …, endpoint: …, credential: … }
 */
export const credentialGet = async (run: RunTool): Promise<JsonObject> =>
  parseObject('credential-get', await readToolJson(run, { tool: 'credential-get', args: ['--format=json'] }))
