import { describe, expect, test } from 'vitest'

import { type ProviderData, readDatabase } from '../src/database.ts'

const bag = { endpoints: 'a:5432', database: 'd', username: 'u', password: 'p' }
const provider = (given: Partial<ProviderData> & { readonly says?: Readonly<Record<string, string>> } = {}): ProviderData => {
  const { says = {}, ...rest } = given
  return { app: 'pg', bag: { ...bag, ...says }, user: null, tls: null, subordinateWaits: false, ...rest }
}

describe('what a provider says', () => {
  test.each([
    ['one endpoint', 'a:5432', { host: 'a', port: 5432 }],
    ['the first of several', 'a:5432,b:5433', { host: 'a', port: 5432 }],
    ['the first of several with blanks', ' a:5432 , b:5433 ', { host: 'a', port: 5432 }],
    ['IPv4', '10.0.0.1:1', { host: '10.0.0.1', port: 1 }],
    ['IPv6', '[fd00::15]:6432', { host: 'fd00::15', port: 6432 }],
    ['IPv6 with a zone', '[fe80::1%eth0]:65535', { host: 'fe80::1%eth0', port: 65_535 }],
  ])('is read: %s', (_, endpoints, expected) => {
    expect(readDatabase(provider({ says: { endpoints } }))).toMatchObject({ kind: 'ready', database: expected })
  })

  test.each([
    ['nothing', {}],
    ['no endpoints', { ...bag, endpoints: '' }],
    ['a host without a port', { ...bag, endpoints: 'a' }],
    ['no database', { ...bag, database: '' }],
    ['no user', { ...bag, username: '' }],
    ['no password', { ...bag, password: '' }],
    ['a user’s secret that cannot be read, beside old clear text', { ...bag, 'secret-user': 'secret:x' }],
    ['a TLS secret that cannot be read', { ...bag, 'secret-tls': 'secret:x' }],
  ])('is waited for: %s', (_, given) => {
    expect(readDatabase(provider({ bag: given }))).toEqual({ kind: 'waiting' })
  })

  test.each([
    ['letters for a port', { endpoints: 'a:abc' }, 'port "abc" of endpoint "a:abc" is not a number from 1 to 65535'],
    ['no port behind the colon', { endpoints: 'a:' }, 'port "" of endpoint "a:" is not a number from 1 to 65535'],
    ['port 0', { endpoints: 'a:0' }, 'port "0" of endpoint "a:0" is not a number from 1 to 65535'],
    ['port 65536', { endpoints: 'a:65536' }, 'port "65536" of endpoint "a:65536" is not a number from 1 to 65535'],
    ['a fraction', { endpoints: 'a:5.5' }, 'port "5.5" of endpoint "a:5.5" is not a number from 1 to 65535'],
    ['IPv6 without brackets', { endpoints: 'fd00::15:5432' }, 'endpoint "fd00::15:5432" is not host:port or [address]:port'],
    ['a URL', { endpoints: 'postgresql://a:5432/d' }, 'endpoint "postgresql://a:5432/d" is not host:port or [address]:port'],
    ['TLS that is neither on nor off', { tls: 'maybe' }, 'key "tls" is neither True nor False'],
    ['a certificate that is none', { tls: 'True', 'tls-ca': 'x' }, 'key "tls-ca" is not a PEM certificate'],
  ])('is refused: %s', (_, says, why) => {
    expect(readDatabase(provider({ says }))).toEqual({ kind: 'invalid', why })
  })

  test('comes from secrets before it comes from clear text', () => {
    const read = readDatabase(
      provider({
        says: { 'secret-user': 'secret:x', 'secret-tls': 'secret:y', tls: 'False' },
        user: { username: 'su', password: 'sp' },
        tls: { tls: 'True', 'tls-ca': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      }),
    )
    expect(read).toMatchObject({ database: { user: 'su', password: 'sp', tls: { mode: 'verify-full' } } })
  })

  test.each([
    [{}, 'prefer'],
    [{ tls: 'False' }, 'prefer'],
    [{ tls: 'True' }, 'require'],
    [{ tls: 'true', 'tls-ca': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' }, 'verify-full'],
  ])('decides on TLS: %o gives %s', (says, mode) => {
    expect(readDatabase(provider({ says }))).toMatchObject({ database: { tls: { mode } } })
  })

  test('names its read-only endpoints', () => {
    const read = readDatabase(provider({ says: { 'read-only-endpoints': 'b:5432,[fd00::2]:5433,broken' } }))
    expect(read).toMatchObject({
      replicas: [
        { host: 'b', port: 5432 },
        { host: 'fd00::2', port: 5433 },
      ],
    })
  })
})
