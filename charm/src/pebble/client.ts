import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { buffer } from 'node:stream/consumers'

import { CharmError, charmError } from '../errors.ts'

/** One HTTP request to Pebble. */
export interface PebbleRequest {
  readonly method: 'GET' | 'POST'
  /** For instance `/v1/services`. */
  readonly path: string
  /** Undefined values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is, with its content type. */
  readonly body?: { readonly type: string; readonly bytes: Uint8Array }
  readonly accept?: string
  /** How long to wait for the answer; ten seconds unless the request itself waits. */
  readonly timeoutMs?: number
}

/** What Pebble answered, not yet understood. */
export interface PebbleAnswer {
  readonly status: number
  readonly type: string
  readonly bytes: Buffer
}

/** A Pebble daemon behind its Unix socket. It keeps no connection open. */
export interface PebbleClient {
  readonly socketPath: string
  readonly send: (request: PebbleRequest) => Promise<PebbleAnswer>
  /** Opens a connection that leaves HTTP behind (a websocket); gives the raw answer to the upgrade. */
  readonly options: (path: string) => RequestOptions
}

/** What is inside Pebble's envelope. `change` names the work that an asynchronous request began. */
export interface PebbleResult {
  readonly result: unknown
  readonly change: string | null
}

/** Pebble understood and said no. `status` is HTTP's; `kind` is Pebble's word for it, where it has one (`not-found`, `login-required`…). */
export class PebbleError extends CharmError {
  readonly status: number
  readonly kind: string | null

  constructor(request: string, why: string, { status, kind }: { readonly status: number; readonly kind: string | null }) {
    super('CHARM_PEBBLE_REFUSED', charmError('CHARM_PEBBLE_REFUSED', [request, why]).message)
    this.name = 'PebbleError'
    this.status = status
    this.kind = kind
  }
}

const defaultTimeoutMs = 10_000

/** How a request is called in errors: method and path, without anything that may be secret. */
export const describeRequest = ({ method, path }: PebbleRequest): string => `${method} ${path}`

const toPath = ({ path, query = {} }: PebbleRequest): string => {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, value)
  return search.size === 0 ? path : `${path}?${search}`
}

const toBody = ({ json, body }: PebbleRequest): PebbleRequest['body'] =>
  json === undefined ? body : { type: 'application/json', bytes: Buffer.from(JSON.stringify(json)) }

/**
 * Makes the client of the Pebble behind a Unix socket: of a workload container `/charm/containers/<name>/pebble.socket`.
 * HTTP API of Pebble 1.32.
 *
 * @example
 * const client = createPebbleClient('/charm/containers/feast-ui/pebble.socket')
 * await getSystemInfo(client) // { version: 'v1.32.1', bootId: '…' }
 */
export const createPebbleClient = (socketPath: string): PebbleClient => {
  const options = (path: string): RequestOptions => ({ socketPath, path, host: 'localhost', agent: false })

  const send = async (request: PebbleRequest): Promise<PebbleAnswer> => {
    const body = toBody(request)
    const headers = {
      ...(request.accept === undefined ? {} : { accept: request.accept }),
      ...(body === undefined ? {} : { 'content-type': body.type, 'content-length': body.bytes.length }),
    }
    try {
      const signal = AbortSignal.timeout(request.timeoutMs ?? defaultTimeoutMs)
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = httpRequest({ ...options(toPath(request)), method: request.method, headers, signal }, resolve)
        sent.once('error', reject)
        sent.end(body?.bytes)
      })
      return { status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', bytes: await buffer(response) }
    } catch (cause) {
      const why = cause instanceof Error ? (cause.name === 'AbortError' || cause.name === 'TimeoutError' ? 'no answer' : cause.message) : ''
      throw charmError('CHARM_PEBBLE_UNREACHABLE', [socketPath, why], { cause })
    }
  }

  return { socketPath, send, options }
}

/** A JSON object from Pebble, its values unknown. */
export type PebbleObject = Readonly<Record<string, unknown>>

/** Reads `value` as an object; anything else as an empty one. */
export const asObject = (value: unknown): PebbleObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PebbleObject) : {}

/** Reads `value` as a list of objects; anything else (Go writes `null` for an empty list) as an empty one. */
export const asObjects = (value: unknown): readonly PebbleObject[] => (Array.isArray(value) ? value.map(asObject) : [])

/** Reads `value` as a text; anything else as an empty one. */
export const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Reads an answer's JSON body. */
export const parseBody = (request: PebbleRequest, { bytes }: PebbleAnswer): PebbleObject => {
  try {
    return asObject(JSON.parse(bytes.toString()))
  } catch {
    throw charmError('CHARM_PEBBLE_PROTOCOL', [describeRequest(request), 'it is not JSON'])
  }
}

/**
 * Sends a request and opens Pebble's envelope.
 *
 * @throws {CharmError} `CHARM_PEBBLE_UNREACHABLE`, `CHARM_PEBBLE_PROTOCOL`; {@link PebbleError} when Pebble refuses.
 *
 * @example
 * const { result } = await callPebble(client, { method: 'GET', path: '/v1/services' })
 */
export const callPebble = async (client: PebbleClient, request: PebbleRequest): Promise<PebbleResult> => {
  const answer = await client.send(request)
  const envelope = parseBody(request, answer)
  const result = envelope.result ?? null
  if (envelope.type === 'error') {
    const { message, kind } = asObject(result)
    const why = asText(message) || `HTTP status ${answer.status}`
    throw new PebbleError(describeRequest(request), why, { status: answer.status, kind: asText(kind) || null })
  }
  return { result, change: typeof envelope.change === 'string' ? envelope.change : null }
}
