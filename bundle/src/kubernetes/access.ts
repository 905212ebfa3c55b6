import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

import { bundleError } from '../errors.ts'
import { systemCode } from '../postgres/folder.ts'

/** Where an API server is, and who asks it. */
export interface KubernetesAccess {
  /** Without a path: `https://127.0.0.1:6443`. */
  readonly url: string
  readonly token?: string
  /** The authority of the server's certificate: PEM. */
  readonly ca?: string
  /** A client's certificate and its key: PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Whether any certificate is believed: only where a kubeconfig says so. */
  readonly insecure?: boolean
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const named = (list: unknown, name: string | undefined, key: string): Mapping => {
  const found = Array.isArray(list) ? list.map(asMapping).find((each) => each.name === name) : undefined
  return asMapping(found?.[key])
}

/** What stands in the file in base64 under `-data`, or in a file of its own. */
const pem = async (holder: Mapping, key: string): Promise<string | undefined> => {
  const inline = text(holder[`${key}-data`])
  if (inline !== undefined) return Buffer.from(inline, 'base64').toString()
  const path = text(holder[key])
  return path === undefined ? undefined : readFile(path, 'utf8')
}

const read = async (path: string): Promise<Mapping> => {
  try {
    return asMapping(parse(await readFile(path, 'utf8')))
  } catch (error) {
    // A parser's words would quote the file, and with it a token.
    throw bundleError('BUNDLE_KUBECONFIG_INVALID', [path, systemCode(error) === 'ENOENT' ? 'there is no such file' : 'it cannot be read'])
  }
}

/**
 * Reads who asks which API server from a kubeconfig's current context: token or client certificate. The file is read, never copied.
 *
 * @throws BUNDLE_KUBECONFIG_INVALID
 *
 * @example
 * const kubernetes = connectKubernetes(await readKubeconfig('/home/me/.kube/config'))
 */
export const readKubeconfig = async (path: string): Promise<KubernetesAccess> => {
  const config = await read(path)
  const context = named(config.contexts, text(config['current-context']), 'context')
  const cluster = named(config.clusters, text(context.cluster), 'cluster')
  const user = named(config.users, text(context.user), 'user')
  const url = text(cluster.server)
  if (url === undefined) throw bundleError('BUNDLE_KUBECONFIG_INVALID', [path, 'its current context names no cluster with a server'])
  const [ca, cert, key] = await Promise.all([
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
  ])
  const token = text(user.token)
  return {
    url: url.replace(/\/$/, ''),
    ...(token === undefined ? {} : { token }),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
  }
}
