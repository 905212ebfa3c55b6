import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const iterations = 4096
const stretch = promisify(pbkdf2)

/** RFC 4013, the steps that change text: other spaces to a space, invisible characters away, NFKC. */
const prepare = (password: string): string =>
  password
    .replace(/[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu, ' ')
    .replace(/\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/gu, '')
    .normalize('NFKC')

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const verifierOf = async (password: string, salt: Buffer, rounds: number): Promise<string> => {
  const salted = await stretch(prepare(password), salt, rounds, 32, 'sha256')
  const storedKey = createHash('sha256').update(hmac(salted, 'Client Key')).digest('base64')
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${storedKey}:${hmac(salted, 'Server Key').toString('base64')}`
}

/**
 * What PostgreSQL keeps of a password: from it nobody can log in, so it may stand in SQL text and in a file.
 * Format: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>` (PostgreSQL, `pg_authid`; RFC 5803, RFC 7677).
 *
 * @example
 * await client.query(`CREATE ROLE reader LOGIN PASSWORD '${await scramVerifier(password)}'`)
 */
export const scramVerifier = (password: string): Promise<string> => verifierOf(password, randomBytes(16), iterations)

/**
 * Whether a stored verifier was made from this password; false for anything that is no SCRAM verifier.
 *
 * @example
 * await matchesVerifier(await scramVerifier('s3cret'), 's3cret') // true
 */
export const matchesVerifier = async (verifier: string, password: string): Promise<boolean> => {
  const [, rounds, salt] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$/.exec(verifier) ?? []
  if (rounds === undefined || salt === undefined) return false
  const own = Buffer.from(await verifierOf(password, Buffer.from(salt, 'base64'), Number(rounds)))
  const stored = Buffer.from(verifier)
  return own.length === stored.length && timingSafeEqual(own, stored)
}
