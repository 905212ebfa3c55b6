import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startupOptions } from '../../src/postgres/startup.ts'
import { postgresTarget, sslModes } from '../../src/postgres/target.ts'
import { formatPostgresUrl, parsePostgresUrl } from '../../src/postgres/url.ts'

describe('a PostgreSQL URL', () => {
  test.each(['postgresql', 'postgres', 'postgresql+psycopg', 'postgresql+psycopg2'])('may begin with %s://', (scheme) => {
    const target = parsePostgresUrl(`${scheme}://feast:secret@db:6543/registry`)
    expect(target).toMatchObject({ hosts: [{ host: 'db', port: 6543 }], user: 'feast', password: 'secret', database: 'registry' })
  })

  test('has libpq’s defaults for what it leaves out', () => {
    const target = parsePostgresUrl('postgresql://feast@')
    expect(target).toMatchObject({
      hosts: [{ host: 'localhost', port: 5432 }],
      database: 'feast',
      sslMode: 'prefer',
      targetSessionAttrs: 'any',
    })
    expect(target).not.toHaveProperty('password')
  })

  test.each([
    [
      'a,b:6000',
      [
        ['a', 5432],
        ['b', 6000],
      ],
    ],
    [
      '[::1]:6000,[fe80::2]',
      [
        ['::1', 6000],
        ['fe80::2', 5432],
      ],
    ],
    ['%2Fvar%2Frun:6000', [['/var/run', 6000]]],
    ['/db?host=/var/run/postgresql', [['/var/run/postgresql', 5432]]],
    [
      '/db?host=a,b&port=1,2',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    [
      '/db?host=a,b&port=7',
      [
        ['a', 7],
        ['b', 7],
      ],
    ],
    [
      '/db?host=a:1&host=b:2',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    ['/db?host=::1', [['::1', 5432]]],
    ['ignored/db?host=used', [['used', 5432]]],
  ])('names its hosts in %s', (text, hosts) => {
    expect(parsePostgresUrl(`postgresql://u@${text}`).hosts).toEqual(hosts.map(([host, port]) => ({ host, port })))
  })

  test('decodes each part exactly once', () => {
    const target = parsePostgresUrl(
      'postgresql://a%2540b:p%2525%3A%2F@h/d%2Fb?options=-csearch_path%3Dfoo%2Cpublic&application_name=x+y%2B',
    )
    expect(target).toMatchObject({
      user: 'a%40b',
      password: 'p%25:/',
      database: 'd/b',
      options: '-csearch_path=foo,public',
      applicationName: 'x y+',
    })
  })

  test('takes every parameter of libpq that we obey, and leaves out those that only tune libpq', () => {
    const target = parsePostgresUrl(
      'postgresql://h?user=u&password=p%40&dbname=d&sslmode=verify-full&sslrootcert=/ca.pem&sslcert=/c.pem&sslkey=/k.pem&channel_binding=require' +
        '&target_session_attrs=read-write&application_name=app&connect_timeout=3&keepalives_idle=9&gssencmode=disable&tcp_user_timeout=1000',
    )
    expect(target).toEqual({
      hosts: [{ host: 'h', port: 5432 }],
      user: 'u',
      password: 'p@',
      database: 'd',
      sslMode: 'verify-full',
      sslRootCert: '/ca.pem',
      sslCert: '/c.pem',
      sslKey: '/k.pem',
      channelBinding: 'require',
      targetSessionAttrs: 'read-write',
      applicationName: 'app',
      connectTimeoutMs: 3000,
      statementTimeoutMs: 0,
      keepalivesIdle: 9,
      pooled: false,
    })
  })

  test.each([
    ['mysql://u:hush@h/d', 'it does not begin so; allowed: postgresql://'],
    ['postgresql://u:hush@h/d?sslmod=require', '"sslmod" is no known parameter, the nearest is "sslmode"; allowed: application_name,'],
    ['postgresql://u:hush@h/d?sslmode=on', 'sslmode is wrong; allowed: allow, disable, prefer, require, verify-ca, verify-full'],
    ['postgresql://u:hush@h/d?target_session_attrs=rw', 'target_session_attrs is wrong; allowed: any, prefer-standby'],
    ['postgresql://u:hush@h/d?sslmode', 'a parameter has no value'],
    ['postgresql://u:hush@h:54x/d', 'a port is not a number between 1 and 65535'],
    ['postgresql://u:hush@h:0/d', 'a port is not between 1 and 65535'],
    ['postgresql://u:hush@h:65536/d', 'a port is not between 1 and 65535'],
    ['postgresql://u:hush@a,b/d?host=a,b&port=1,2,3', 'there are 2 hosts and 3 ports'],
    ['postgresql://u:hush@h,/d', 'a host is empty'],
    ['postgresql://u:hush%@h/d', 'the password holds a % that is not followed by two hex digits; write % as %25'],
    ['postgresql://u:hush%FF@h/d', 'the password is not UTF-8'],
    ['postgresql://u:hush%00@h/d', 'a field holds a NUL character'],
    ['postgresql://u:hu@sh@h/d', 'an @ stands where none is expected; write @ as %40'],
    ['postgresql://u:hu/sh@h/d', 'an @ stands where none is expected'],
    ['postgresql://u:hu?sh@h/d', 'an @ stands where none is expected'],
    ['postgresql://u:a@hu?hush=1', 'no known parameter'],
    ['postgresql://u:a@h?hu.sh=1', 'a parameter is not known, the nearest is "host"'],
    ['postgresql://:hush@h/d', 'no user is given'],
    ['postgresql://u:hush@h/d?connect_timeout=soon', 'connect_timeout is not a whole number of seconds'],
    ['postgresql://u:hush@h/d?sslcert=/c.pem', 'sslcert and sslkey are only good together'],
    ['postgresql://u:hush@h/d?sslmode=verify-ca', 'sslmode verify-ca needs sslrootcert: a path, or system'],
    ['postgresql://u:hush@h/d?sslmode=require&sslrootcert=system', 'sslrootcert system needs sslmode verify-full'],
  ])('is refused when it is %s', (url, why) => {
    const error = thrown(() => parsePostgresUrl(url))
    expect(error).toMatchObject({ code: 'STORE_POSTGRES_TARGET_INVALID' })
    expect(String(error)).toContain(why)
    expect(String(error)).not.toMatch(/hush"?@|:hu|u:/)
  })
})

const text = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.includes('\0'))
const hostName = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constant('/var/run/postgresql'))
const targets = fc
  .record({
    hosts: fc.array(fc.record({ host: hostName, port: fc.integer({ min: 1, max: 65535 }) }), { minLength: 1 }),
    database: text,
    user: text,
    password: fc.option(text, { nil: undefined }),
    options: fc.option(text, { nil: undefined }),
    applicationName: text,
    sslMode: fc.constantFrom(...sslModes.slice(0, 4)),
    sslRootCert: fc.option(text, { nil: undefined }).filter((path) => path !== 'system'),
    connectTimeoutMs: fc.integer({ min: 0, max: 99 }).map((seconds) => seconds * 1000),
  })
  .map(postgresTarget)

describe('writing a URL', () => {
  test('and reading it gives the same target, whatever user, password and database are', () => {
    fc.assert(
      fc.property(targets, (target) => {
        expect(parsePostgresUrl(formatPostgresUrl(target))).toEqual(target)
      }),
    )
  })

  test('hides the password for people', () => {
    fc.assert(
      fc.property(targets, (target) => {
        const secret = { ...target, password: 'kUh/9@x' }
        const shown = formatPostgresUrl(secret, { hidePassword: true })
        expect(shown).toContain(':***@')
        expect(shown).not.toContain('kUh')
      }),
    )
  })

  test('puts search path and statement timeout where libpq finds them', () => {
    const target = postgresTarget({
      hosts: [{ host: 'h', port: 1 }],
      database: 'd',
      user: 'u',
      options: '-c geqo=off',
      searchPath: '"My Schema", public',
      statementTimeoutMs: 500,
    })
    const again = parsePostgresUrl(formatPostgresUrl(target))
    expect(again.options).toBe(String.raw`-c geqo=off -c search_path="My\ Schema",\ public -c statement_timeout=500`)
    expect(again.options).toBe(startupOptions(target))
  })
})

const thrown = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
