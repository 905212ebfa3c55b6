import type { TextMap } from '@charmed-feast/charm'

// How the Python charms read: as strictly, and with the same end, an exception.

const stores = ['registry', 'offline_store', 'online_store'] as const
const fields = ['user', 'password', 'host', 'port', 'database'] as const

/** The fifteen keys of `feast-configuration`. */
const configurationKeys = stores.flatMap((store) => fields.map((field) => `${store}_${field}`)).sort()

/** The six keys of a dashboard link. */
export const linkKeys: readonly string[] = ['desc', 'icon', 'link', 'location', 'text', 'type']

/** `FeastStoreConfiguration(**bag)`: exactly fifteen keys, ports that are whole numbers; null for a bag that is empty. */
export const readConfiguration = (bag: TextMap): TextMap | null => {
  const keys = Object.keys(bag).sort()
  if (keys.length === 0) return null
  if (keys.join() !== configurationKeys.join())
    throw new TypeError(`FeastStoreConfiguration.__init__() got unexpected keys: ${keys.join()}`)
  for (const store of stores) {
    if (!/^\d+$/.test(bag[`${store}_port`] ?? '')) throw new TypeError(`${store}_port must be int or string representing an int`)
  }
  return bag
}

/** A manifest as the dispatcher reads it. */
interface Manifest {
  readonly metadata: { readonly name: string }
}

/** The released library: a list in clear text, each with a name. A secret's URI is no JSON to it. */
export const readManifests = (bag: TextMap): readonly Manifest[] => {
  const manifests = JSON.parse(bag.kubernetes_manifests ?? '[]') as readonly Manifest[]
  for (const { metadata } of manifests) if (typeof metadata.name !== 'string') throw new TypeError('KeyError: name')
  return manifests
}

const isRouted = (data: unknown): boolean => {
  const { service, port, prefix } = data as Readonly<Record<string, unknown>>
  return typeof service === 'string' && Number.isInteger(port) && typeof prefix === 'string'
}

/** Serialized data interface of `ingress`, version 1: what istio-pilot takes. */
export const readIngress = (bag: TextMap, parse: (text: string) => unknown): unknown => {
  const versions = parse(bag._supported_versions ?? '')
  if (!Array.isArray(versions) || !versions.includes('v1')) throw new TypeError('No compatible ingress versions found')
  const data = parse(bag.data ?? '')
  if (!isRouted(data)) throw new TypeError('ingress data does not fit schema v1')
  return data
}
