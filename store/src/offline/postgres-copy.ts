import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'

// PostgreSQL's binary COPY: a signature of 11 bytes, flags, an extension; then rows, each the number of its fields (16 bits) and of each
// field the length (32 bits, -1 for NULL) and the bytes; at the end -1. https://www.postgresql.org/docs/18/sql-copy.html#id-1.9.3.55.9.4

const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])

/** Where the reader of a binary COPY stands: the fields of one row, as places in a buffer. Cells read from here. */
export class TupleCursor {
  bytes: Buffer = Buffer.alloc(0)
  view = new DataView(this.bytes.buffer, 0, 0)
  /** Where each field's bytes start. */
  readonly offsets: Int32Array
  /** How long each is; -1 for NULL. */
  readonly lengths: Int32Array

  constructor(fields: number) {
    this.offsets = new Int32Array(fields)
    this.lengths = new Int32Array(fields)
  }

  load(bytes: Buffer): void {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Goes to the row at an offset; gives where the next one starts, -1 when this one is not all there, -2 at the end. */
  seek(offset: number): number {
    const { view, offsets, lengths } = this
    const size = view.byteLength
    if (offset + 2 > size) return -1
    if (view.getInt16(offset) < 0) return -2
    let at = offset + 2
    for (let field = 0; field < offsets.length; field++) {
      if (at + 4 > size) return -1
      const length = view.getInt32(at)
      at += 4
      offsets[field] = at
      lengths[field] = length
      if (length > 0) at += length
      if (at > size) return -1
    }
    return at
  }
}

/**
 * Runs a query through COPY and calls `onRow` for each of its rows, with the cursor on it: nothing is made for a row. A break or an error
 * in `onRow` leaves the connection in the middle of the answer: the caller has to throw it away.
 */
export const readTuples = async (
  client: ClientBase,
  sql: string,
  cursor: TupleCursor,
  onRow: () => void,
  options: { readonly signal?: AbortSignal | undefined; readonly onChunk?: (() => Promise<void> | undefined) | undefined } = {},
): Promise<void> => {
  const stream = client.query(copyTo(`COPY (${sql}) TO STDOUT (FORMAT binary)`, { highWaterMark: 1 << 20 }))
  let rest: Buffer | undefined
  let started = false
  for await (const part of stream) {
    options.signal?.throwIfAborted()
    const bytes: Buffer = rest === undefined ? part : Buffer.concat([rest, part])
    if (!started && bytes.length < signature.length) {
      rest = bytes
      continue
    }
    let offset = started ? 0 : signature.length
    started = true
    cursor.load(bytes)
    for (let next = cursor.seek(offset); next >= 0; next = cursor.seek(offset)) {
      onRow()
      offset = next
    }
    rest = offset === bytes.length ? undefined : bytes.subarray(offset)
    const pause = options.onChunk?.()
    if (pause !== undefined) await pause
  }
}

/** Frames rows, which already are fields of binary COPY, and sends them into a table. */
export const writeTuples = async (client: ClientBase, into: string, rows: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> => {
  async function* framed(): AsyncGenerator<Buffer> {
    yield signature
    yield* rows
    yield trailer
  }
  const sink = client.query(copyFrom(`COPY ${into} FROM STDIN (FORMAT binary)`))
  await pipeline(Readable.from(framed(), { objectMode: false, highWaterMark: 1 << 20 }), sink)
}
