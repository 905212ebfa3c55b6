import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

/** A database of a test: its owner's credentials, as parts and as a URL, and the superuser's URL of the same database. */
export interface TestDatabase {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  /** `postgresql://user:password@host:port/database`, percent-encoded. */
  readonly url: string
  /** The same database as the superuser: to end a backend, to take a grant away. */
  readonly adminUrl: string
}

/**
 * Makes an empty database, owned by a role of its own, on the PostgreSQL that this test run shares.
 * Both vanish with the run.
 *
 * @example
 * const { url } = await testDatabase()
 * const client = new pg.Client({ connectionString: url })
 */
export const testDatabase = async (): Promise<TestDatabase> => {
  const server = inject('postgres')
  const database = `test_${randomBytes(6).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  const admin = new pg.Client({ ...server, database: 'postgres' })
  await admin.connect()
  try {
    await admin.query(`CREATE ROLE ${database} LOGIN PASSWORD '${password}'`)
    await admin.query(`CREATE DATABASE ${database} OWNER ${database}`)
  } finally {
    await admin.end()
  }
  const { host, port } = server
  return {
    host,
    port,
    user: database,
    password,
    database,
    url: `postgresql://${database}:${password}@${host}:${port}/${database}`,
    adminUrl: `postgresql://${server.user}:${encodeURIComponent(server.password)}@${host}:${port}/${database}`,
  }
}
