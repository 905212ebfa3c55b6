import { charmError } from '../errors.ts'
import { asObject, asText, describeRequest, type PebbleClient, PebbleError, type PebbleRequest, parseBody } from './client.ts'

/** A line that a service wrote. */
export interface ServiceLogLine {
  /** RFC 3339. */
  readonly time: string
  readonly service: string
  readonly message: string
}

/**
 * Gets the last lines that services wrote, oldest first.
 *
 * @example
 * await getServiceLogs(client, { services: ['feast-ui'], lines: 20 })
 */
export const getServiceLogs = async (
  client: PebbleClient,
  { services = [], lines = 30 }: { readonly services?: readonly string[]; readonly lines?: number } = {},
): Promise<readonly ServiceLogLine[]> => {
  const request: PebbleRequest = {
    method: 'GET',
    path: '/v1/logs',
    query: { n: String(lines), services: services.length === 0 ? undefined : services.join(',') },
  }
  const answer = await client.send(request)
  if (answer.status !== 200) {
    const { message } = asObject(parseBody(request, answer).result)
    throw new PebbleError(describeRequest(request), asText(message), { status: answer.status, kind: null })
  }
  const rows = answer.bytes.toString().split('\n')
  return rows.filter((row) => row !== '').map(parseLine)
}

const parseLine = (row: string): ServiceLogLine => {
  try {
    const { time, service, message } = asObject(JSON.parse(row))
    return { time: asText(time), service: asText(service), message: asText(message) }
  } catch {
    throw charmError('CHARM_PEBBLE_PROTOCOL', ['GET /v1/logs', 'a line is not JSON'])
  }
}
