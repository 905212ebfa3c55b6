import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageReader } from '../../../src/postgres/wire/reader.ts'

const message = (type: number, body: Uint8Array): Buffer => {
  const head = Buffer.alloc(5)
  head[0] = type
  head.writeInt32BE(4 + body.length, 1)
  return Buffer.concat([head, body])
}

const read = (chunks: readonly Buffer[]): readonly (readonly [number, string])[] => {
  const reader = new MessageReader()
  const seen: (readonly [number, string])[] = []
  for (const chunk of chunks) {
    reader.read(chunk, (type, buffer, start, end) => seen.push([type, buffer.toString('hex', start, end)]))
    // A socket may use its memory again.
    chunk.fill(0xee)
  }
  return seen
}

const bodies = fc.array(fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 300, size: 'max' })), { maxLength: 20 })

test('messages come whole and in order, however the stream is torn', () => {
  fc.assert(
    fc.property(bodies, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (messages, cuts) => {
      const stream = Buffer.concat(messages.map(([type, body]) => message(type, body)))
      const chunks: Buffer[] = []
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1
        chunks.push(Buffer.from(stream.subarray(at, at + size)))
        at += size
      }
      expect(read(chunks)).toEqual(messages.map(([type, body]) => [type, Buffer.from(body).toString('hex')]))
    }),
  )
})

test('a message larger than what is kept comes whole, and small ones after it', () => {
  const large = Buffer.alloc(3_000_000, 7)
  const stream = Buffer.concat([message(1, Buffer.from('a')), message(2, large), message(3, Buffer.from('b'))])
  const chunks = Array.from({ length: Math.ceil(stream.length / 65_536) }, (_, at) =>
    Buffer.from(stream.subarray(at * 65_536, (at + 1) * 65_536)),
  )
  const seen = read(chunks)
  expect(seen.map(([type]) => type)).toEqual([1, 2, 3])
  expect(seen[1]?.[1]).toBe(large.toString('hex'))
})

test.each([3, 0, -1, 0x7f_ff_ff_ff])('a length of %i is no PostgreSQL', (length) => {
  const head = Buffer.alloc(5)
  head.writeInt32BE(length, 1)
  expect(() => read([head])).toThrow('which is no PostgreSQL')
})
