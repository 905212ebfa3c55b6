import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { commonName, der, generalName, oid, pem, sequence } from '../../../bundle/src/postgres/der.ts'

// X.509 in as much DER as a test needs: https://www.rfc-editor.org/rfc/rfc5280#section-4.1

const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes)
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

const extensions = (hosts: readonly string[], authority: boolean): Buffer => {
  const constraint = sequence(oid('551d13'), der(0x01, Buffer.from([255])), der(0x04, sequence(der(0x01, Buffer.from([255])))))
  const names = sequence(oid('551d11'), der(0x04, sequence(...hosts.map(generalName))))
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
    commonName(by?.subject ?? subject),
    sequence(utc(2020), utc(2049)),
    commonName(subject),
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' }),
    extensions(hosts, by === undefined),
  )
  const certificate = pem(sequence(body, identifier, bits(sign(hash, body, signer))))
  return { subject, certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), signature }
}
