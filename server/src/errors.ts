import { StoreError } from '@charmed-feast/store'

/** One row of the table: the HTTP status, the name that Feast's clients act on, and the words. */
interface ErrorRow {
  readonly status: number
  /** Feast's `error_type`: Python clients raise the class of that name. Observed on Feast 0.67. */
  readonly type: string
  readonly message: (...values: never[]) => string
}

/**
 * Every error that the server itself answers with; what the store says is passed on with its own code.
 * Where Feast has words for the same thing, they are Feast's: its clients show and compare them.
 */
export const errors = {
  SERVER_OBJECT_NOT_FOUND: {
    status: 404,
    type: 'FeastObjectNotFoundException',
    message: (words: string, name: string, project: string) => `${words} ${name} does not exist in project ${project}`,
  },
  SERVER_PROJECT_NOT_FOUND: {
    status: 404,
    type: 'FeastObjectNotFoundException',
    message: (name: string) => `Project ${name} does not exist`,
  },
  SERVER_FEATURE_NOT_FOUND: {
    status: 404,
    type: 'FeastObjectNotFoundException',
    message: (name: string, view: string, project: string) => `Feature ${name} not found in feature view ${view} in project ${project}`,
  },
  SERVER_RECORD_NOT_FOUND: {
    status: 404,
    type: 'FeastObjectNotFoundException',
    message: (thing: string, id: string) => `${thing} '${id}' not found`,
  },
  SERVER_ROUTE_NOT_FOUND: { status: 404, type: 'HTTPException', message: () => 'Not Found' },
  SERVER_METHOD_NOT_ALLOWED: { status: 405, type: 'HTTPException', message: () => 'Method Not Allowed' },
  SERVER_REQUEST_INVALID: {
    status: 422,
    type: 'RequestValidationError',
    message: (problems: string) => `cannot read the request: ${problems}`,
  },
  SERVER_VALUE_INVALID: {
    status: 422,
    type: 'ValueError',
    message: (what: string, value: string, why: string) => `cannot use ${what} "${value}": ${why}`,
  },
  SERVER_CHOICE_INVALID: {
    status: 400,
    type: 'HTTPException',
    message: (name: string, value: string, why: string) => `Invalid ${name} parameter: '${value}'. ${why}`,
  },
  SERVER_BODY_TOO_LARGE: {
    status: 413,
    type: 'HTTPException',
    message: (limit: string) => `cannot read the body: it is larger than ${limit} bytes`,
  },
  SERVER_FORBIDDEN: {
    status: 403,
    type: 'FeastPermissionError',
    message: (what: string, why: string) => `cannot ${what}: ${why}`,
  },
  SERVER_CROSS_SITE: {
    status: 403,
    type: 'FeastPermissionError',
    message: (why: string) => `cannot take a request of another site: ${why}`,
  },
  SERVER_HOST_UNKNOWN: {
    status: 421,
    type: 'HTTPException',
    message: (host: string) => `cannot answer for host "${host}": the server listens on this machine alone; name it with --allowed-host`,
  },
  SERVER_NOT_CONFIGURED: { status: 503, type: 'HTTPException', message: (sentence: string) => sentence },
  SERVER_NOT_SUPPORTED: { status: 501, type: 'HTTPException', message: (what: string, why: string) => `cannot ${what}: ${why}` },
  SERVER_CONFLICT: {
    status: 409,
    type: 'HTTPException',
    message: (what: string, name: string, why: string) => `cannot ${what} "${name}": ${why}`,
  },
  SERVER_VERSION_MOVED: {
    status: 412,
    type: 'HTTPException',
    message: (given: string, now: string) => `cannot apply to registry version "${given}": it is "${now}" now; plan again`,
  },
  SERVER_VERSION_NEEDED: {
    status: 428,
    type: 'HTTPException',
    message: () => 'cannot apply without If-Match: send the registry version that the plan was made for',
  },
  SERVER_BUSY: {
    status: 429,
    type: 'HTTPException',
    message: (what: string, limit: string) => `cannot start ${what}: ${limit} run for you already`,
  },
  SERVER_FAILED: {
    status: 500,
    type: 'InternalServerError',
    message: () => 'cannot answer: the server failed; its log has the request id',
  },
} as const satisfies Readonly<Record<string, ErrorRow>>

/** The name of a row of {@link errors}. */
export type ServerErrorCode = keyof typeof errors

/** What a handler throws to be answered with. */
export class ServerError extends Error {
  readonly code: ServerErrorCode
  readonly status: number
  /** Members of the answer beside Feast's three. */
  readonly members: Readonly<Record<string, string>>

  constructor(code: ServerErrorCode, message: string, members: Readonly<Record<string, string>>, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ServerError'
    this.code = code
    this.status = errors[code].status
    this.members = members
  }
}

/**
 * Makes the error of a row.
 *
 * @example
 * throw serverError('SERVER_PROJECT_NOT_FOUND', ['rides'])
 */
export const serverError = <Code extends ServerErrorCode>(
  code: Code,
  values: Parameters<(typeof errors)[Code]['message']>,
  options: ErrorOptions & { readonly members?: Readonly<Record<string, string>> } = {},
): ServerError => {
  const { message } = errors[code]
  // A union of functions takes the intersection of their parameters; Code ties values to the row.
  const text = (message as (...values: readonly string[]) => string)(...(values as readonly string[]))
  return new ServerError(code, text, options.members ?? {}, options)
}

/** The body of an error: Feast's three members, then ours (`ApiError` of the pages' contract). */
export interface ErrorBody {
  readonly status_code: number
  readonly detail: string
  readonly error_type: string
  readonly code: string
  readonly request_id: string
}

const storeTypes: Readonly<Record<number, string>> = { 404: 'FeastObjectNotFoundException', 403: 'FeastPermissionError', 422: 'ValueError' }

/** What an error is answered as. Whatever is not ours to explain is a failure, told without its words: they may hold anything. */
export const errorBody = (error: unknown, requestId: string): ErrorBody => {
  if (error instanceof ServerError) {
    const { code, status, message, members } = error
    return { status_code: status, detail: message, error_type: errors[code].type, code, request_id: requestId, ...members }
  }
  if (error instanceof StoreError) {
    const { code, status, message } = error
    return { status_code: status, detail: message, error_type: storeTypes[status] ?? 'HTTPException', code, request_id: requestId }
  }
  const failed = serverError('SERVER_FAILED', [])
  return errorBody(failed, requestId)
}
