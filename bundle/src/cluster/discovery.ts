import { type ResourceKind, rootOf } from '@charmed-feast/charm/testing'

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch']

const describe = ({ kind, plural, namespaced, hasStatus }: ResourceKind): readonly object[] => [
  { name: plural, singularName: kind.toLowerCase(), namespaced, kind, verbs },
  ...(hasStatus ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }] : []),
]

const groupOf = (apiVersion: string): string => apiVersion.split('/')[0] ?? ''

const describeGroup = (name: string, kinds: readonly ResourceKind[]): object => {
  const versions = [...new Set(kinds.map(({ apiVersion }) => apiVersion))]
    .filter((apiVersion) => apiVersion.includes('/') && groupOf(apiVersion) === name)
    .map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] }))
  return { name, versions, preferredVersion: versions[0] }
}

/**
 * What clients ask first: which kinds are there, and how URLs call them. Undefined for a path that is about something else.
 *
 * @example
 * discover('/api/v1', server.kinds())
 */
export const discover = (path: string, kinds: readonly ResourceKind[]): object | undefined => {
  if (path === '/version') return { major: '1', minor: '37', gitVersion: 'v1.37.2', platform: 'linux/amd64' }
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis') {
    const names = [...new Set(kinds.filter(({ apiVersion }) => apiVersion.includes('/')).map(({ apiVersion }) => groupOf(apiVersion)))]
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: names.map((name) => describeGroup(name, kinds)) }
  }
  const own = kinds.filter(({ apiVersion }) => rootOf(apiVersion) === path)
  const [first] = own
  if (first === undefined) return undefined
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: first.apiVersion, resources: own.flatMap(describe) }
}
