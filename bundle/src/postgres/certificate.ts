import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

import { commonName, der, generalName, oid, pem, sequence } from './der.ts'

// X.509 in as much DER as one server on this machine needs: https://www.rfc-editor.org/rfc/rfc5280#section-4.1. Node reads certificates and
// makes none, and the packages that do bring a dozen others along.

const octets = (...parts: readonly Buffer[]): Buffer => der(0x04, ...parts)
const isTrue = der(0x01, Buffer.from([255]))

/** GeneralizedTime, without fractions. */
const time = (date: Date): Buffer => der(0x18, Buffer.from(`${date.toISOString().slice(0, 19).replace(/\D/g, '')}Z`))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))

const basicConstraints = (isAuthority: boolean): Buffer =>
  sequence(oid('551d13'), isTrue, octets(isAuthority ? sequence(isTrue) : sequence()))
/** Bits of the first byte: digitalSignature 0x80, keyCertSign 0x04. */
const keyUsage = (bits: number): Buffer => sequence(oid('551d0f'), isTrue, octets(der(0x03, Buffer.from([bits === 0x04 ? 2 : 7, bits]))))
const serverAuth = sequence(oid('551d25'), octets(sequence(oid('2b06010505070301'))))
const alternativeNames = (hosts: readonly string[]): Buffer => sequence(oid('551d11'), octets(sequence(...hosts.map(generalName))))

interface Draft {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
  readonly now: Date
}

const yearsValid = 10

const signed = ({ subject, issuer, publicKey, extensions, now }: Draft, signer: KeyObject): string => {
  const until = new Date(now)
  until.setUTCFullYear(now.getUTCFullYear() + yearsValid)
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ecdsaWithSha256,
    commonName(issuer),
    // A clock that is put back by less than a day still finds it valid.
    sequence(time(new Date(now.getTime() - 86_400_000)), time(until)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  )
  return pem(sequence(body, ecdsaWithSha256, der(0x03, Buffer.from([0]), sign('sha256', body, signer))))
}

/** A server's certificate, its key, and the authority that vouches for it; each as PEM. */
export interface ServerCertificate {
  readonly certificate: string
  readonly key: string
  readonly authority: string
}

/**
 * Makes an authority of its own and a certificate for a server by these names and IPv4 addresses, both for ten years. The authority's key is
 * forgotten at once: it vouches for this one server, and nobody can have it vouch for another.
 *
 * @example
 * const { certificate, key, authority } = makeCertificate(['127.0.0.1', 'localhost'], new Date())
 */
export const makeCertificate = (hosts: readonly [string, ...string[]], now: Date): ServerCertificate => {
  const [root, server] = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('ec', { namedCurve: 'P-256' })]
  const issuer = `charmed-feast ${randomBytes(4).toString('hex')}`
  const authority = { subject: issuer, issuer, publicKey: root.publicKey, extensions: [basicConstraints(true), keyUsage(0x04)], now }
  const leaf = {
    ...{ subject: hosts[0], issuer, publicKey: server.publicKey, now },
    extensions: [basicConstraints(false), keyUsage(0x80), serverAuth, alternativeNames(hosts)],
  }
  return {
    certificate: signed(leaf, root.privateKey),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    authority: signed(authority, root.privateKey),
  }
}
