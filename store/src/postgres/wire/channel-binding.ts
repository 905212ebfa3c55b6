import { createHash } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/** The last byte of the algorithm under its family's number. MD5 and SHA-1 are replaced by SHA-256: RFC 5929, section 4.1. */
const families: readonly (readonly [prefix: string, hashes: Readonly<Record<string, string>>])[] = [
  // ecdsa-with-SHA…: https://www.rfc-editor.org/rfc/rfc5758#section-3.2
  ['2a8648ce3d0403', { '01': 'sha224', '02': 'sha256', '03': 'sha384', '04': 'sha512' }],
  ['2a8648ce3d0401', { '': 'sha256' }],
  // sha…WithRSAEncryption: https://www.rfc-editor.org/rfc/rfc8017#appendix-A.2
  ['2a864886f70d0101', { '04': 'sha256', '05': 'sha256', '0b': 'sha256', '0c': 'sha384', '0d': 'sha512', '0e': 'sha224' }],
]

/** The number of RSASSA-PSS, and of the hashes that its parameters may name. Without parameters it means SHA-1. */
const pss = '2a864886f70d01010a'
const pssHashes: readonly (readonly [hex: string, hash: string])[] = [
  ['608648016503040201', 'sha256'],
  ['608648016503040202', 'sha384'],
  ['608648016503040203', 'sha512'],
]

/** Reads the head of a DER element: where its body starts and ends. */
const element = (der: Buffer, at: number): readonly [start: number, end: number] => {
  const first = der[at + 1] ?? 0
  if (first < 128) return [at + 2, at + 2 + first]
  const size = first & 127
  return [at + 2 + size, at + 2 + size + der.readUIntBE(at + 2, size)]
}

const signatureHash = (certificate: Buffer): string | undefined => {
  const [inside] = element(certificate, 0)
  const [, algorithmAt] = element(certificate, inside)
  const [start, end] = element(certificate, algorithmAt)
  const [oidStart, oidEnd] = element(certificate, start)
  const oid = certificate.toString('hex', oidStart, oidEnd)
  if (oid === pss) {
    const parameters = certificate.toString('hex', oidEnd, end)
    return pssHashes.find(([hex]) => parameters.includes(hex))?.[1] ?? 'sha256'
  }
  const family = families.find(([prefix]) => oid.startsWith(prefix))
  return family?.[1][oid.slice(family[0].length)]
}

/**
 * What SCRAM binds to in `tls-server-end-point`: the hash of the server's certificate by the hash that signed it.
 * Undefined without TLS, and for signatures that have no hash (Ed25519).
 *
 * @example
 * endPointHash(socket)?.length // 32 for a certificate signed with SHA-256
 */
export const endPointHash = (socket: Socket): Buffer | undefined => {
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : undefined
  const hash = certificate === undefined ? undefined : signatureHash(certificate)
  return certificate === undefined || hash === undefined ? undefined : createHash(hash).update(certificate).digest()
}
