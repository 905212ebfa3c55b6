import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Batch } from '../definition/batch.ts'
import type { ValueType } from '../definition/value-type.ts'
import { isoOf } from './moment.ts'

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  if (value instanceof Set) return [...value]
  return value instanceof Map ? Object.fromEntries(value) : value
}

const textOf = (value: unknown, { name }: ValueType): string => {
  if (typeof value === 'bigint') return name === 'UNIX_TIMESTAMP' ? isoOf(value) : String(value)
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`
  return typeof value === 'object' ? JSON.stringify(value, plain) : String(value)
}

/** A field as RFC 4180 has it. Null is nothing at all; empty text is in quotes, so that the two differ. */
const field = (value: unknown, type: ValueType): string => {
  if (value === null || value === undefined) return ''
  const text = textOf(value, type)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const rowsPerPart = 1_000

/** Batches as the text of a CSV file (https://www.rfc-editor.org/rfc/rfc4180), with the names first. Times are ISO text in UTC. */
async function* csvOf(batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  let first = true
  for await (const { rows, columns } of batches) {
    if (first) yield `${columns.map(({ name }) => field(name, { name: 'STRING' })).join(',')}\r\n`
    first = false
    for (let from = 0; from < rows; from += rowsPerPart) {
      let part = ''
      for (let row = from; row < Math.min(from + rowsPerPart, rows); row++)
        part += `${columns.map(({ values, type }) => field(values[row], type)).join(',')}\r\n`
      yield part
    }
  }
}

/** Writes batches to a CSV file. */
export const writeCsv = (path: string, batches: AsyncIterable<Batch>): Promise<void> =>
  pipeline(Readable.from(csvOf(batches), { objectMode: false }), createWriteStream(path))
