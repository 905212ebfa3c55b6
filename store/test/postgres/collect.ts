import type { ReadOptions, RowReader } from '../../src/postgres/read.ts'
import type { Parameter } from '../../src/postgres/wire/writer.ts'

/** A row as copies of its cells. */
export type CopiedRow = readonly (Buffer | null)[]

/** A sink that keeps what the first `columns` cells of each row hold. */
export const copyingSink = (columns: number) => {
  const rows: CopiedRow[] = []
  const row = (buffer: Buffer, offsets: Int32Array, lengths: Int32Array): void => {
    const cell = (_: unknown, at: number): Buffer | null => {
      const [offset = 0, length = -1] = [offsets[at], lengths[at]]
      return length < 0 ? null : Buffer.from(buffer.subarray(offset, offset + length))
    }
    rows.push(Array.from({ length: columns }, cell))
  }
  return { rows, row }
}

/** Reads all rows of a statement as copies. */
export const readRows = async (
  reader: RowReader,
  text: string,
  columns: number,
  parameters: readonly Parameter[] = [],
  options: ReadOptions = {},
): Promise<readonly CopiedRow[]> => {
  const sink = copyingSink(columns)
  await reader.read({ text }, parameters, sink, options)
  return sink.rows
}
