import { createHash } from 'node:crypto'

import type { Client } from 'pg'

import { inTransaction, patience, withConnection } from '../action/connection.ts'
import type { Database } from '../database.ts'
import { scramVerifier } from './scram.ts'
import { groupName, type NamespacePasswords, type RoleOwner, roleName } from './user.ts'

// The roles of one database. Each namespace has a role that belongs to the application's group. The states of a role:
//   missing -> there (may log in) when its namespace is there; there -> locked (no login, since when) when its namespace is gone;
//   locked -> there when it comes back; locked -> dropped, with its schema, when the time of grace is over.
// What is known of a role stands in its comment: a hash of the password it has, or since when it is locked.

/** What {@link provideRoles} is told. */
export interface RoleWish {
  readonly owner: RoleOwner
  readonly passwords: NamespacePasswords
  /** For how long the role of a namespace that is gone is kept, locked. */
  readonly graceHours: number
  /** Whether all namespaces share what is in schema `public`, as they do in the registry; otherwise each has a schema of its own. */
  readonly shared: boolean
}

/** The application's user may not make roles: it was not given what it asked for. */
export class RightMissing extends Error {}

interface Role {
  readonly name: string
  readonly login: boolean
  readonly password: string | null
  /** Whether it is locked for longer than the time of grace. */
  readonly over: boolean
  /** Whether it has all that it may do. */
  readonly complete: boolean
}

const hashOf = (password: string): string => createHash('sha256').update(password).digest('hex')

const presentRoles = `
  select r.rolname as name, r.rolcanlogin as login,
    substring(shobj_description(r.oid, 'pg_authid') from '^password (.*)$') as password,
    coalesce(substring(shobj_description(r.oid, 'pg_authid') from '^gone (.*)$')::timestamptz < now() - make_interval(hours => $2::int), false) as over,
    pg_has_role(r.oid, $1::name, 'MEMBER') and ($3::boolean or coalesce(has_schema_privilege(r.oid, n.oid, 'CREATE'), false)) as complete
  from pg_roles r left join pg_namespace n on n.nspname = r.rolname
  where starts_with(r.rolname, $1::name::text || '_')`

const maysMakeRoles = 'select rolcreaterole or rolsuper as may from pg_roles where rolname = current_user'

/** Tables and sequences of these schemas that this user owns, and that the group may not use yet. */
const unshared = `
  select format('grant all on %s %s to %I', case c.relkind when 'S' then 'sequence' else 'table' end, c.oid::regclass, $1::name) as statement
  from pg_class c
  where c.relnamespace::regnamespace::text = any($2::text[]) and c.relkind in ('r', 'p', 'v', 'm', 'S') and pg_get_userbyid(c.relowner) = current_user
    and not case c.relkind when 'S' then has_sequence_privilege($1::name, c.oid, 'USAGE') else has_table_privilege($1::name, c.oid, 'INSERT') end`

type Run = (sql: string, values?: readonly unknown[]) => Promise<readonly Readonly<Record<string, unknown>>[]>

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

const makeGroup = async (run: Run, group: string): Promise<void> => {
  const [found] = await run('select 1 as there from pg_roles where rolname = $1', [group])
  if (found !== undefined) return
  await run(`create role ${quote(group)} nologin`)
  const [{ name } = { name: '' }] = await run('select current_database() as name')
  await run(`grant connect, temporary on database ${quote(String(name))} to ${quote(group)}`)
}

/** The store's own notes are here: which runs there were. All namespaces share them, in every database. */
const notesSchema = 'charmed_feast'

const kindsOfRelations = ['tables', 'sequences'] as const

/** What one namespace makes in a shared schema is everybody's, and so is what the application has there. */
const shareSchemas = async (run: Run, group: string, schemas: readonly string[]): Promise<void> => {
  for (const schema of schemas) {
    const [{ shared } = { shared: false }] = await run(
      `select has_schema_privilege($1::name, oid, 'CREATE') as shared from pg_namespace where nspname = $2`,
      [group, schema],
    )
    if (shared === true) continue
    await run(`create schema if not exists ${quote(schema)}`)
    await run(`grant ${quote(group)} to current_user`)
    await run(`grant usage, create on schema ${quote(schema)} to ${quote(group)}`)
    for (const kind of kindsOfRelations)
      await run(`alter default privileges in schema ${quote(schema)} grant all on ${kind} to ${quote(group)}`)
  }
  for (const { statement } of await run(unshared, [group, schemas])) await run(String(statement))
}

const setPassword = async (run: Run, name: string, password: string): Promise<void> => {
  await run(`alter role ${quote(name)} login password '${scramVerifier(password)}'`)
  await run(`comment on role ${quote(name)} is 'password ${hashOf(password)}'`)
}

const makeRole = async (
  run: Run,
  { name, password }: { readonly name: string; readonly password: string },
  known: Role | undefined,
): Promise<void> => {
  if (known === undefined) await run(`create role ${quote(name)} nologin`)
  if (known === undefined || !known.login || known.password !== hashOf(password)) await setPassword(run, name, password)
}

/** Does what only a role itself may do. */
const actingAs = async (run: Run, name: string, work: () => Promise<void>): Promise<void> => {
  await run(`grant ${quote(name)} to current_user`)
  await work()
  await run(`revoke ${quote(name)} from current_user`)
}

const equip = async (run: Run, name: string, { group, shared }: { readonly group: string; readonly shared: boolean }): Promise<void> => {
  await run(`grant ${quote(group)} to ${quote(name)}`)
  if (shared) {
    // Whatever it makes in this database belongs to all.
    const [{ database } = { database: '' }] = await run('select current_database() as database')
    await run(`alter role ${quote(name)} in database ${quote(String(database))} set role to ${quote(group)}`)
    return
  }
  await run(`create schema if not exists ${quote(name)}`)
  await run(`grant usage, create on schema ${quote(name)} to ${quote(name)}`)
  const inNotes = `alter default privileges for role ${quote(name)} in schema ${notesSchema} grant all on`
  await actingAs(run, name, async () => {
    for (const kind of kindsOfRelations) await run(`${inNotes} ${kind} to ${quote(group)}`)
  })
}

const lock = async (run: Run, name: string): Promise<void> => {
  await run(`alter role ${quote(name)} nologin password null`)
  const [{ since } = { since: '' }] = await run('select now()::text as since')
  await run(`comment on role ${quote(name)} is 'gone ${String(since)}'`)
  await actingAs(run, name, async () => {
    await run('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [name])
  })
}

const drop = async (run: Run, name: string): Promise<void> => {
  await run(`grant ${quote(name)} to current_user`)
  await run(`drop schema if exists ${quote(name)} cascade`)
  // What is left is shared, and stays.
  await run(`reassign owned by ${quote(name)} to current_user`)
  await run(`drop owned by ${quote(name)} cascade`)
  await run(`drop role ${quote(name)}`)
}

const readRoles = async (run: Run, group: string, { graceHours, shared }: RoleWish): Promise<ReadonlyMap<string, Role>> => {
  const rows = await run(presentRoles, [group, graceHours, shared])
  // The columns of the question.
  return new Map((rows as readonly unknown[] as readonly Role[]).map((role) => [role.name, role]))
}

const provideAll = async (client: Client, wish: RoleWish): Promise<void> => {
  const run: Run = async (sql, values = []) => (await client.query(sql, [...values])).rows
  const [{ may } = { may: false }] = await run(maysMakeRoles)
  if (may !== true) throw new RightMissing('the user may not make roles')
  const { owner, passwords, shared } = wish
  const group = groupName(owner)
  await makeGroup(run, group)
  await shareSchemas(run, group, shared ? ['public', notesSchema] : [notesSchema])
  const known = await readRoles(run, group, wish)
  const wanted = new Map(Object.entries(passwords).map(([namespace, password]) => [roleName(owner, namespace), password]))
  for (const [name, password] of wanted) {
    const role = known.get(name)
    await makeRole(run, { name, password }, role)
    if (role?.complete !== true) await equip(run, name, { group, shared })
  }
  for (const { name, login, over } of [...known.values()].filter((role) => !wanted.has(role.name))) {
    if (login) await lock(run, name)
    else if (over) await drop(run, name)
  }
}

/**
 * Brings the roles of a database to where they shall be, in one transaction: those of the namespaces that are there may log in with their
 * passwords, those of others may not, and go after a while with all that is theirs. Where all is as it should be, nothing is written.
 *
 * @throws RightMissing; what `pg` throws: see `codeOf`.
 *
 * @example
 * await provideRoles(database, { owner, passwords: { alice: '…' }, graceHours: 168, shared: false })
 */
export const provideRoles = (database: Database, wish: RoleWish): Promise<void> =>
  withConnection(database, ({ client }) => inTransaction(client, 'read write', () => provideAll(client, wish)), {
    statementTimeout: 4 * patience,
  })
