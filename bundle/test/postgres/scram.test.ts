import fc from 'fast-check'
import pg from 'pg'
import { expect, test } from 'vitest'
import { testDatabase } from '../../../house/postgres.ts'
import { matchesVerifier, scramVerifier } from '../../src/postgres/scram.ts'

test('a verifier matches its password and no other one', async () => {
  const password = fc.string({ unit: 'grapheme', minLength: 1 })
  await fc.assert(
    fc.asyncProperty(password, password, async (one, other) => {
      const verifier = await scramVerifier(one)
      expect(await matchesVerifier(verifier, one)).toBe(true)
      expect(await matchesVerifier(verifier, `${other}x`)).toBe(`${other}x`.normalize('NFKC') === one.normalize('NFKC'))
    }),
    { numRuns: 30 },
  )
})

test('the same password gives another verifier each time', async () => {
  expect(await scramVerifier('x')).not.toBe(await scramVerifier('x'))
})

test.each(['', 'md5c4ca4238a0b923820dcc509a6f75849b', 'SCRAM-SHA-256$', 'SCRAM-SHA-256$4096:AAAA$x'])(
  '%j is the verifier of nothing',
  async (text) => {
    expect(await matchesVerifier(text, 'x')).toBe(false)
  },
)

test('the example of RFC 7677 comes out', async () => {
  // Section 3: user "user", password "pencil", salt W22ZaJ0SNY7soEsUEjb6gQ==, 4096 rounds; its proof was checked against these keys.
  const verifier =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
  expect(await matchesVerifier(verifier, 'pencil')).toBe(true)
  expect(await matchesVerifier(verifier, 'Pencil')).toBe(false)
})

test('PostgreSQL takes a verifier as it is, and its own way of reading the password agrees with ours', async () => {
  const { adminUrl, host, port, database } = await testDatabase()
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    for (const [number, password] of ['plain', 'q\'u\\o"te', 'ﬁ①Å', 'a\u00a0b', 'naïve', 'a\u00adb', '特徴'].entries()) {
      const role = `${database}_scram_${number}`
      const verifier = await scramVerifier(password)
      await admin.query(`CREATE ROLE ${role} LOGIN SUPERUSER PASSWORD '${verifier}'`)
      const { rows } = await admin.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [role])
      expect(rows).toEqual([{ rolpassword: verifier }])
      await admin.query(`ALTER ROLE ${role} PASSWORD ${pg.escapeLiteral(password)}`)
      const stored = await admin.query<{ rolpassword: string }>('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [role])
      expect([password, await matchesVerifier(stored.rows[0]?.rolpassword ?? '', password)]).toEqual([password, true])
      await admin.query(`ALTER ROLE ${role} PASSWORD '${verifier}'`)
      const client = new pg.Client({ host, port, user: role, password, database })
      await client.connect()
      await client.end()
      await admin.query(`DROP ROLE ${role}`)
    }
  } finally {
    await admin.end()
  }
})
