import { isCharmError } from '../errors.ts'
import { asObject, asText, callPebble, type PebbleClient } from './client.ts'

/** Which Pebble answers. */
export interface SystemInfo {
  readonly version: string
  /** New whenever the container was started anew. */
  readonly bootId: string
}

/**
 * Asks Pebble who it is.
 *
 * @throws {CharmError} `CHARM_PEBBLE_UNREACHABLE`
 *
 * @example
 * await getSystemInfo(client) // { version: 'v1.32.1', bootId: '0a1b…' }
 */
export const getSystemInfo = async (client: PebbleClient): Promise<SystemInfo> => {
  const info = asObject((await callPebble(client, { method: 'GET', path: '/v1/system-info', timeoutMs: 5_000 })).result)
  return { version: asText(info.version), bootId: asText(info['boot-id']) }
}

/**
 * Asks Pebble who it is; null when nobody answers, or not as Pebble does.
 *
 * @example
 * if ((await findSystemInfo(client)) === null) return waiting('Waiting for Pebble to be ready.')
 */
export const findSystemInfo = async (client: PebbleClient): Promise<SystemInfo | null> => {
  try {
    return await getSystemInfo(client)
  } catch (error) {
    if (isCharmError(error)) return null
    throw error
  }
}
