import fc from 'fast-check'
import { expect, test } from 'vitest'

import { decodeFrame, encodeFrame } from '../../src/pebble/websocket.ts'

const unmask = (frame: Buffer, head: number): Buffer => {
  const mask = frame.subarray(head, head + 4)
  return Buffer.from(frame.subarray(head + 4).map((byte, index) => byte ^ (mask[index % 4] ?? 0)))
}

test.each([
  [0, 2],
  [125, 2],
  [126, 4],
  [65_535, 4],
  [65_536, 10],
])('a payload of %i bytes has a head of %i, masked', (length, head) => {
  const payload = Buffer.alloc(length, 7)
  const frame = encodeFrame(2, payload)
  expect(frame.length).toBe(head + 4 + length)
  expect(frame[0]).toBe(0x82)
  expect((frame[1] ?? 0) & 0x80).toBe(0x80)
  expect(unmask(frame, head).equals(payload)).toBe(true)
})

/** A frame as servers send it: not masked. */
const serverFrame = (opcode: number, payload: Buffer): Buffer => {
  const masked = encodeFrame(opcode, payload)
  const head = masked.subarray(0, masked.length - payload.length - 4)
  head[1] = (head[1] ?? 0) & 0x7f
  return Buffer.concat([head, payload])
}

test('frames are read one after the other, however they are cut into chunks', () => {
  const payloads = fc.array(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    { maxLength: 5 },
  )
  fc.assert(
    fc.property(payloads, fc.integer({ min: 1, max: 50 }), (sent, size) => {
      const stream = Buffer.concat(sent.map((payload) => serverFrame(2, payload)))
      const received: Buffer[] = []
      let pending = Buffer.alloc(0)
      for (let at = 0; at < stream.length; at += size) {
        pending = Buffer.concat([pending, stream.subarray(at, at + size)])
        for (let found = decodeFrame(pending); found !== null; found = decodeFrame(pending)) {
          received.push(Buffer.from(found.frame.payload))
          pending = Buffer.from(pending.subarray(found.size))
        }
      }
      expect(received).toEqual(sent)
      expect(pending.length).toBe(0)
    }),
  )
})

test('final and continuation are told apart', () => {
  const frame = serverFrame(1, Buffer.from('x'))
  frame[0] = 0x01
  expect(decodeFrame(frame)?.frame).toMatchObject({ final: false, opcode: 1 })
})
