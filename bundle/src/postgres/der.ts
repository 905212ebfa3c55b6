import { isIP } from 'node:net'

// What certificates are written in: https://www.rfc-editor.org/rfc/rfc5280#section-4.1 and ITU-T X.690, as much of it as is needed here.

/** A value with its tag and length, of fewer than 65,536 bytes: `der(0x04, bytes)` is an octet string. */
export const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}

/** A sequence of values. */
export const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts)

/** An object identifier by its bytes: `oid('550403')` is that of a common name. */
export const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))

/** A name that is a common name and nothing else. */
export const commonName = (text: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))))

/** A host as a subject's alternative name: an IPv4 address, or a name of the DNS. */
export const generalName = (host: string): Buffer =>
  isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host))

/** A certificate as PEM. */
export const pem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
