import { crc32, deflateRawSync } from 'node:zlib'

/** One file of an archive. */
export interface ZipEntry {
  /** With forward slashes, relative. */
  readonly name: string
  readonly content: Uint8Array
  /** Unix permissions, such as 0o755. */
  readonly mode: number
}

// PKWARE APPNOTE 6.3.10, §4.3: local header and data of each file, then the central directory, then its end.
const localSignature = 0x04034b50
const centralSignature = 0x02014b50
const endSignature = 0x06054b50
const deflated = 8
const version = 20
/** The upper byte of "version made by" for Unix: only then are permissions read (§4.4.2). */
const unix = 3
const utf8Names = 0x0800
/** 1 January 1980, the format's first day: the same files give the same archive. */
const date = 0x0021
const regularFile = 0o100000

interface Packed extends ZipEntry {
  readonly crc: number
  readonly data: Uint8Array
  readonly offset: number
}

const sharedFields = (entry: Packed): readonly (readonly [size: 2 | 4, value: number])[] => [
  [2, version],
  [2, utf8Names],
  [2, deflated],
  [2, 0],
  [2, date],
  [4, entry.crc],
  [4, entry.data.length],
  [4, entry.content.length],
  [2, Buffer.byteLength(entry.name)],
  [2, 0],
]

const writeFields = (fields: readonly (readonly [size: 2 | 4, value: number])[]): Buffer => {
  const bytes = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0))
  let at = 0
  for (const [size, value] of fields) at = size === 2 ? bytes.writeUInt16LE(value, at) : bytes.writeUInt32LE(value >>> 0, at)
  return bytes
}

const localHeader = (entry: Packed): Buffer =>
  Buffer.concat([writeFields([[4, localSignature], ...sharedFields(entry)]), Buffer.from(entry.name)])

const centralHeader = (entry: Packed): Buffer => {
  const fields = writeFields([
    [4, centralSignature],
    [2, (unix << 8) | version],
    ...sharedFields(entry),
    [2, 0],
    [2, 0],
    [2, 0],
    [4, ((regularFile | entry.mode) << 16) >>> 0],
    [4, entry.offset],
  ])
  return Buffer.concat([fields, Buffer.from(entry.name)])
}

/**
 * Writes a zip archive, its files deflated, with their Unix permissions.
 *
 * @example
 * writeZip([{ name: 'dispatch', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 }])
 */
export const writeZip = (entries: readonly ZipEntry[]): Buffer => {
  const parts: Buffer[] = []
  const packed: Packed[] = []
  let offset = 0
  for (const entry of entries) {
    const each = { ...entry, crc: crc32(entry.content), data: deflateRawSync(entry.content, { level: 9 }), offset }
    const header = localHeader(each)
    parts.push(header, Buffer.from(each.data))
    packed.push(each)
    offset += header.length + each.data.length
  }
  const directory = Buffer.concat(packed.map(centralHeader))
  const end = writeFields([
    [4, endSignature],
    [2, 0],
    [2, 0],
    [2, packed.length],
    [2, packed.length],
    [4, directory.length],
    [4, offset],
    [2, 0],
  ])
  return Buffer.concat([...parts, directory, end])
}
