/** Which object of Kubernetes: kind, name, and for namespaced kinds the namespace. */
export interface ObjectReference {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** An object of Kubernetes, whole or as far as somebody wants it. */
export interface KubernetesObject extends ObjectReference {
  readonly metadata: ObjectReference['metadata'] & {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

const irregular: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  AuthorizationPolicy: 'authorizationpolicies',
  Ingress: 'ingresses',
}

/** The plural by which URLs name a kind: lower case with an `s`; `-y` becomes `-ies`. */
const pluralOf = (kind: string): string =>
  irregular[kind] ?? (/[^aeiou]y$/i.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}s`).toLowerCase()

/**
 * The path of an object in the API.
 *
 * @example
 * objectPath({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'alice' } }) // '/api/v1/namespaces/alice/secrets/a'
 */
export const objectPath = ({ apiVersion, kind, metadata }: ObjectReference): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const space = metadata.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(metadata.namespace)}`
  return `${root}${space}/${pluralOf(kind)}/${encodeURIComponent(metadata.name)}`
}

/**
 * How messages call an object.
 *
 * @example
 * describeObject({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', namespace: 'alice' } }) // 'Secret "alice/a"'
 */
export const describeObject = ({ kind, metadata }: ObjectReference): string =>
  `${kind} "${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}"`

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Whether everything that `desired` says is so in `live`. Lists must be as long as desired and agree item by item; an item of the live list may say
 * more (the API server's defaults). Desired `null` means: not there (JSON merge patch, RFC 7396).
 *
 * @example
 * isContained({ spec: { ports: [{ port: 80 }] } }, { spec: { ports: [{ port: 80, protocol: 'TCP' }], type: 'ClusterIP' } }) // true
 */
export const isContained = (desired: unknown, live: unknown): boolean => {
  if (desired === null) return live === null || live === undefined
  if (Array.isArray(desired)) {
    return Array.isArray(live) && desired.length === live.length && desired.every((each, index) => isContained(each, live[index]))
  }
  if (!isMapping(desired)) return desired === live
  return isMapping(live) && Object.entries(desired).every(([key, value]) => isContained(value, live[key]))
}
