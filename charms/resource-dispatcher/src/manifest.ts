import { isNamespaceName } from './namespace-label.ts'

/** An object that shall be in the user namespaces. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** The only namespace that shall have it; null: all of them. */
  readonly namespace: string | null
  readonly content: Readonly<Record<string, unknown>>
}

/** What a text says: manifests, and what is wrong with the others. */
export interface ParsedManifests {
  readonly manifests: readonly Manifest[]
  /** For a person; they name places and names, never contents. */
  readonly problems: readonly string[]
}

type Mapping = Readonly<Record<string, unknown>>

const isMapping = (value: unknown): value is Mapping => typeof value === 'object' && value !== null && !Array.isArray(value)

const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
// Kubernetes lets RBAC name its objects by whatever can stand in a path (`system:node-reader`).
const segment = /^[A-Za-z0-9](?:[-A-Za-z0-9._:@]{0,251}[A-Za-z0-9])?$/

const isName = (name: string, apiVersion: string): boolean => (apiVersion.startsWith('rbac.') ? segment : subdomain).test(name)

// A long or odd value is cut short: it is read by a person in one line.
const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/**
 * Reads one manifest; gives what is wrong with it as a text.
 *
 * @example
 * parseManifest({ apiVersion: 'v1', kind: 'Secret', metadata: { name: '..' } })   // 'has the name "..", which Kubernetes does not take'
 */
export const parseManifest = (value: unknown): Manifest | string => {
  if (!isMapping(value)) return 'is not an object'
  const { apiVersion, kind, metadata } = value
  if (!isMapping(metadata)) return 'has no metadata'
  const { name, namespace } = metadata
  if (typeof apiVersion !== 'string' || apiVersion === '') return `has no apiVersion (its name is ${show(name)})`
  if (typeof kind !== 'string' || !/^[A-Z][A-Za-z0-9]{0,62}$/.test(kind)) return `has no kind (its name is ${show(name)})`
  if (typeof name !== 'string' || !isName(name, apiVersion)) return `has the name ${show(name)}, which Kubernetes does not take`
  if (namespace === undefined || namespace === null || namespace === '') return { apiVersion, kind, name, namespace: null, content: value }
  if (typeof namespace !== 'string' || !isNamespaceName(namespace)) {
    return `has the namespace ${show(namespace)}, which Kubernetes does not take`
  }
  return { apiVersion, kind, name, namespace, content: value }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * Reads a JSON list of manifests. What is wrong with one of them is said of that one; the others stand.
 *
 * @example
 * parseManifests('[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"../x"}}]').problems
 * // ['manifest 1 has the name "../x", which Kubernetes does not take']
 */
export const parseManifests = (text: string): ParsedManifests => {
  const list = parseJson(text)
  if (list === undefined) return { manifests: [], problems: ['they are not JSON'] }
  if (!Array.isArray(list)) return { manifests: [], problems: ['they are not a list'] }
  const parsed = list.map(parseManifest)
  return {
    manifests: parsed.filter((each) => typeof each !== 'string'),
    problems: parsed.flatMap((each, index) => (typeof each === 'string' ? [`manifest ${index + 1} ${each}`] : [])),
  }
}

/** What tells manifests of one endpoint apart. */
export const manifestKey = ({ kind, namespace, name }: Pick<Manifest, 'kind' | 'namespace' | 'name'>): string =>
  JSON.stringify([kind, namespace, name])
