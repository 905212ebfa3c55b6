import type { KubernetesObject } from '../../kubernetes/object.ts'
import { Refusal } from './refusal.ts'
import { isDefinition, type ResourceKind } from './resource-kind.ts'
import { schemaProblems } from './schema.ts'

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const label = /^(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const subdomain = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const segment = /^(?!\.\.?$)[^/%]{1,253}$/

const nameRule = ({ apiVersion, kind }: KubernetesObject): RegExp =>
  apiVersion.startsWith('rbac.') ? segment : kind === 'Namespace' || kind === 'Service' ? label : subdomain

/** The name part of an annotation's or label's key has at most 63 bytes. */
const keyProblems = (keys: readonly string[], place: string): readonly string[] =>
  keys
    .filter((key) => (key.split('/').at(-1) ?? '').length > 63)
    .map((key) => `${place}: Invalid value: "${key}": name part must be no more than 63 bytes`)

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** `stringData` is only a way to write `data`. */
const normaliseSecret = ({ stringData, ...secret }: KubernetesObject): KubernetesObject => {
  const written = Object.entries(asMapping(stringData)).map(([key, text]) => [key, Buffer.from(String(text)).toString('base64')] as const)
  const data = { ...asMapping(secret.data), ...Object.fromEntries(written) }
  const odd = Object.entries(data).find(([, value]) => typeof value !== 'string' || !base64.test(value))
  if (odd) throw new Refusal(400, `Secret in version "v1" cannot be handled as a Secret: illegal base64 data in key "${odd[0]}"`)
  return { ...secret, ...(Object.keys(data).length === 0 ? {} : { data }), type: secret.type ?? 'Opaque' } as KubernetesObject
}

const defaultVolume = (volume: unknown): unknown => {
  const { secret, ...rest } = asMapping(volume)
  return secret === undefined ? volume : { ...rest, secret: { defaultMode: 420, ...asMapping(secret) } }
}

const normalisePod = (pod: KubernetesObject): KubernetesObject => {
  const { volumes, ...spec } = asMapping(pod.spec)
  const known = Array.isArray(volumes) ? { volumes: volumes.map(defaultVolume) } : {}
  return { ...pod, spec: { ...spec, ...known }, status: pod.status ?? { phase: 'Pending' } }
}

const normaliseNamespace = (namespace: KubernetesObject): KubernetesObject => {
  const { metadata, spec, status } = namespace
  return {
    ...namespace,
    metadata: { ...metadata, labels: { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name } },
    spec: { finalizers: ['kubernetes'], ...asMapping(spec) },
    status: { phase: 'Active', ...asMapping(status) },
  }
}

/**
 * An object with the defaults that the API server fills in.
 *
 * @throws {Refusal} 400 for a Secret whose data is not base64.
 */
export function normalise(object: KubernetesObject): KubernetesObject {
  if (object.apiVersion !== 'v1') return object
  switch (object.kind) {
    case 'Secret':
      return normaliseSecret(object)
    case 'Pod':
      return normalisePod(object)
    case 'Namespace':
      return normaliseNamespace(object)
    default:
      return object
  }
}

/**
 * Holds an object against what its kind asks of it.
 *
 * @throws {Refusal} 422 that names each field.
 */
export function validate(object: KubernetesObject, { schema }: ResourceKind): void {
  const { metadata, kind } = object
  const { name, labels = {}, annotations = {} } = metadata
  const { openAPIV3Schema: _, ...definition } = asMapping(object.spec)
  const problems = [
    ...(nameRule(object).test(name) ? [] : [`metadata.name: Invalid value: "${name}": it is no name of Kubernetes`]),
    ...keyProblems(Object.keys(annotations), 'metadata.annotations'),
    ...keyProblems(Object.keys(labels), 'metadata.labels'),
    ...(kind === 'CustomResourceDefinition' && !isDefinition(object) ? [`spec: Invalid value: ${Object.keys(definition).join(', ')}`] : []),
    ...schemaProblems(schema, object, ''),
  ]
  if (problems.length === 0) return
  const text = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`
  throw new Refusal(422, `${kind} "${name}" is invalid: ${text}`)
}
