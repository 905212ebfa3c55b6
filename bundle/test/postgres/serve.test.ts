import { chmod, lstat, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BundleError } from '../../src/errors.ts'
import { findPackage, placeBinaries } from '../../src/postgres/binaries.ts'
import { makeDataFolder } from '../../src/postgres/data-folder.ts'
import { currentHost } from '../../src/postgres/host.ts'
import { layOut } from '../../src/postgres/layout.ts'
import { type Postgres, type PostgresOptions, startPostgres } from '../../src/postgres/postgres.ts'
import { scramVerifier } from '../../src/postgres/scram.ts'
import { drive, freshFolder, root, running } from './checkout.ts'
import type { DriverOrder } from './driver.ts'

const query = async (url: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const secret = 's3\'c\\r"e% t@:/ü-ｱ'
const stores = ['offline', 'online', 'registry'].map((name) => ({ name, user: `${name} "user"`, password: `${secret}-${name}` }))

const codeOf = async (options: PostgresOptions): Promise<string> => {
  const error = await startPostgres(options).then(
    (postgres: Postgres) => postgres.stop().then(() => undefined),
    (failure: BundleError) => failure,
  )
  return error === undefined ? 'started' : `${error.code}: ${error.message}`
}

const driveOnce = async (order: DriverOrder): Promise<number> => {
  const driven = await drive(root, order)
  await driven.end()
  return running(driven).milliseconds
}

/** What the machine takes at this moment for the one thing that dominates a first start. */
const timeInitdb = async (): Promise<number> => {
  const host = currentHost()
  const layout = await layOut(await freshFolder(), host)
  const binaries = await placeBinaries(await findPackage(host), host)
  const began = performance.now()
  await makeDataFolder(layout, binaries, await scramVerifier('x'), { isDurable: true })
  return performance.now() - began
}

describe('a running PostgreSQL', () => {
  let directory = ''
  let postgres: Postgres
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'feast-bundle-'))
    await chmod(directory, 0o755)
    postgres = await startPostgres({ directory, databases: stores, settings: { log_statement: 'all', log_min_messages: 'debug1' } })
  })
  afterAll(async () => {
    await postgres.stop()
    await rm(directory, { recursive: true })
  })

  test('gives each of three stores its database, its owner, and no look at the others', async () => {
    for (const { name, user } of stores) {
      const [row] = await query(
        postgres.url(name),
        'SELECT current_user AS u, current_database() AS d, rolsuper AS s FROM pg_roles WHERE rolname = current_user',
      )
      expect(row).toEqual({ u: user, d: name, s: false })
      await query(postgres.url(name), 'CREATE TABLE mine (x int)')
    }
    const foreign = postgres.url('online').replace(/online$/, 'registry')
    await expect(query(foreign, 'SELECT 1')).rejects.toThrow('permission denied for database "registry"')
    expect(() => postgres.url('other')).toThrow('cannot make database "other": it was not asked for at the start')
  })

  test('asks everybody for a password, on the loopback address and on the socket', async () => {
    const { host, port, socketDirectory, superuser } = postgres
    for (const at of [host, socketDirectory]) {
      const wrong = new pg.Client({ host: at, port, user: superuser.user, password: 'wrong', database: 'postgres' })
      await expect(wrong.connect()).rejects.toThrow('password authentication failed')
      const right = new pg.Client({ host: at, port, ...superuser, database: 'postgres' })
      await right.connect()
      await right.end()
    }
    expect(host).toBe('127.0.0.1')
    const rules = await query(postgres.adminUrl(), 'SELECT DISTINCT auth_method FROM pg_hba_file_rules')
    expect(rules).toEqual([{ auth_method: 'scram-sha-256' }])
    expect(
      await query(postgres.adminUrl(), "SELECT 1 FROM pg_authid WHERE rolcanlogin AND rolpassword NOT LIKE 'SCRAM-SHA-256$%'"),
    ).toEqual([])
  })

  test('is durable and speaks UTC', async () => {
    const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'timezone', 'listen_addresses', 'server_encoding']
    const rows = await query(postgres.adminUrl(), `SELECT name, setting FROM pg_settings WHERE lower(name) IN ('${names.join("','")}')`)
    expect(Object.fromEntries(rows.map(({ name, setting }) => [String(name).toLowerCase(), setting]))).toEqual({
      data_checksums: 'on',
      fsync: 'on',
      full_page_writes: 'on',
      listen_addresses: '127.0.0.1',
      server_encoding: 'UTF8',
      synchronous_commit: 'on',
      timezone: 'UTC',
    })
  })

  test('writes no password into its log, its configuration or its arguments, even when it logs every statement', async () => {
    const files = await Promise.all(
      ['postgres.log', 'postgresql.conf', 'pg_hba.conf'].map((name) => readFile(join(directory, name), 'utf8')),
    )
    const command = process.platform === 'linux' ? await readFile(`/proc/${postgres.pid}/cmdline`, 'utf8') : ''
    expect(files[0]).toContain('CREATE ROLE')
    for (const text of [...files, command]) {
      expect(text).not.toContain(postgres.superuser.password)
      expect(text).not.toContain("s3'c")
    }
    const { mode } = await lstat(join(directory, 'superuser.password'))
    expect(mode & 0o777).toBe(0o600)
  })
})

describe('settings', () => {
  test('are taken, and refused when they are not the caller’s', async () => {
    const directory = await freshFolder()
    const settings = { work_mem: '7MB', 'feast.note': "it's a \\ back" }
    await using postgres = await startPostgres({ directory, settings })
    expect(await query(postgres.adminUrl(), "SELECT current_setting('work_mem') AS a, current_setting('feast.note') AS b")).toEqual([
      { a: '7MB', b: "it's a \\ back" },
    ])
    const elsewhere = await freshFolder()
    expect(await codeOf({ directory: elsewhere, settings: { port: 1 } })).toBe(
      'BUNDLE_SETTING_INVALID: cannot set "port": it is set by the start itself',
    )
    expect(await codeOf({ directory: elsewhere, settings: { 'work mem': 1 } })).toMatch(/^BUNDLE_SETTING_INVALID/)
    expect(await codeOf({ directory: elsewhere, settings: { work_mem: "1MB'\nfsync = 'off" } })).toMatch(/^BUNDLE_SETTING_INVALID/)
    expect(await codeOf({ directory: elsewhere, settings: { no_such_thing: 1 } })).toMatch(
      /^BUNDLE_POSTGRES_FAILED: .*configuration file .* contains errors/,
    )
  })
})

describe('starting again', () => {
  test('keeps data, port and passwords, and takes another password of a user', async () => {
    const directory = await freshFolder()
    const first = await startPostgres({ directory, databases: stores })
    await query(first.url('online'), 'CREATE TABLE kept AS SELECT 42 AS answer')
    await Promise.all([first.stop(), first.stop()])
    const changed = stores.map((wish) => ({ ...wish, password: `another ${wish.password}` }))
    await using second = await startPostgres({ directory, databases: changed })
    expect([second.port, second.superuser]).toEqual([first.port, first.superuser])
    expect(await query(second.url('online'), 'TABLE kept')).toEqual([{ answer: 42 }])
    await expect(query(first.url('online'), 'TABLE kept')).rejects.toThrow('password authentication failed')
  })

  test('gives the superuser another password when the file of the old one was lost', async () => {
    const directory = await freshFolder()
    const first = await startPostgres({ directory, databases: stores })
    await query(first.url('online'), 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    await rm(join(directory, 'superuser.password'))
    await using second = await startPostgres({ directory, databases: stores })
    expect(second.superuser.password).not.toBe(first.superuser.password)
    expect(await query(second.adminUrl('online'), 'TABLE kept')).toEqual([{ answer: 42 }])
  })

  test('leaves no socket, no pid file and no lock behind', async () => {
    const directory = await freshFolder()
    const first = await startPostgres({ directory })
    await first.stop()
    for (const path of [first.socketDirectory, join(directory, 'data/postmaster.pid')]) await expect(lstat(path)).rejects.toThrow('ENOENT')
    await using second = await startPostgres({ directory })
    expect(second.port).toBe(first.port)
  })

  test('after removing finds nothing, wherever the data was, and leaves what others put there', async () => {
    const outside = await freshFolder()
    const folders = [await freshFolder(), await mkdtemp(join(tmpdir(), 'feast-bundle-closed-'))]
    for (const directory of folders) {
      const host = { ...currentHost(), states: [join(outside, 'lib')] }
      const postgres = await startPostgres({ directory, settings: { fsync: 'off' }, host })
      await postgres.remove()
      await expect(lstat(directory)).rejects.toThrow('ENOENT')
      await expect(lstat(postgres.dataDirectory)).rejects.toThrow('ENOENT')
    }
    expect(await readdir(outside, { recursive: true })).toEqual(process.getuid?.() === 0 ? ['lib'] : [])
    const directory = await freshFolder()
    await writeFile(join(directory, 'notes.txt'), 'mine')
    await (await startPostgres({ directory, settings: { fsync: 'off' } })).remove()
    expect(await readdir(directory)).toEqual(['notes.txt'])
  })

  test('is quick: little more than a bare initdb takes, and much less the second time', async () => {
    const rounds: Record<'fresh' | 'again' | 'initdb', number>[] = []
    const best = (name: 'fresh' | 'again' | 'initdb'): number => Math.min(...rounds.map((round) => round[name]))
    const isQuick = (): boolean => best('fresh') < 2.5 * best('initdb') && best('again') < best('initdb')
    // Others use this machine too: the best of three, and one where it is enough.
    while (rounds.length === 0 || (rounds.length < 3 && !isQuick())) {
      const order = { directory: await freshFolder(), databases: stores.map((wish) => ({ ...wish, user: wish.name })), settings: {} }
      const [fresh, again] = [await driveOnce(order), await driveOnce(order)]
      rounds.push({ fresh, again, initdb: await timeInitdb() })
    }
    const [fresh, again, initdb] = [best('fresh'), best('again'), best('initdb')].map((time) => `${Math.round(time)} ms`)
    process.stdout.write(`start to first query: new data folder ${fresh} (goal 1500), old one ${again} (goal 300); bare initdb ${initdb}\n`)
    expect(rounds).toSatisfy(isQuick)
  })
})

test.each([0, -1, 65_536, 5432.5, Number.NaN])('port %d is refused before anything starts', async (port) => {
  expect(await codeOf({ directory: '/nowhere/at/all', port })).toBe(
    `BUNDLE_SETTING_INVALID: cannot set "port": ${port} is no whole number from 1 to 65535`,
  )
})

describe('a wish for databases', () => {
  const wish = { name: 'online', user: 'reader', password: 'x' }
  test.each([
    ['an empty name', [{ ...wish, name: '' }], 'a name is empty or has a NUL in it'],
    ['a name too long', [{ ...wish, name: 'ü'.repeat(32) }], `name "${'ü'.repeat(32)}" is longer than 63 bytes`],
    ['the name of a template', [{ ...wish, name: 'template1' }], 'name "template1" is PostgreSQL\'s own'],
    ['the superuser', [{ ...wish, user: 'postgres' }], 'name "postgres" is PostgreSQL\'s own'],
    ['an empty password', [{ ...wish, password: '' }], 'the password of user "reader" is empty'],
    ['one name twice', [wish, wish], 'it is wished for twice'],
    ['two passwords of one user', [wish, { ...wish, name: 'other', password: 'y' }], 'user "reader" has another password elsewhere'],
  ])('with %s is refused before anything starts', async (_, databases, why) => {
    const name = databases.at(-1)?.name
    expect(await codeOf({ directory: '/nowhere/at/all', databases })).toBe(
      `BUNDLE_DATABASE_INVALID: cannot make database "${name}": ${why}`,
    )
  })
})
