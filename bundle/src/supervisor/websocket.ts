import { createHash } from 'node:crypto'
import type { Duplex } from 'node:stream'

/** The server's end of a websocket (RFC 6455), as far as Pebble uses it. */
export interface ServerSocket {
  readonly send: (message: string | Buffer) => void
  /** What the client sends, until it closes or is gone. */
  readonly messages: AsyncIterable<string | Buffer>
  /** Lets go of it, once what was sent has left. */
  readonly close: () => void
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8 } as const

const frameOf = (opcode: number, payload: Buffer): Buffer => {
  const size = payload.length
  const head = Buffer.alloc(size < 126 ? 2 : size <= 0xffff ? 4 : 10)
  head[0] = 0x80 | opcode
  head[1] = size < 126 ? size : size <= 0xffff ? 126 : 127
  if (head.length === 4) head.writeUInt16BE(size, 2)
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2)
  return Buffer.concat([head, payload])
}

interface Frame {
  readonly opcode: number
  readonly final: boolean
  readonly payload: Buffer
  readonly size: number
}

/** The first frame of what has come, unmasked; undefined when it is not whole yet. Clients always mask. */
const readFrame = (bytes: Buffer): Frame | undefined => {
  const short = (bytes[1] ?? 0) & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head + 4) return undefined
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const size = head + 4 + length
  if (bytes.length < size) return undefined
  const payload = Buffer.from(bytes.subarray(head + 4, size))
  for (let index = 0; index < length; index += 1) payload[index] = (payload[index] ?? 0) ^ (bytes[head + (index % 4)] ?? 0)
  return { opcode: (bytes[0] ?? 0) & 0x0f, final: ((bytes[0] ?? 0) & 0x80) !== 0, payload, size }
}

async function* readMessages(stream: Duplex, head: Buffer): AsyncGenerator<string | Buffer> {
  let pending = head
  let parts: Buffer[] = []
  let text = false
  const chunks = async function* (): AsyncGenerator<Buffer> {
    yield Buffer.alloc(0)
    yield* stream
  }
  try {
    for await (const chunk of chunks()) {
      pending = Buffer.concat([pending, chunk])
      for (let frame = readFrame(pending); frame !== undefined; frame = readFrame(pending)) {
        pending = pending.subarray(frame.size)
        if (frame.opcode === opcodes.close) return
        if (frame.opcode > opcodes.binary) continue
        if (frame.opcode !== opcodes.continuation) text = frame.opcode === opcodes.text
        parts = [...parts, frame.payload]
        if (!frame.final) continue
        const message = Buffer.concat(parts)
        parts = []
        yield text ? message.toString() : message
      }
    }
  } catch (error) {
    // A client that is gone has nothing more to say.
    if (!(error instanceof Error) || !('code' in error)) throw error
  }
}

/**
 * Takes a client that asked for a websocket.
 *
 * @example
 * server.on('upgrade', (request, stream, head) => acceptSocket(request.headers['sec-websocket-key'] ?? '', stream, head))
 */
export const acceptSocket = (key: string, stream: Duplex, head: Buffer): ServerSocket => {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  stream.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  stream.on('error', () => stream.destroy())
  return {
    send: (message) => {
      const isText = typeof message === 'string'
      if (stream.writable) stream.write(frameOf(isText ? opcodes.text : opcodes.binary, isText ? Buffer.from(message) : message))
    },
    messages: readMessages(stream, head),
    close: () => void stream.end(),
  }
}
