import pg from 'pg'
import { bundleError } from '../errors.ts'
import { superuser } from './data-folder.ts'
import { matchesVerifier, scramVerifier } from './scram.ts'

/** A database that must be there, with the user who owns it. */
export interface DatabaseWish {
  readonly name: string
  readonly user: string
  readonly password: string
}

/** How the superuser is reached. */
export interface Admin {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

interface Present {
  readonly verifiers: ReadonlyMap<string, string>
  readonly owners: ReadonlyMap<string, string>
}

const longestName = 63
const reserved = ['postgres', 'template0', 'template1']

const checkName = (database: string, name: string): void => {
  const refuse = (why: string): Error => bundleError('BUNDLE_DATABASE_INVALID', [database, why])
  if (name === '' || name.includes('\0')) throw refuse('a name is empty or has a NUL in it')
  if (Buffer.byteLength(name) > longestName) throw refuse(`name "${name}" is longer than ${longestName} bytes`)
  if (reserved.includes(name) || name.startsWith('pg_')) throw refuse(`name "${name}" is PostgreSQL's own`)
}

/**
 * Checks what is wished for before anything starts.
 *
 * @throws BUNDLE_DATABASE_INVALID
 */
export const checkDatabases = (wishes: readonly DatabaseWish[]): void => {
  const passwords = new Map<string, string>()
  const names = new Set<string>()
  for (const { name, user, password } of wishes) {
    checkName(name, name)
    checkName(name, user)
    if (password === '') throw bundleError('BUNDLE_DATABASE_INVALID', [name, `the password of user "${user}" is empty`])
    if (names.has(name)) throw bundleError('BUNDLE_DATABASE_INVALID', [name, 'it is wished for twice'])
    if ((passwords.get(user) ?? password) !== password) {
      throw bundleError('BUNDLE_DATABASE_INVALID', [name, `user "${user}" has another password elsewhere`])
    }
    names.add(name)
    passwords.set(user, password)
  }
}

const readPresent = async (client: pg.Client): Promise<Present> => {
  const roles = await client.query<{ name: string; verifier: string }>(
    `SELECT rolname AS name, coalesce(rolpassword, '') AS verifier FROM pg_authid WHERE rolcanlogin`,
  )
  const databases = await client.query<{ name: string; owner: string }>(
    'SELECT datname AS name, pg_get_userbyid(datdba) AS owner FROM pg_database',
  )
  return {
    verifiers: new Map(roles.rows.map(({ name, verifier }) => [name, verifier])),
    owners: new Map(databases.rows.map(({ name, owner }) => [name, owner])),
  }
}

const makeUser = async (client: pg.Client, { user, password }: DatabaseWish, verifiers: Present['verifiers']): Promise<void> => {
  const stored = verifiers.get(user)
  if (stored !== undefined && (await matchesVerifier(stored, password))) return
  const verb = stored === undefined ? 'CREATE' : 'ALTER'
  await client.query(`${verb} ROLE ${pg.escapeIdentifier(user)} LOGIN PASSWORD '${await scramVerifier(password)}'`)
}

const makeDatabase = async (client: pg.Client, { name, user }: DatabaseWish, owners: Present['owners']): Promise<void> => {
  const [database, owner] = [pg.escapeIdentifier(name), pg.escapeIdentifier(user)]
  const found = owners.get(name)
  if (found === undefined) await client.query(`CREATE DATABASE ${database} OWNER ${owner}`)
  else if (found !== user) await client.query(`ALTER DATABASE ${database} OWNER TO ${owner}`)
  // Its owner keeps every right; the users of the other databases lose CONNECT and TEMPORARY, which everybody has at first.
  if (found === undefined) await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
}

/**
 * Makes what is missing of users and databases, and changes a password that is another one now. Passwords travel as SCRAM
 * verifiers: neither SQL text nor PostgreSQL's log ever holds one.
 */
export const makeDatabases = async (admin: Admin, wishes: readonly DatabaseWish[]): Promise<void> => {
  const client = new pg.Client({ ...admin, database: superuser, application_name: 'charmed-feast' })
  await client.connect()
  try {
    const { verifiers, owners } = await readPresent(client)
    const users = new Map(wishes.map((wish) => [wish.user, wish]))
    for (const wish of users.values()) await makeUser(client, wish, verifiers)
    for (const wish of wishes) await makeDatabase(client, wish, owners)
  } finally {
    await client.end()
  }
}
