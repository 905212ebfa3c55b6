import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import tls, { type ConnectionOptions } from 'node:tls'
import { storeError } from '../errors.ts'
import type { PostgresTarget } from './target.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this process may not read it',
  EISDIR: 'it is a folder',
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const readPem = async (path: string | undefined): Promise<string | undefined> => {
  if (path === undefined) return undefined
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const why = reasons[codeOf(cause)] ?? codeOf(cause)
    throw storeError('STORE_POSTGRES_TLS_FILE_INVALID', [path, why], { cause })
  }
}

/** OpenSSL takes each file apart by itself, so the file that is broken can be named; its text never is. */
const checkPem = (path: string | undefined, options: Parameters<typeof tls.createSecureContext>[0], what: string): void => {
  if (path === undefined) return
  try {
    tls.createSecureContext(options)
  } catch (cause) {
    throw storeError('STORE_POSTGRES_TLS_FILE_INVALID', [path, `it holds no ${what} in PEM form`], { cause })
  }
}

/** Node before 22.15 knows no system certificates; its own are those of Mozilla. */
const systemAuthorities = (): readonly string[] => tls.getCACertificates?.('system') ?? tls.rootCertificates

const certificates = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g

/** OpenSSL skips certificates that it cannot read, trusts nobody, and then blames the server. */
const readAuthorities = async (path: string | undefined): Promise<readonly string[] | undefined> => {
  if (path === 'system') return systemAuthorities()
  const blocks = (await readPem(path))?.match(certificates) ?? []
  if (path === undefined) return undefined
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch (cause) {
    throw storeError('STORE_POSTGRES_TLS_FILE_INVALID', [path, 'one of its certificates is broken'], { cause })
  }
  if (blocks.length === 0) throw storeError('STORE_POSTGRES_TLS_FILE_INVALID', [path, 'it holds no certificate in PEM form'])
  return blocks
}

/**
 * The TLS options with which Node does what `sslmode` says in libpq. Files are read at each call, so a rotated certificate is found.
 * A root certificate verifies the server in every mode (libpq's rule), `verify-full` also the host name.
 * Throws `STORE_POSTGRES_TLS_FILE_INVALID` for a file that is missing, unreadable or broken.
 * Rules: https://www.postgresql.org/docs/18/libpq-ssl.html#LIBQ-SSL-CERTIFICATES
 *
 * @example
 * tls.connect({ socket, ...(await readTlsOptions(target, 'db.example.com')) })
 */
export const readTlsOptions = async (target: PostgresTarget, host: string): Promise<ConnectionOptions> => {
  const [ca, cert, key] = await Promise.all([readAuthorities(target.sslRootCert), readPem(target.sslCert), readPem(target.sslKey)])
  checkPem(target.sslCert, { cert }, 'certificate')
  checkPem(target.sslKey, { key }, 'private key')
  if (cert !== undefined && key !== undefined) checkPem(target.sslKey, { cert, key }, `private key of "${target.sslCert}"`)
  return {
    ...(ca === undefined ? {} : { ca: [...ca] }),
    ...(cert === undefined ? {} : { cert, key }),
    rejectUnauthorized: ca !== undefined,
    checkServerIdentity: target.sslMode === 'verify-full' ? (_, peer) => tls.checkServerIdentity(host, peer) : () => undefined,
  }
}
