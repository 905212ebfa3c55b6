import { StoreError, storeError } from '../../errors.ts'
import { isLost, type ServerFault, statementFailure } from '../failure.ts'
import { describeTarget, type PostgresTarget } from '../target.ts'

/** An ErrorResponse. Its fields are those of `pg`'s DatabaseError, so that both are mapped by the same code. */
export class WireFault extends Error implements ServerFault {
  readonly code: string
  readonly severity: string
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly routine: string | undefined

  constructor(fields: ReadonlyMap<string, string>) {
    super(fields.get('M') ?? 'the server gave no reason')
    this.name = 'WireFault'
    this.code = fields.get('C') ?? 'XX000'
    this.severity = fields.get('V') ?? fields.get('S') ?? 'ERROR'
    this.detail = fields.get('D')
    this.hint = fields.get('H')
    this.routine = fields.get('R')
  }
}

/**
 * Reads the body of an ErrorResponse. Fields: https://www.postgresql.org/docs/18/protocol-error-fields.html
 *
 * @example
 * throw readFault(buffer, start, end) // WireFault: relation "t" does not exist
 */
export const readFault = (buffer: Buffer, start: number, end: number): WireFault => {
  const fields = new Map<string, string>()
  let at = start
  while (at < end && buffer[at] !== 0) {
    const close = buffer.indexOf(0, at + 1)
    if (close < 0 || close >= end) break
    fields.set(String.fromCharCode(buffer[at] ?? 0), buffer.toString('utf8', at + 1, close))
    at = close + 1
  }
  return new WireFault(fields)
}

/**
 * What a request fails with whose connection went away under it.
 *
 * @example
 * request.done.reject(lostFailure(error, target))
 */
export const lostFailure = (error: unknown, target: PostgresTarget): StoreError => {
  if (error instanceof StoreError || isLost(error)) return statementFailure(error, target, '')
  const why = error instanceof Error ? error.message : String(error)
  return storeError('STORE_POSTGRES_CONNECTION_LOST', [describeTarget(target), why], { cause: error })
}
