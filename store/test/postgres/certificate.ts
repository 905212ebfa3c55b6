import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

// X.509 in as much DER as a test needs: https://www.rfc-editor.org/rfc/rfc5280#section-4.1

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)
const name = (common: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(common)))))
const utc = (year: number): Buffer => der(0x17, Buffer.from(`${String(year).slice(2)}0101000000Z`))

const algorithms = {
  'ecdsa-sha256': { oid: '2a8648ce3d040302', hash: 'sha256', key: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  'ecdsa-sha384': { oid: '2a8648ce3d040303', hash: 'sha384', key: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }) },
  'rsa-sha512': { oid: '2a864886f70d01010d', hash: 'sha512', key: () => generateKeyPairSync('rsa', { modulusLength: 2048 }) },
} as const

/** How a certificate is signed. */
export type SignatureName = keyof typeof algorithms

/** A certificate with its private key, both as PEM. */
export interface Issued {
  readonly subject: string
  readonly certificate: string
  readonly key: string
  readonly signature: SignatureName
}

const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')}\n-----END CERTIFICATE-----\n`

const alternative = (host: string): Buffer =>
  isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))

const extensions = (hosts: readonly string[], authority: boolean): Buffer => {
  const constraint = sequence(oid('551d13'), der(0x01, Buffer.from([255])), der(0x04, sequence(der(0x01, Buffer.from([255])))))
  const names = sequence(oid('551d11'), der(0x04, sequence(...hosts.map(alternative))))
  return der(0xa3, sequence(...(authority ? [constraint] : []), ...(hosts.length > 0 ? [names] : [])))
}

/** Issues a certificate, valid from 2020 to 2049: for hosts, signed by an authority, or an authority itself when neither is given. */
export const issueCertificate = (
  subject: string,
  {
    by,
    hosts = [],
    signature = 'ecdsa-sha256',
  }: { readonly by?: Issued; readonly hosts?: readonly string[]; readonly signature?: SignatureName } = {},
): Issued => {
  const { publicKey, privateKey } = algorithms[signature].key()
  const signer: KeyObject | string = by?.key ?? privateKey
  const { oid: algorithm, hash } = algorithms[by?.signature ?? signature]
  const isRsa = algorithm.startsWith('2a864886f7')
  const identifier = sequence(oid(algorithm), ...(isRsa ? [der(0x05)] : []))
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    identifier,
    name(by?.subject ?? subject),
    sequence(utc(2020), utc(2049)),
    name(subject),
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    extensions(hosts, by === undefined),
  )
  const certificate = pem(sequence(body, identifier, bits(sign(hash, body, signer))))
  return { subject, certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), signature }
}
