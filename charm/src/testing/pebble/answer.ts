/** A request to the fake Pebble, as HTTP brings it. */
export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly contentType: string
  readonly accept: string
  readonly body: Buffer
}

/** What the fake Pebble answers. */
export interface FakeAnswer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
}

const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  504: 'Gateway Timeout',
}

function envelope(type: string, status: number, rest: object): FakeAnswer {
  const body = { type, 'status-code': status, status: phrases[status] ?? '', ...rest }
  return { status, type: 'application/json', body: Buffer.from(`${JSON.stringify(body)}\n`) }
}

/** An answer that is complete. */
export function sync(result: unknown, status = 200): FakeAnswer {
  return envelope('sync', status, { result })
}

/** An answer that names a change which goes on. */
export function async(change: string, result: unknown = null): FakeAnswer {
  return envelope('async', 202, { result, change })
}

/** A refusal. */
export class PebbleRefusal extends Error {
  readonly status: number
  readonly kind: string | undefined
  constructor(status: number, message: string, kind?: string) {
    super(message)
    this.status = status
    this.kind = kind
  }
}

/** A refusal as an answer. */
export function refuse({ status, message, kind }: PebbleRefusal): FakeAnswer {
  return envelope('error', status, { result: { message, ...(kind === undefined ? {} : { kind }) } })
}

/** Reads a JSON body as an object. */
export function parseBody({ path, contentType, body }: FakeRequest): Readonly<Record<string, unknown>> {
  if (contentType.split(';')[0] !== 'application/json' && path === '/v1/files') {
    throw new PebbleRefusal(400, `invalid Content-Type ${JSON.stringify(contentType)}`)
  }
  const what = path === '/v1/services' || path === '/v1/checks' ? 'data from request body' : 'request body'
  try {
    return asRecord(JSON.parse(body.toString()))
  } catch {
    throw new PebbleRefusal(400, `cannot decode ${what}: ${body.length === 0 ? 'EOF' : 'invalid character'}`)
  }
}

/** A value as an object; anything else as an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {}
}

/** A value as a list of texts; anything else as an empty one. */
export function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}
