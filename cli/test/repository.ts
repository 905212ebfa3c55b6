import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { runCommandLine } from '../src/main.ts'

/** What one command line did. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** A folder of a test with the command line at work in it. */
export interface Workplace extends AsyncDisposable {
  readonly folder: string
  /** Runs `feast` with these words. `answer`: what a person would say to a question; nobody is there without it. */
  feast(
    words: readonly string[],
    options?: { readonly cwd?: string; readonly answer?: boolean; readonly env?: Readonly<Record<string, string>> },
  ): Promise<Outcome>
}

/** Makes an empty folder to work in, inside the workspace so that its modules find the store; it goes when the test ends. Its clock stands still. */
export const workplace = async (now = Date.UTC(2026, 0, 3)): Promise<Workplace> => {
  const folder = await mkdtemp(join(import.meta.dirname, '.work-'))
  return {
    folder,
    async feast(words, { cwd = folder, answer, env = {} } = {}) {
      let [out, err] = ['', '']
      const code = await runCommandLine(words, {
        env,
        cwd,
        out: (text) => {
          out += text
        },
        err: (text) => {
          err += text
        },
        interactive: false,
        confirm: async () => answer ?? false,
        now: () => BigInt(now) * 1000n,
        signal: new AbortController().signal,
      })
      return { code, out, err }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Writes the Parquet file that `feast init` speaks of: two drivers, three days. */
export const writeDrivers = async (path: string): Promise<void> => {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(`COPY (SELECT 1001 + d AS driver_id, TIMESTAMPTZ '2026-01-01 00:00:00+00' + n * INTERVAL 1 DAY AS event_timestamp,
  TIMESTAMPTZ '2026-01-05 00:00:00+00' AS created, (d + n / 8)::FLOAT AS conv_rate, 0.5::FLOAT AS acc_rate, (100 * d + n)::BIGINT AS avg_daily_trips
  FROM range(2) AS a(d), range(3) AS b(n)) TO '${path}' (FORMAT parquet)`)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
