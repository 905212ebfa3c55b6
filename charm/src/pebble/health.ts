import { charmError } from '../errors.ts'
import { asObject, describeRequest, type PebbleClient, type PebbleRequest, parseBody } from './client.ts'

/**
 * Whether all checks (of a level, if named) are up. Anyone may ask; an unhealthy Pebble answers with HTTP status 502.
 *
 * @example
 * await isHealthy(client, { level: 'ready' }) // true
 */
export const isHealthy = async (client: PebbleClient, { level }: { readonly level?: 'alive' | 'ready' } = {}): Promise<boolean> => {
  const request: PebbleRequest = { method: 'GET', path: '/v1/health', query: { level } }
  const { healthy } = asObject(parseBody(request, await client.send(request)).result)
  if (typeof healthy !== 'boolean') throw charmError('CHARM_PEBBLE_PROTOCOL', [describeRequest(request), 'it does not say "healthy"'])
  return healthy
}
