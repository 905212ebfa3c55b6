import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

import { parse } from 'yaml'

import { bundleError } from '../errors.ts'
import { systemCode } from '../postgres/folder.ts'
import type { KubernetesAccess } from './access.ts'

type Mapping = Readonly<Record<string, unknown>>

/** A file that is being read: its path, and what it says. */
interface Kubeconfig {
  readonly path: string
  readonly config: Mapping
}

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const invalid = (path: string, why: string): Error => bundleError('BUNDLE_KUBECONFIG_INVALID', [path, why])

const named = ({ path, config }: Kubeconfig, list: 'contexts' | 'clusters' | 'users', name: string | undefined): Mapping => {
  const kind = list.slice(0, -1)
  const entries = Array.isArray(config[list]) ? config[list].map(asMapping) : []
  const found = entries.find((each) => each.name === name)
  if (name === undefined || found === undefined) throw invalid(path, `its current context names no ${kind} that the file has`)
  return asMapping(found[kind])
}

/** What each part may not say, with the reason: nothing is left out silently. */
const refused = {
  cluster: { 'proxy-url': 'a proxy', 'tls-server-name': 'another name of the server' },
  user: {
    exec: 'a program that gives credentials',
    'auth-provider': 'an auth-provider',
    username: 'a password',
    password: 'a password',
    as: 'acting as somebody else',
  },
} as const

const refuseUnknown = (path: string, kind: keyof typeof refused, part: Mapping): void => {
  const found = Object.entries(refused[kind]).find(([key]) => part[key] !== undefined && part[key] !== '')
  if (found === undefined) return
  const [name, words] = found
  throw invalid(path, `its ${kind} has "${name}": ${words} is not understood; allowed: a token, a tokenFile, a client certificate`)
}

/** A file that a kubeconfig names is looked for from where the kubeconfig is. */
const readNamed = async ({ path }: Kubeconfig, file: string): Promise<string> => {
  try {
    return await readFile(resolve(dirname(path), file), 'utf8')
  } catch {
    throw invalid(path, `it names "${file}", which cannot be read`)
  }
}

/** What stands in the file in base64 under `-data`, or in a file of its own. */
const pem = async (file: Kubeconfig, holder: Mapping, key: string): Promise<string | undefined> => {
  const inline = text(holder[`${key}-data`])
  if (inline !== undefined) return Buffer.from(inline, 'base64').toString()
  const path = text(holder[key])
  return path === undefined ? undefined : readNamed(file, path)
}

const read = async (path: string): Promise<Kubeconfig> => {
  try {
    return { path, config: asMapping(parse(await readFile(path, 'utf8'))) }
  } catch (error) {
    // A parser's words would quote the file, and with it a token.
    throw invalid(path, systemCode(error) === 'ENOENT' ? 'there is no such file' : 'it cannot be read')
  }
}

type Credentials = Pick<KubernetesAccess, 'token' | 'certificate'>

const credentialsOf = async (file: Kubeconfig, user: Mapping): Promise<Credentials> => {
  const [cert, key] = [await pem(file, user, 'client-certificate'), await pem(file, user, 'client-key')]
  if ((cert === undefined) !== (key === undefined))
    throw invalid(file.path, 'its user has half of a client certificate: it takes certificate and key')
  const tokenFile = text(user.tokenFile)
  if (tokenFile !== undefined) await readNamed(file, tokenFile)
  // As kubectl does: the file counts where both are there.
  const token = tokenFile === undefined ? text(user.token) : async () => (await readNamed(file, tokenFile)).trim()
  if (token === undefined && cert === undefined) throw invalid(file.path, 'its user has neither a token nor a client certificate')
  return { ...(token === undefined ? {} : { token }), ...(cert === undefined || key === undefined ? {} : { certificate: { cert, key } }) }
}

/**
 * Reads who asks which API server from a kubeconfig's current context: token, file with a token, or client certificate. The file is read, never
 * copied. What else a kubeconfig can say (programs that give credentials, proxies, names and passwords) is refused.
 *
 * @throws BUNDLE_KUBECONFIG_INVALID
 *
 * @example
 * const kubernetes = connectKubernetes(await readKubeconfig('/home/me/.kube/config'))
 */
export const readKubeconfig = async (path: string): Promise<KubernetesAccess> => {
  const file = await read(path)
  const context = named(file, 'contexts', text(file.config['current-context']))
  const cluster = named(file, 'clusters', text(context.cluster))
  const user = named(file, 'users', text(context.user))
  refuseUnknown(path, 'cluster', cluster)
  refuseUnknown(path, 'user', user)
  const url = text(cluster.server)
  if (url === undefined || !URL.canParse(url)) throw invalid(path, 'its current context names a cluster without a server')
  if (new URL(url).pathname !== '/') throw invalid(path, 'its server has a path, which is not understood')
  const ca = await pem(file, cluster, 'certificate-authority')
  return {
    url: url.replace(/\/$/, ''),
    ...(await credentialsOf(file, user)),
    ...(ca === undefined ? {} : { ca }),
    ...(cluster['insecure-skip-tls-verify'] === true ? { insecure: true } : {}),
  }
}
