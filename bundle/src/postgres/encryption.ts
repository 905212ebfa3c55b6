import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { bundleError } from '../errors.ts'
import { makeCertificate } from './certificate.ts'
import { quote } from './configuration.ts'
import { superuser } from './data-folder.ts'
import type { Admin } from './database.ts'
import { systemCode, writingInto } from './folder.ts'
import type { Layout } from './layout.ts'

// One server serves databases that speak TLS beside others that do not. PostgreSQL has TLS for a whole server only: which database insists on
// it, and which one refuses it, is said by the rules of access. Both files are read at each start and at each reload, before the rules that
// hold without them.

const settingsText = (tls: string): string => `# Written when the first database was told to speak TLS.
ssl = on
ssl_cert_file = ${quote(join(tls, 'server.crt'))}
ssl_key_file = ${quote(join(tls, 'server.key'))}
`

/** The line that says of a database that it speaks TLS; it is also how the file is read again. */
const mark = /^hostssl "([\w-]+)" all /gm

/** We come without: the superuser makes databases, on the loopback address. */
const accessText = (databases: readonly string[]): string =>
  [
    '# Written whenever a database is told to speak TLS, or not to.',
    `host all ${superuser} 127.0.0.1/32 scram-sha-256`,
    ...databases.flatMap((name) => [`hostssl "${name}" all 127.0.0.1/32 scram-sha-256`, `host "${name}" all 127.0.0.1/32 reject`]),
    'hostssl all all 127.0.0.1/32 reject',
    '',
  ].join('\n')

const readIfThere = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return ''
    throw error
  }
}

/** Writes a file that the server's account reads; a key nobody else. */
const writeOwn = async (path: string, content: string, { account }: Layout): Promise<void> => {
  await writeFile(path, content, { mode: 0o600 })
  if (account !== undefined) await chown(path, account.uid, account.gid)
}

/** The authority of the server's certificate; both are made when there is none yet. */
const ensureCertificate = async (layout: Layout, host: string, now: Date): Promise<string> => {
  const { tls } = layout
  const kept = await readIfThere(join(tls, 'ca.crt'))
  if (kept !== '') return kept
  const { certificate, key, authority } = makeCertificate([host, 'localhost'], now)
  await writeOwn(join(tls, 'server.key'), key, layout)
  await writeOwn(join(tls, 'server.crt'), certificate, layout)
  await writeOwn(join(tls, 'settings.conf'), settingsText(tls), layout)
  // Last: where this one is, the others are.
  await writeOwn(join(tls, 'ca.crt'), authority, layout)
  return authority
}

const ask = async (admin: Admin, sql: string): Promise<unknown> => {
  const client = new pg.Client({ ...admin, database: superuser, application_name: 'charmed-feast' })
  await client.connect()
  try {
    return (await client.query<{ readonly answer: unknown }>(sql)).rows[0]?.answer
  } finally {
    await client.end()
  }
}

const loadTime = 'SELECT pg_conf_load_time()::text AS answer'

/** Has the server read its files again, and waits until those who come from now on find it so. */
const reload = async (admin: Admin): Promise<void> => {
  const before = await ask(admin, loadTime)
  await ask(admin, 'SELECT pg_reload_conf() AS answer')
  while ((await ask(admin, loadTime)) === before) await wait(5)
}

/** What {@link setEncryption} is told. */
export interface EncryptionWish {
  readonly database: string
  readonly encrypted: boolean
}

/**
 * Has a database speak TLS and nothing else, or no TLS at all, now and at the next start. Gives the authority, PEM, that vouches for the server.
 * One call at a time: the caller sees to it.
 *
 * @throws BUNDLE_DATABASE_INVALID for a name that rules of access cannot hold
 */
export const setEncryption = async (
  layout: Layout,
  admin: Admin,
  { database, encrypted }: EncryptionWish,
  now: Date,
): Promise<string | null> => {
  const path = join(layout.tls, 'access.conf')
  const present = [...(await readIfThere(path)).matchAll(mark)].map(([, name = '']) => name)
  if (!encrypted && !present.includes(database)) return null
  if (!/^[\w-]+$/.test(database)) {
    throw bundleError('BUNDLE_DATABASE_INVALID', [database, 'with TLS a name is of letters, digits, "_" and "-"'])
  }
  return writingInto(layout.home, async () => {
    await mkdir(layout.tls, { recursive: true })
    await chmod(layout.tls, 0o755)
    const authority = await ensureCertificate(layout, admin.host, now)
    if (encrypted !== present.includes(database)) {
      const others = present.filter((name) => name !== database)
      await writeOwn(path, accessText(encrypted ? [...others, database].sort() : others), layout)
      await reload(admin)
    }
    return encrypted ? authority : null
  })
}
