import type pg from 'pg'
import { storeError } from '../errors.ts'
import { binaryForm } from './binary-form.ts'
import { statementFailure } from './failure.ts'
import { runInterruptible } from './interrupt.ts'
import { openPool, type Pool, type PoolOptions } from './pool.ts'
import type { ReadOptions, RowReader } from './read.ts'
import type { Session } from './session.ts'
import { describeTarget, type PostgresTarget } from './target.ts'
import { runWithSettings } from './transaction.ts'
import type { RowSink, Statement } from './wire/request.ts'
import type { Parameter } from './wire/writer.ts'

/** Texts as the server sent them. */
const asSent: pg.CustomTypesConfig = { getTypeParser: () => String }

/** The plain twin of the wire: reads through `pg`, which knows texts only, and turns the texts into the bytes that the wire would have read. */
export class PgReader implements RowReader {
  readonly #pool: Pool

  constructor(target: PostgresTarget, options: PoolOptions) {
    this.#pool = openPool(target, options)
  }

  /** See {@link RowReader}. Rows are handed over when all have come. */
  async read(statement: Statement, parameters: readonly Parameter[], sink: RowSink, { signal }: ReadOptions = {}): Promise<void> {
    const result = await this.#pool.lend(
      (session) => runWithSettings(session, () => fetchTexts(session, statement, parameters, signal), signal),
      { signal, idempotent: true },
    )
    const forms = result.fields.map(({ name, dataTypeID }) => {
      const form = binaryForm(dataTypeID)
      if (form !== undefined) return form
      const why = `column "${name}" is of type ${dataTypeID}, which only our own wire client reads; set it as the reader`
      throw storeError('STORE_POSTGRES_STATEMENT_FAILED', [describeTarget(this.#pool.target), why])
    })
    for (const texts of result.rows) {
      const cells = texts.map((text, column) => (text === null ? null : (forms[column]?.(text) ?? null)))
      const lengths = Int32Array.from(cells, (cell) => cell?.length ?? -1)
      let at = 0
      const offsets = Int32Array.from(cells, (cell) => {
        const offset = at
        at += cell?.length ?? 0
        return offset
      })
      sink.row(Buffer.concat(cells.filter((cell) => cell !== null)), offsets, lengths)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close()
  }
}

const fetchTexts = async (
  session: Session,
  { text }: Statement,
  parameters: readonly Parameter[],
  signal: AbortSignal | undefined,
): Promise<pg.QueryArrayResult<(string | null)[]>> => {
  const values = parameters.map((parameter) => parameter && Buffer.from(parameter.buffer, parameter.byteOffset, parameter.length))
  return await runInterruptible(
    session,
    () => session.client.query<(string | null)[]>({ text, values, rowMode: 'array', types: asSent }),
    (error) => statementFailure(error, session.target, text),
    { signal },
  )
}
