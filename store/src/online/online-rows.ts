import type { SourceBatch } from '../definition/batch.ts'
import { ByteWriter } from '../definition/byte-writer.ts'
import type { AnyStoredView } from '../definition/definition.ts'
import { dummyJoinKey } from '../definition/entity.ts'
import { type ValueWriter, valueWriter } from '../definition/value.ts'
import { storeError } from '../errors.ts'
import { postgresEpoch } from '../postgres/timestamp.ts'
import { type EntityKeyEncoder, type EntityKeyVersion, entityKeyEncoder } from './entity-key.ts'
import { joinKeysOf } from './plan.ts'

// The binary form of COPY: https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS-BINARY
const signature = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const trailer = Buffer.from([0xff, 0xff])

/** The columns of a row in the online store, in the order in which {@link onlineRows} writes them. */
export const onlineColumns = ['entity_key', 'feature_name', 'value', 'value_text', 'event_ts', 'created_ts'] as const

/** How many rows were encoded, and what was left out. */
export interface EncodedCounts {
  /** Entities. */
  rows: number
  /** Rows without a join key: they can belong to no entity. */
  skippedRows: number
  /** Feature values: what PostgreSQL gets as rows. */
  values: number
}

interface FeatureWriter {
  readonly column: string
  readonly name: Buffer
  readonly write: ValueWriter<unknown>
  /** Feast keeps the text of text features beside the value, for its full-text search. */
  readonly text: boolean
}

/** What one view's rows are encoded by: compiled once a run. */
export interface OnlineRowWriter {
  readonly encoder: EntityKeyEncoder
  readonly features: readonly FeatureWriter[]
  readonly joinKeys: readonly string[]
}

/** Compiles the encoder of a view's online rows. */
export const onlineRowWriter = (view: AnyStoredView, keyVersion: EntityKeyVersion): OnlineRowWriter => {
  const joinKeys = joinKeysOf(view)
  return Object.freeze({
    encoder: entityKeyEncoder({ version: keyVersion, joinKeys }),
    joinKeys: joinKeys.map(({ name }) => name),
    features: view.fields.map(({ name, type }) => ({
      column: name,
      name: Buffer.from(name),
      write: valueWriter(type),
      text: type.name === 'STRING',
    })),
  })
}

const sized = (target: ByteWriter, bytes: Uint8Array): void => {
  bigEndian32(target, bytes.length)
  target.raw(bytes)
}

const bigEndian32 = (target: ByteWriter, value: number): void => {
  target.reserve(4)
  target.length = target.bytes.writeInt32BE(value, target.length)
}

const time = (target: ByteWriter, microseconds: bigint | null | undefined): void => {
  if (microseconds === null || microseconds === undefined) {
    bigEndian32(target, -1)
    return
  }
  bigEndian32(target, 8)
  target.reserve(8)
  target.length = target.bytes.writeBigInt64BE(microseconds - postgresEpoch, target.length)
}

/** Writes what `write` appends, with its length before it. */
const measured = (target: ByteWriter, write: () => void): void => {
  const start = target.length
  bigEndian32(target, 0)
  write()
  target.bytes.writeInt32BE(target.length - start - 4, start)
}

const row = (target: ByteWriter, key: Uint8Array, feature: FeatureWriter, value: unknown, event: bigint, created: bigint | null): void => {
  target.reserve(2)
  target.length = target.bytes.writeInt16BE(onlineColumns.length, target.length)
  sized(target, key)
  sized(target, feature.name)
  measured(target, () => feature.write(target, value))
  if (feature.text && typeof value === 'string') sized(target, Buffer.from(value))
  else bigEndian32(target, -1)
  time(target, event)
  time(target, created)
}

const emptyTexts = (rows: number): readonly string[] => new Array<string>(rows).fill('')

/**
 * The columns of a batch that keys are made of, in the encoder's order. Feast's dummy key is in no source: its one value is empty text.
 *
 * @throws STORE_ONLINE_ROW_INVALID when a batch lacks a join key
 */
export const keyColumns = ({ joinKeys }: OnlineRowWriter, batch: SourceBatch): readonly ArrayLike<unknown>[] =>
  joinKeys.map((name) => {
    const column = batch.columns.find((each) => each.name === name)?.values
    if (column !== undefined) return column
    if (name === dummyJoinKey) return emptyTexts(batch.rows)
    throw storeError('STORE_ONLINE_ROW_INVALID', [`the join key "${name}" is missing`])
  })

/** Appends a batch to the target, a row a feature. Rows without a join key are counted and left out; absent features are not written. */
const appendBatch = (target: ByteWriter, writer: OnlineRowWriter, batch: SourceBatch, counts: EncodedCounts): void => {
  const byName = new Map(batch.columns.map((column) => [column.name, column.values]))
  const keys = keyColumns(writer, batch)
  const key = new ByteWriter(128)
  for (let at = 0; at < batch.rows; at++) {
    const event = batch.eventTimes[at]
    if (event === undefined || keys.some((column) => column[at] === null || column[at] === undefined)) {
      counts.skippedRows++
      continue
    }
    key.length = 0
    writer.encoder.write(key, keys, at)
    counts.rows++
    for (const feature of writer.features) {
      const column = byName.get(feature.column)
      if (column === undefined) continue
      row(target, key.view(), feature, column[at] ?? null, event, batch.createdTimes[at] ?? null)
      counts.values++
    }
  }
}

/** Bytes that are gathered before they are handed on: large enough that the socket, and not the call, is what costs. */
const chunkBytes = 256 * 1024

/**
 * Encodes source rows as the binary form of COPY, a row a feature, in the order of {@link onlineColumns}. `counts` is filled while it runs.
 *
 * @throws STORE_VALUE_INVALID, STORE_ENTITY_KEY_INVALID for a value that does not fit its type
 */
export async function* onlineRows(
  writer: OnlineRowWriter,
  batches: AsyncIterable<SourceBatch> | Iterable<SourceBatch>,
  counts: EncodedCounts,
): AsyncGenerator<Buffer> {
  let target = new ByteWriter(chunkBytes * 2)
  target.raw(signature)
  for await (const batch of batches) {
    if (batch.eventTimes.length !== batch.rows) throw storeError('STORE_ONLINE_ROW_INVALID', ['a batch has fewer event times than rows'])
    appendBatch(target, writer, batch, counts)
    if (target.length < chunkBytes) continue
    yield target.view()
    // The stream may still hold the chunk: the next one gets memory of its own.
    target = new ByteWriter(chunkBytes * 2)
  }
  target.raw(trailer)
  yield target.view()
}
