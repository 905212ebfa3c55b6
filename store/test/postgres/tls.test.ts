import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sqlState } from '../../src/postgres/failure.ts'
import { openPool } from '../../src/postgres/pool.ts'
import { type PostgresTarget, postgresTarget, type SslMode } from '../../src/postgres/target.ts'
import { readTlsOptions } from '../../src/postgres/tls.ts'
import { openWirePool } from '../../src/postgres/wire/pool.ts'
import { issueCertificate } from './certificate.ts'
import { type Cluster, removeCluster, startCluster, temporaryFolder } from './cluster.ts'
import { readRows } from './collect.ts'
import { failureOf } from './failure-of.ts'

const authority = issueCertificate('our authority')
const stranger = issueCertificate('another authority')
const local = issueCertificate('server', { by: authority, hosts: ['localhost', '127.0.0.1'] })
const elsewhere = issueCertificate('server', { by: authority, hosts: ['elsewhere.example'] })
const person = issueCertificate('person', { by: authority })

const tlsSettings = (folder: string) => ({
  ssl: 'on',
  ssl_cert_file: `${folder}/server.crt`,
  ssl_key_file: `${folder}/server.key`,
  ssl_ca_file: `${folder}/ca.crt`,
})
const access = [
  'local all all scram-sha-256',
  'hostnossl all tls_only 127.0.0.1/32 reject',
  'hostssl all plain_only 127.0.0.1/32 reject',
  'hostssl all person 127.0.0.1/32 cert',
  'host all old 127.0.0.1/32 md5',
  'host all open_text 127.0.0.1/32 password',
  'host all all 127.0.0.1/32 scram-sha-256',
]
const roles = `
  CREATE ROLE tls_only LOGIN PASSWORD 'p'; CREATE ROLE plain_only LOGIN PASSWORD 'p'; CREATE ROLE person LOGIN;
  CREATE ROLE open_text LOGIN PASSWORD 'p'; SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'p'`

/** Both ways of logging in are held to the same. */
const clients = {
  pg: async (target: PostgresTarget): Promise<string> => {
    await using pool = openPool(target, { max: 1 })
    const { rows } = await pool.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    return rows[0]?.ssl ? 'encrypted' : 'plain'
  },
  wire: async (target: PostgresTarget): Promise<string> => {
    await using reader = openWirePool(target)
    const rows = await readRows(reader, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()', 1)
    return rows[0]?.[0]?.[0] === 1 ? 'encrypted' : 'plain'
  },
}

let encrypted: Cluster
let plain: Cluster
beforeAll(async () => {
  const server = { 'server.crt': local.certificate, 'server.key': local.key, 'ca.crt': authority.certificate }
  const relative = tlsSettings('..')
  encrypted = await startCluster({ settings: relative, access, files: server })
  plain = await startCluster()
  await using pool = openPool(encrypted.target, { max: 1 })
  await pool.query(roles)
})
afterAll(async () => {
  await removeCluster(encrypted)
  await removeCluster(plain)
})

const caFile = async (text: string): Promise<string> => {
  const path = join(await temporaryFolder(), 'ca.crt')
  await writeFile(path, text)
  return path
}

describe.each(Object.entries(clients))('logging in with %s', (_, login) => {
  const outcome = async (target: PostgresTarget): Promise<string> => await login(target).catch((error: { code: string }) => error.code)

  test.each<[SslMode, string, string]>([
    ['disable', 'plain', 'plain'],
    ['allow', 'plain', 'plain'],
    ['prefer', 'encrypted', 'plain'],
    ['require', 'encrypted', 'STORE_POSTGRES_TLS_REFUSED'],
    ['verify-ca', 'encrypted', 'STORE_POSTGRES_TLS_REFUSED'],
    ['verify-full', 'encrypted', 'STORE_POSTGRES_TLS_REFUSED'],
  ])('by sslmode %s is %s where TLS is on, %s where it is off', async (sslMode, on, off) => {
    const sslRootCert = await caFile(authority.certificate)
    expect(await outcome(postgresTarget({ ...encrypted.target, sslMode, sslRootCert }))).toBe(on)
    expect(await outcome(postgresTarget({ ...plain.target, sslMode, sslRootCert }))).toBe(off)
  })

  test('without a root certificate encrypts and verifies nothing, as in libpq', async () => {
    expect(await outcome({ ...encrypted.target, sslMode: 'require' })).toBe('encrypted')
    expect(await outcome({ ...encrypted.target, sslMode: 'prefer' })).toBe('encrypted')
  })

  test.each<[SslMode, string]>([
    ['prefer', 'plain'],
    ['require', 'STORE_POSTGRES_TLS_REFUSED'],
    ['verify-ca', 'STORE_POSTGRES_TLS_REFUSED'],
    ['verify-full', 'STORE_POSTGRES_TLS_REFUSED'],
  ])('by sslmode %s with the wrong authority is %s', async (sslMode, expected) => {
    const sslRootCert = await caFile(stranger.certificate)
    expect(await outcome(postgresTarget({ ...encrypted.target, sslMode, sslRootCert }))).toBe(expected)
  })

  test('checks the host name with verify-full alone', async () => {
    const files = { 'server.crt': elsewhere.certificate, 'server.key': elsewhere.key, 'ca.crt': authority.certificate }
    const cluster = await startCluster({ settings: tlsSettings('..'), files })
    try {
      const sslRootCert = await caFile(authority.certificate)
      expect(await outcome(postgresTarget({ ...cluster.target, sslMode: 'verify-ca', sslRootCert }))).toBe('encrypted')
      const error = await failureOf(login(postgresTarget({ ...cluster.target, sslMode: 'verify-full', sslRootCert })))
      expect([error.code, error.message]).toEqual(['STORE_POSTGRES_TLS_REFUSED', expect.stringContaining("does not match certificate's")])
    } finally {
      await removeCluster(cluster)
    }
  })

  test('takes a host by name or by number, where the certificate holds both', async () => {
    const sslRootCert = await caFile(authority.certificate)
    const port = encrypted.target.hosts[0].port
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await outcome(postgresTarget({ ...encrypted.target, hosts: [{ host, port }], sslMode: 'verify-full', sslRootCert }))).toBe(
        'encrypted',
      )
    }
  })

  test('through a Unix socket is never encrypted, whatever sslmode says', async () => {
    const hosts = [{ host: encrypted.folder, port: encrypted.target.hosts[0].port }] as const
    expect(await outcome({ ...encrypted.target, hosts, sslMode: 'require' })).toBe('plain')
  })

  test.each<[SslMode, string, string]>([
    ['allow', 'tls_only', 'encrypted'],
    ['prefer', 'plain_only', 'plain'],
    ['disable', 'tls_only', 'STORE_POSTGRES_LOGIN_REFUSED'],
    ['require', 'plain_only', 'STORE_POSTGRES_LOGIN_REFUSED'],
  ])('by sslmode %s takes the other way where the server refuses %s the first: %s', async (sslMode, user, expected) => {
    expect(await outcome({ ...encrypted.target, sslMode, user, password: 'p' })).toBe(expected)
  })

  test('with a wrong password is not tried a second time without TLS', async () => {
    const error = await failureOf(login({ ...encrypted.target, sslMode: 'prefer', user: 'tls_only', password: 'wrong' }))
    expect([error.code, sqlState(error)]).toEqual(['STORE_POSTGRES_LOGIN_REFUSED', '28P01'])
  })

  test('with a client certificate needs no password', async () => {
    const folder = await temporaryFolder()
    const [sslCert, sslKey] = [join(folder, 'person.crt'), join(folder, 'person.key')]
    await writeFile(sslCert, person.certificate)
    await writeFile(sslKey, person.key)
    const { password: _, ...target } = encrypted.target
    expect(await outcome({ ...target, user: 'person', sslMode: 'require', sslCert, sslKey })).toBe('encrypted')
  })

  test('works with passwords of the old kinds', async () => {
    expect(await outcome({ ...encrypted.target, user: 'old', password: 'p' })).toBe('plain')
    expect(await outcome({ ...encrypted.target, user: 'open_text', password: 'p', sslMode: 'require' })).toBe('encrypted')
    expect(await outcome({ ...encrypted.target, user: 'old', password: 'q' })).toBe('STORE_POSTGRES_LOGIN_REFUSED')
  })

  test('binds to the channel when that is required, and refuses to log in where it cannot', async () => {
    const target: PostgresTarget = { ...encrypted.target, channelBinding: 'require' }
    expect(await outcome({ ...target, sslMode: 'require' })).toBe('encrypted')
    expect(await outcome({ ...target, sslMode: 'disable' })).toBe('STORE_POSTGRES_LOGIN_REFUSED')
    expect(await outcome({ ...target, sslMode: 'require', user: 'old', password: 'p' })).toBe('STORE_POSTGRES_LOGIN_REFUSED')
    expect(await outcome({ ...target, sslMode: 'require', user: 'open_text', password: 'p' })).toBe('STORE_POSTGRES_LOGIN_REFUSED')
    expect(await outcome({ ...target, sslMode: 'require', channelBinding: 'disable' })).toBe('encrypted')
  })

  test.each(['ecdsa-sha384', 'rsa-sha512'] as const)('binds to a certificate signed with %s', async (signature) => {
    const root = issueCertificate('root', { signature })
    const server = issueCertificate('server', { by: root, hosts: ['127.0.0.1'], signature })
    const files = { 'server.crt': server.certificate, 'server.key': server.key, 'ca.crt': root.certificate }
    const cluster = await startCluster({ settings: tlsSettings('..'), files })
    try {
      expect(await outcome({ ...cluster.target, sslMode: 'require', channelBinding: 'require' })).toBe('encrypted')
    } finally {
      await removeCluster(cluster)
    }
  })
})

describe('a TLS file', () => {
  const target = postgresTarget({
    hosts: [{ host: 'h', port: 1 }],
    user: 'u',
    database: 'd',
    sslMode: 'verify-full',
    sslRootCert: 'system',
  })

  test('that is missing, a folder or broken is named, and why', async () => {
    const folder = await temporaryFolder()
    const broken = join(folder, 'broken.pem')
    await writeFile(broken, 'nothing of use')
    const torn = join(folder, 'torn.pem')
    await writeFile(torn, authority.certificate.replace(/.{64}/, 'AAAA'))
    const cases: [Partial<PostgresTarget>, string][] = [
      [{ sslRootCert: `${folder}/missing` }, `cannot use TLS file "${folder}/missing": it does not exist`],
      [{ sslRootCert: folder }, 'it is a folder'],
      [{ sslRootCert: broken }, 'it holds no certificate in PEM form'],
      [{ sslRootCert: torn }, 'one of its certificates is broken'],
      [{ sslCert: broken, sslKey: broken }, 'it holds no certificate in PEM form'],
    ]
    for (const [parts, why] of cases) {
      const error = await failureOf(readTlsOptions({ ...target, ...parts }, 'h'))
      expect([error.code, error.message]).toEqual(['STORE_POSTGRES_TLS_FILE_INVALID', expect.stringContaining(why)])
    }
  })

  test('of a key that is broken or belongs to another certificate is named too, and never shown', async () => {
    const folder = await temporaryFolder()
    const [certificate, other, torn] = [join(folder, 'a.crt'), join(folder, 'b.key'), join(folder, 'torn.key')]
    await writeFile(certificate, person.certificate)
    await writeFile(other, local.key)
    await writeFile(torn, person.key.replace(/\n.{20}/, '\n'))
    const parts = { ...target, sslCert: certificate }
    const wrong = await failureOf(readTlsOptions({ ...parts, sslKey: other }, 'h'))
    expect(wrong.message).toBe(`cannot use TLS file "${other}": it holds no private key of "${certificate}" in PEM form`)
    const bad = await failureOf(readTlsOptions({ ...parts, sslKey: torn }, 'h'))
    expect(bad.message).toBe(`cannot use TLS file "${torn}": it holds no private key in PEM form`)
  })

  test('that was replaced is used at the next login', async () => {
    const sslRootCert = await caFile(stranger.certificate)
    const target = postgresTarget({ ...encrypted.target, sslMode: 'verify-ca', sslRootCert })
    await using pool = openPool(target, { max: 1 })
    expect((await failureOf(pool.query('SELECT 1'))).code).toBe('STORE_POSTGRES_TLS_REFUSED')
    await writeFile(sslRootCert, authority.certificate)
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  test('`system` means the authorities of the machine, of which ours is none', async () => {
    const target = postgresTarget({ ...encrypted.target, sslMode: 'verify-full', sslRootCert: 'system' })
    await using pool = openPool(target, { max: 1 })
    expect((await failureOf(pool.query('SELECT 1'))).code).toBe('STORE_POSTGRES_TLS_REFUSED')
  })
})
