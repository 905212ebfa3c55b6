import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

// SCRAM-SHA-256: https://www.rfc-editor.org/rfc/rfc7677, channel binding: https://www.rfc-editor.org/rfc/rfc5929#section-4
// How PostgreSQL uses it: https://www.postgresql.org/docs/18/sasl-authentication.html

const deriveKey = promisify(pbkdf2)

const nonAsciiSpace = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g
const mappedToNothing = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g
const prohibited =
  /\p{Cc}|\p{Co}|\p{Cs}|\p{Noncharacter_Code_Point}|[\u0340\u0341\u06dd\u070f\u180e\u200e\u200f\u2028\u2029]|[\u202a-\u202e]|[\u2061-\u2063]|[\u206a-\u206f]|[\u2ff0-\u2ffb]|[\ufff9-\ufffd]|[\u{1d173}-\u{1d17a}]|\u{e0001}|[\u{e0020}-\u{e007f}]/u

/**
 * SASLprep (RFC 4013) as PostgreSQL does it: a password that the rules forbid is taken as it is. Its checks for characters that Unicode 3.2
 * did not know and for mixed directions are left out: they only matter to a password that also has characters which normalisation changes.
 *
 * @example
 * prepare('ﬁ\u00a0x') // 'fi x'
 */
export const prepare = (password: string): string => {
  const prepared = password.replace(nonAsciiSpace, ' ').replace(mappedToNothing, '').normalize('NFKC')
  return prepared === '' || prohibited.test(prepared) ? password : prepared
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest()

const attributes = (text: string): ReadonlyMap<string, string> => new Map(text.split(',').map((part) => [part.slice(0, 1), part.slice(2)]))

/** How the channel stands: bound to a certificate's hash, bindable but not offered by the server, or not bindable. */
export type Binding = { readonly kind: 'bound'; readonly hash: Buffer } | { readonly kind: 'not offered' } | { readonly kind: 'none' }

const headers = { bound: 'p=tls-server-end-point,,', 'not offered': 'y,,', none: 'n,,' } as const

/**
 * One SCRAM login, from the client's side.
 *
 * @example
 * const scram = new Scram(password, { kind: 'none' })
 * send(scram.first)
 * send(await scram.answer(serverFirst))
 * scram.verify(serverFinal)
 */
export class Scram {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-256-PLUS'
  /** The client's first message. */
  readonly first: string
  readonly #password: string
  readonly #binding: Binding
  readonly #nonce: string
  #serverSignature: Buffer = Buffer.alloc(0)

  constructor(password: string, binding: Binding, nonce: string = randomBytes(18).toString('base64')) {
    this.mechanism = binding.kind === 'bound' ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256'
    this.#password = prepare(password)
    this.#binding = binding
    this.#nonce = nonce
    this.first = `${headers[binding.kind]}n=,r=${nonce}`
  }

  /** The client's final message, for the server's first. */
  async answer(serverFirst: string): Promise<string> {
    const fields = attributes(serverFirst)
    const [nonce = '', salt = '', iterations = ''] = [fields.get('r'), fields.get('s'), fields.get('i')]
    if (!nonce.startsWith(this.#nonce) || nonce.length === this.#nonce.length)
      throw new Error('SASL: the server does not continue our nonce')
    if (salt === '' || !/^[1-9]\d{0,8}$/.test(iterations)) throw new Error('SASL: the server gives no salt or no iteration count')
    const salted = await deriveKey(this.#password, Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
    const hash = this.#binding.kind === 'bound' ? this.#binding.hash : Buffer.alloc(0)
    const bound = Buffer.concat([Buffer.from(headers[this.#binding.kind]), hash]).toString('base64')
    const withoutProof = `c=${bound},r=${nonce}`
    const message = `n=,r=${this.#nonce},${serverFirst},${withoutProof}`
    const clientKey = hmac(salted, 'Client Key')
    const signature = hmac(sha256(clientKey), message)
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0))
    this.#serverSignature = hmac(hmac(salted, 'Server Key'), message)
    return `${withoutProof},p=${Buffer.from(proof).toString('base64')}`
  }

  /** Checks that the server knows the password too. */
  verify(serverFinal: string): void {
    const fields = attributes(serverFinal)
    const told = Buffer.from(fields.get('v') ?? '', 'base64')
    if (
      this.#serverSignature.length === 0 ||
      told.length !== this.#serverSignature.length ||
      !timingSafeEqual(told, this.#serverSignature)
    ) {
      throw new Error('SASL: the server does not prove that it knows the password')
    }
  }
}
