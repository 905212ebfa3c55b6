import type { Parameter } from './writer.ts'

/** A statement that is prepared once a connection: equal texts are one statement. */
export interface Statement {
  readonly text: string
  /** It keeps a server process busy for milliseconds: better not behind another. */
  readonly long?: boolean
}

/** Takes the rows of a read. */
export interface RowSink {
  /**
   * One row: cell `i` is the `lengths[i]` bytes (-1: NULL) of `buffer` from `offsets[i]` on, in PostgreSQL's binary form.
   * All three are used again for the next row, the arrays may be longer than the row, and what is to stay must be copied.
   */
  row(buffer: Buffer, offsets: Int32Array, lengths: Int32Array): void
}

/** A prepared statement of a connection. */
export interface Prepared {
  readonly name: string
  /** The server has confirmed it; until then others do not build on it. */
  ready: boolean
}

/** What a long read weighs beside others. */
export const longWeight = 8

/**
 * One read on its way: what is asked, who takes the rows, and how far it got.
 *
 * @example
 * const request = new Request({ text: 'SELECT $1::int8' }, [encodeInt8(1n)], sink)
 * connection.send(request)
 * await request.done.promise
 */
export class Request {
  readonly text: string
  readonly weight: number
  readonly parameters: readonly Parameter[]
  readonly sink: RowSink
  readonly done = Promise.withResolvers<void>()
  /** A row has come: it cannot be sent again unnoticed. */
  answered = false
  /** Nobody waits for it any more; its rows go nowhere. */
  dropped = false
  failure: unknown
  /** What comes is still the answer of the statement before it, of no interest to anybody. */
  preluding = false
  /** The statement that this request brings to the server. */
  prepares: Prepared | undefined

  constructor({ text, long = false }: Statement, parameters: readonly Parameter[], sink: RowSink) {
    this.text = text
    this.weight = long ? longWeight : 1
    this.parameters = parameters
    this.sink = sink
  }

  /** Ends it for the caller, while the connection still waits for the rest of the answer. */
  drop(error: unknown): void {
    this.dropped = true
    this.done.reject(error)
  }
}
