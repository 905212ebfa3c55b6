import pg from 'pg'

import { checkDatabases, type DatabaseWish, makeDatabases } from '../postgres/database.ts'
import type { EncryptionWish } from '../postgres/encryption.ts'
import type { Postgres } from '../postgres/postgres.ts'

/** A database and its user. */
export interface UserWish extends DatabaseWish {
  /** Whether the user may make roles: from PostgreSQL 16 on that is a right to its own ones alone. */
  readonly makesRoles?: boolean
}

/** A PostgreSQL server on which a charm makes databases. */
export interface DatabaseServer {
  readonly host: string
  readonly port: number
  readonly version: string
  /**
   * Makes a database and its user, or gives the user this password. What the user before it owned in there goes over to it.
   *
   * @throws BUNDLE_DATABASE_INVALID for a name that cannot be; what PostgreSQL or the connection says.
   */
  provide(wish: UserWish): Promise<void>
  /**
   * Has a database speak TLS and nothing else, or no TLS at all. Gives the authority, PEM, that vouches for the server; null without TLS.
   *
   * @throws BUNDLE_DATABASE_INVALID for a name that cannot be; what PostgreSQL or the connection says.
   */
  setEncryption(wish: EncryptionWish): Promise<string | null>
  /** Lets a user in no more, and ends its sessions. Its tables stay, for whoever comes next. */
  retire(user: string): Promise<void>
}

type Run = (text: string, values?: readonly unknown[]) => Promise<pg.QueryResult<{ readonly owner: string }>>

/**
 * The server of the embedded PostgreSQL.
 *
 * @example
 * const server = embeddedServer(postgres)
 * await server.provide({ name: 'registry', user: 'relation_id_3', password })
 */
export const embeddedServer = ({ host, port, version, superuser, adminUrl, setEncryption }: Postgres): DatabaseServer => {
  const asAdmin = async <Result>(database: string, work: (run: Run) => Promise<Result>): Promise<Result> => {
    const client = new pg.Client({ connectionString: adminUrl(database), application_name: 'charmed-feast' })
    await client.connect()
    try {
      return await work((text, values = []) => client.query(text, [...values]))
    } finally {
      await client.end()
    }
  }
  const ownerOf = (database: string): Promise<string | undefined> =>
    asAdmin('postgres', async (run) => {
      const { rows } = await run('SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1', [database])
      return rows[0]?.owner
    })
  const allowRoles = ({ user, makesRoles = false }: UserWish): Promise<void> =>
    asAdmin('postgres', async (run) => {
      const { rowCount } = await run('SELECT rolname AS owner FROM pg_roles WHERE rolname = $1 AND rolcreaterole <> $2', [user, makesRoles])
      if (rowCount !== 0) await run(`ALTER ROLE ${pg.escapeIdentifier(user)} ${makesRoles ? 'CREATEROLE' : 'NOCREATEROLE'}`)
    })
  return {
    host,
    port,
    version,
    provide: async (wish) => {
      checkDatabases([wish])
      const before = await ownerOf(wish.name)
      await makeDatabases({ host, port, ...superuser }, [wish])
      await allowRoles(wish)
      if (before === undefined || before === wish.user || before === superuser.user) return
      await asAdmin(wish.name, (run) => run(`REASSIGN OWNED BY ${pg.escapeIdentifier(before)} TO ${pg.escapeIdentifier(wish.user)}`))
    },
    setEncryption,
    retire: (user) =>
      asAdmin('postgres', async (run) => {
        const { rowCount } = await run('SELECT rolname AS owner FROM pg_roles WHERE rolname = $1', [user])
        if (rowCount === 0) return
        await run(`ALTER ROLE ${pg.escapeIdentifier(user)} NOLOGIN PASSWORD NULL`)
        await run('SELECT pg_terminate_backend(pid) AS owner FROM pg_stat_activity WHERE usename = $1', [user])
      }),
  }
}
