import { infinity, negativeInfinity, parseTimestamp, postgresEpoch } from './timestamp.ts'
import { columnTypes, oid } from './value.ts'

type Form = (text: string) => Buffer

const sized =
  (bytes: number, write: (buffer: Buffer, text: string) => void): Form =>
  (text) => {
    const buffer = Buffer.allocUnsafe(bytes)
    write(buffer, text)
    return buffer
  }

const utf8: Form = (text) => Buffer.from(text)

const moment = sized(8, (buffer, text) => {
  const micros = parseTimestamp(text)
  buffer.writeBigInt64BE(micros === infinity || micros === negativeInfinity ? micros : micros - postgresEpoch)
})

const parseBytea = columnTypes.getTypeParser(oid.bytea, 'text')

const forms = new Map<number, Form>([
  [oid.bool, (text) => Buffer.from([text === 't' ? 1 : 0])],
  [oid.bytea, (text) => parseBytea(text)],
  [oid.int2, sized(2, (buffer, text) => buffer.writeInt16BE(Number(text)))],
  [oid.int4, sized(4, (buffer, text) => buffer.writeInt32BE(Number(text)))],
  [oid.int8, sized(8, (buffer, text) => buffer.writeBigInt64BE(BigInt(text)))],
  [oid.oid, sized(4, (buffer, text) => buffer.writeUInt32BE(Number(text)))],
  [oid.float4, sized(4, (buffer, text) => buffer.writeFloatBE(Number(text)))],
  [oid.float8, sized(8, (buffer, text) => buffer.writeDoubleBE(Number(text)))],
  [oid.timestamp, moment],
  [oid.timestamptz, moment],
  [19, utf8], // name
  [oid.text, utf8],
  [114, utf8], // json
  [1042, utf8], // bpchar
  [1043, utf8], // varchar
  [2950, (text) => Buffer.from(text.replaceAll('-', ''), 'hex')], // uuid
  [3802, (text) => Buffer.concat([Buffer.from([1]), Buffer.from(text)])], // jsonb
])

/**
 * How a text that PostgreSQL sent for a type becomes the bytes of its binary form; undefined for types that no read of ours selects.
 *
 * @example
 * binaryForm(oid.int4)?.('258') // <Buffer 00 00 01 02>
 */
export const binaryForm = (type: number): Form | undefined => forms.get(type)
