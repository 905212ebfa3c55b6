import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

// PostgreSQL's binary COPY: a signature of 11 bytes, flags, an extension; then rows, each the number of its fields (16 bits) and of each
// field the length (32 bits, -1 for NULL) and the bytes; at the end -1. https://www.postgresql.org/docs/18/sql-copy.html#id-1.9.3.55.9.4

/** What a binary COPY starts with. */
export const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
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
