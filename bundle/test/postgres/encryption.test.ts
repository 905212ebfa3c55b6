import { createPrivateKey, X509Certificate } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../src/postgres/certificate.ts'
import { type Postgres, type PostgresOptions, startPostgres } from '../../src/postgres/postgres.ts'
import { freshFolder } from './checkout.ts'

const wishes = ['secret', 'open'].map((name) => ({ name, user: `${name}_user`, password: `password of ${name}` }))

/** How a client gets in: `encrypted`, `plain`, or the code of what keeps it out. */
const enter = async (postgres: Postgres, name: string, ssl: pg.ClientConfig['ssl']): Promise<string> => {
  const client = new pg.Client({ connectionString: postgres.url(name), ssl })
  try {
    await client.connect()
    const { rows } = await client.query<{ readonly ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    return rows[0]?.ssl ? 'encrypted' : 'plain'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

describe('a database that is told to speak TLS', () => {
  let options: PostgresOptions
  let postgres: Postgres
  beforeEach(async () => {
    options = { directory: await freshFolder(), databases: wishes, settings: { fsync: 'off' } }
    postgres = await startPostgres(options)
  })
  afterEach(() => postgres.stop())

  test('insists on it, is verified by its authority alone, and leaves its neighbour as it was', async () => {
    const ca = (await postgres.setEncryption({ database: 'secret', encrypted: true })) ?? ''
    expect(await enter(postgres, 'secret', { ca })).toBe('encrypted')
    expect(await enter(postgres, 'secret', false)).toBe('28000')
    const stranger = makeCertificate(['127.0.0.1', 'localhost'], new Date()).authority
    expect(await enter(postgres, 'secret', { ca: stranger })).toMatch(
      /^(?:UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)$/,
    )
    expect(await enter(postgres, 'open', false)).toBe('plain')
    expect(await enter(postgres, 'open', { ca })).toBe('28000')
  })

  test('speaks it after a restart with the same certificate, and stops when it is told to', async () => {
    const ca = (await postgres.setEncryption({ database: 'secret', encrypted: true })) ?? ''
    await postgres.stop()
    postgres = await startPostgres(options)
    expect(await enter(postgres, 'secret', false)).toBe('28000')
    expect(await enter(postgres, 'secret', { ca })).toBe('encrypted')
    expect(await postgres.setEncryption({ database: 'secret', encrypted: true })).toBe(ca)
    expect(await postgres.setEncryption({ database: 'secret', encrypted: false })).toBeNull()
    expect(await enter(postgres, 'secret', false)).toBe('plain')
  })

  test('shares the certificate with others that are told at the same time', async () => {
    const both = await Promise.all(wishes.map(({ name }) => postgres.setEncryption({ database: name, encrypted: true })))
    expect(new Set(both).size).toBe(1)
    for (const { name } of wishes) expect(await enter(postgres, name, { ca: both[0] ?? '' })).toBe('encrypted')
  })

  test('has a name that rules of access can hold', async () => {
    for (const database of ['a"b', 'two\nhost all all 0.0.0.0/0 trust', '/.*', '@file', 'a b', '']) {
      await expect(postgres.setEncryption({ database, encrypted: true })).rejects.toThrow('with TLS a name is of letters')
      expect(await postgres.setEncryption({ database, encrypted: false })).toBeNull()
    }
    expect(await enter(postgres, 'secret', false)).toBe('plain')
  })

  test('keeps its key from everybody but the server, and takes it along when it is removed', async () => {
    await postgres.setEncryption({ database: 'secret', encrypted: true })
    const folder = join(postgres.dataDirectory, '../tls')
    expect(((await stat(join(folder, 'server.key'))).mode & 0o777).toString(8)).toBe('600')
    await postgres.remove()
    await expect(stat(folder)).rejects.toThrow('ENOENT')
  })
})

test('a certificate is for its hosts, signed by an authority that is one, and good for ten years', () => {
  const made = makeCertificate(['127.0.0.1', 'localhost'], new Date('2026-03-02T12:00:00Z'))
  const [certificate, authority] = [new X509Certificate(made.certificate), new X509Certificate(made.authority)]
  expect([authority.ca, certificate.ca]).toEqual([true, false])
  expect(certificate.verify(authority.publicKey)).toBe(true)
  expect(authority.verify(authority.publicKey)).toBe(true)
  expect(certificate.checkIssued(authority)).toBe(true)
  expect([certificate.checkIP('127.0.0.1'), certificate.checkHost('localhost'), certificate.checkHost('example.org')]).toEqual([
    '127.0.0.1',
    'localhost',
    undefined,
  ])
  expect([certificate.validFrom, certificate.validTo]).toEqual(['Mar  1 12:00:00 2026 GMT', 'Mar  2 12:00:00 2036 GMT'])
  expect(certificate.checkPrivateKey(createPrivateKey(made.key))).toBe(true)
})
