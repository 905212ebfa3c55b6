const headerBytes = 5
/** Where torn messages are put together. */
const ownBytes = 128 * 1024
/** One that a huge message made larger than this is not kept. */
const keptBytes = 1024 * 1024
/** PostgreSQL's own limit of a message is 1 GB. */
const mostBytes = 2 ** 30 + headerBytes

const sizeOf = (buffer: Buffer, at: number): number => {
  const size = 1 + buffer.readInt32BE(at + 1)
  if (size < headerBytes || size > mostBytes) throw new Error(`the server sent a message of ${size} bytes, which is no PostgreSQL`)
  return size
}

/** Gets each message of a {@link MessageReader}: its type, and its body as a span of a buffer that is used again afterwards. */
export type OnMessage = (type: number, buffer: Buffer, start: number, end: number) => void

/**
 * Cuts the stream of a server into messages: one byte of type, four of length, the body. A chunk is read where it lies; only a message that
 * is torn between chunks is put together, in a buffer made once as large as the message needs.
 * Framing: https://www.postgresql.org/docs/18/protocol-overview.html#PROTOCOL-MESSAGE-CONCEPTS
 *
 * @example
 * const reader = new MessageReader()
 * socket.on('data', (chunk) => reader.read(chunk, (type, buffer, start, end) => { … }))
 */
export class MessageReader {
  #torn: Buffer = Buffer.alloc(0)
  #kept = 0

  read(chunk: Buffer, onMessage: OnMessage): void {
    const buffer = this.#kept === 0 ? chunk : this.#append(chunk)
    const length = this.#kept === 0 ? chunk.length : this.#kept
    let at = 0
    while (at + headerBytes <= length) {
      const end = at + sizeOf(buffer, at)
      if (end > length) break
      onMessage(buffer[at] ?? 0, buffer, at + headerBytes, end)
      at = end
    }
    this.#keep(buffer, at, length, at + headerBytes <= length ? sizeOf(buffer, at) : headerBytes)
  }

  #append(chunk: Buffer): Buffer {
    const length = this.#kept + chunk.length
    this.#keep(this.#torn, 0, this.#kept, length)
    chunk.copy(this.#torn, this.#kept)
    this.#kept = length
    return this.#torn
  }

  /** Moves a span to the front of a buffer of our own that has room for `needed` bytes. */
  #keep(buffer: Buffer, from: number, to: number, needed: number): void {
    const large = this.#torn.length > keptBytes && needed <= keptBytes
    const target = needed <= this.#torn.length && !large ? this.#torn : Buffer.allocUnsafeSlow(Math.max(needed, ownBytes))
    if (to > from) buffer.copy(target, 0, from, to)
    this.#torn = target
    this.#kept = to - from
  }
}
