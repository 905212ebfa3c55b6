// Run by the tests in a process of its own: starts PostgreSQL as told, says so in a line of JSON, and stops it at the end of its input.

import { text } from 'node:stream/consumers'
import pg from 'pg'
import { BundleError } from '../../src/errors.ts'
import { currentHost, type Host } from '../../src/postgres/host.ts'
import { type PostgresOptions, startPostgres } from '../../src/postgres/postgres.ts'

/** What the driver is told, as JSON in its first argument. */
export interface DriverOrder extends Omit<PostgresOptions, 'host' | 'log'> {
  readonly host?: Partial<Host>
}

/** What the driver says: the running server, or the error. */
export type DriverAnswer =
  | {
      readonly kind: 'running'
      readonly pid: number
      readonly port: number
      readonly url: string
      readonly adminUrl: string
      readonly dataDirectory: string
      readonly socketDirectory: string
      readonly milliseconds: number
      readonly rows: readonly unknown[]
      readonly log: readonly string[]
    }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

const say = (answer: DriverAnswer): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

const { host, ...order } = JSON.parse(process.argv[2] ?? '{}') as DriverOrder
const databases = order.databases ?? [{ name: 'online', user: 'reader', password: "p'w ü@:/%" }]
const began = performance.now()
try {
  const log: string[] = []
  const options: PostgresOptions = { ...order, databases, host: { ...currentHost(), ...host }, log: (line) => log.push(line) }
  await using postgres = await startPostgres(options)
  const url = postgres.url(databases[0]?.name ?? '')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('SELECT current_user AS user, current_database() AS database')
  const milliseconds = performance.now() - began
  await client.end()
  const { pid, port, dataDirectory, socketDirectory } = postgres
  say({ kind: 'running', pid, port, url, adminUrl: postgres.adminUrl(), dataDirectory, socketDirectory, milliseconds, rows, log })
  await text(process.stdin)
} catch (error) {
  if (!(error instanceof BundleError)) throw error
  say({ kind: 'failed', code: error.code, message: error.message })
}
