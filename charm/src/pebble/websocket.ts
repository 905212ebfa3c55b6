import { randomBytes } from 'node:crypto'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'

import { charmError } from '../errors.ts'
import type { PebbleClient } from './client.ts'

/** A message: text frames as a string, binary ones as bytes. */
type SocketMessage = string | Buffer

/** The client's end of a websocket (RFC 6455), as far as Pebble uses it. Node's own cannot speak over a Unix socket. */
export interface PebbleSocket {
  readonly send: (message: SocketMessage) => void
  /** What the other end sends, until it closes or drops the connection. */
  readonly messages: AsyncIterable<SocketMessage>
  readonly close: () => void
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

interface Frame {
  readonly final: boolean
  readonly opcode: number
  readonly payload: Buffer
}

const encodeLength = (length: number): Buffer => {
  if (length < 126) return Buffer.from([length | 0x80])
  const long = length > 0xffff
  const bytes = Buffer.alloc(long ? 9 : 3)
  bytes[0] = (long ? 127 : 126) | 0x80
  if (long) bytes.writeBigUInt64BE(BigInt(length), 1)
  else bytes.writeUInt16BE(length, 1)
  return bytes
}

/** Writes one whole frame, masked as clients must. */
export const encodeFrame = (opcode: number, payload: Buffer): Buffer => {
  const mask = randomBytes(4)
  const masked = Buffer.from(payload)
  for (let index = 0; index < masked.length; index += 1) masked[index] = (masked[index] ?? 0) ^ (mask[index % 4] ?? 0)
  return Buffer.concat([Buffer.from([0x80 | opcode]), encodeLength(payload.length), mask, masked])
}

/** Reads the first frame of `bytes`, and how long it is; null when there is no whole one yet. Servers do not mask. */
export const decodeFrame = (bytes: Buffer): { readonly frame: Frame; readonly size: number } | null => {
  if (bytes.length < 2) return null
  const [first = 0, second = 0] = bytes
  const short = second & 0x7f
  const head = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < head) return null
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  const size = head + length
  if (bytes.length < size) return null
  return { frame: { final: (first & 0x80) !== 0, opcode: first & 0x0f, payload: bytes.subarray(head, size) }, size }
}

/** What a stream of bytes holds in frames. */
async function* readFrames(stream: Duplex, head: Buffer): AsyncGenerator<Frame> {
  let pending = head
  const takeWhole = function* (): Generator<Frame> {
    for (let found = decodeFrame(pending); found !== null; found = decodeFrame(pending)) {
      pending = pending.subarray(found.size)
      yield found.frame
    }
  }
  yield* takeWhole()
  for await (const chunk of stream) {
    pending = Buffer.concat([pending, chunk])
    yield* takeWhole()
  }
}

async function* readMessages(stream: Duplex, head: Buffer): AsyncGenerator<SocketMessage> {
  let parts: readonly Buffer[] = []
  let isText = false
  try {
    for await (const { final, opcode, payload } of readFrames(stream, head)) {
      if (opcode === opcodes.close) return
      if (opcode === opcodes.ping) stream.write(encodeFrame(opcodes.pong, payload))
      if (opcode > opcodes.binary) continue
      if (opcode !== opcodes.continuation) isText = opcode === opcodes.text
      parts = [...parts, payload]
      if (!final) continue
      const message = Buffer.concat(parts)
      parts = []
      yield isText ? message.toString() : message
    }
  } catch (error) {
    // Pebble drops the connection instead of closing it (1006).
    if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error
  }
}

const upgrade = (client: PebbleClient, path: string): Promise<{ readonly stream: Duplex; readonly head: Buffer }> =>
  new Promise((resolve, reject) => {
    const refuse = (why: string): void => reject(charmError('CHARM_PEBBLE_UNREACHABLE', [client.socketPath, why]))
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    }
    const sent = httpRequest({ ...client.options(path), method: 'GET', headers })
    sent.once('upgrade', (_response: IncomingMessage, stream: Duplex, head: Buffer) => resolve({ stream, head }))
    sent.once('response', (response: IncomingMessage) => {
      response.resume()
      refuse(`HTTP status ${response.statusCode} instead of a websocket`)
    })
    sent.once('error', (error) => refuse(error.message))
    sent.end()
  })

/**
 * Opens a websocket of Pebble.
 *
 * @throws {CharmError} `CHARM_PEBBLE_UNREACHABLE` when Pebble does not open one.
 *
 * @example
 * const socket = await openSocket(client, '/v1/tasks/7/websocket/stdio')
 * socket.send(Buffer.from('hello\n'))
 * for await (const message of socket.messages) if (message instanceof Buffer) output.push(message)
 */
export const openSocket = async (client: PebbleClient, path: string): Promise<PebbleSocket> => {
  const { stream, head } = await upgrade(client, path)
  return {
    send: (message) => {
      const text = typeof message === 'string'
      stream.write(encodeFrame(text ? opcodes.text : opcodes.binary, Buffer.from(message)))
    },
    messages: readMessages(stream, head),
    close: () => stream.destroy(),
  }
}
