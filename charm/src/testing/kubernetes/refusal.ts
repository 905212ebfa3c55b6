const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  500: 'InternalError',
  503: 'ServiceUnavailable',
}

/** What the API server answers when it says no. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, message: string, reason: string = reasons[status] ?? 'Unknown') {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.reason = reason
  }

  /** The `Status` object that says so. */
  body(): object {
    const { status: code, message, reason } = this
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
  }
}
