import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { makeDatabases } from '../bundle/src/postgres/database.ts'
import { makePassword } from '../bundle/src/postgres/password.ts'

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
  const admin = inject('postgres')
  const database = `test_${randomBytes(6).toString('hex')}`
  const password = makePassword()
  await makeDatabases(admin, [{ name: database, user: database, password }])
  const { host, port } = admin
  const at = `${host}:${port}/${database}`
  return {
    host,
    port,
    user: database,
    password,
    database,
    url: `postgresql://${database}:${password}@${at}`,
    adminUrl: `postgresql://${admin.user}:${admin.password}@${at}`,
  }
}
