import { randomBytes } from 'node:crypto'

import { type DesiredObject, type Hook, isCharmError, type KubernetesClient, type ObjectReference } from '@charmed-feast/charm'

import type { Metadata } from './metadata.ts'
import type { Place } from './place.ts'

// From 4.16 on metacontroller can show a token to the hook server (real-parts.md §4); its CustomResourceDefinition says whether it does.

/** Where the token lies in the workload container, for the hook server's user alone. */
export const tokenPath = '/var/lib/pebble/default/sync-token'

/** What the hook server asks for beside the controller's uid. */
export interface SyncToken {
  readonly value: string
  /** Whether Kubernetes has it already. */
  readonly kept: boolean
}

/** The token, if metacontroller can show one. */
export interface ObservedToken {
  readonly token: SyncToken | null
  /** One of an earlier time, which metacontroller cannot show any more. */
  readonly leftOver: boolean
}

const key = 'token'

/** The Secret of Kubernetes in which metacontroller finds the token. */
const tokenReference = ({ app, model }: Place): ObjectReference => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `${app}-sync-token`, namespace: model },
})

/** What a DecoratorController says about the token. */
export const authorizationOf = (place: Place): object => {
  const { name, namespace } = tokenReference(place).metadata
  return { authorization: { secretRef: { name, namespace, key } } }
}

type Mapping = Readonly<Record<string, unknown>>
const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null ? { ...value } : {})

const definition: ObjectReference = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'decoratorcontrollers.metacontroller.k8s.io' },
}

const schemaPath = ['schema', 'openAPIV3Schema', 'spec', 'hooks', 'sync', 'webhook', 'authorization']

const hasAuthorization = (version: unknown): boolean => {
  const [first = '', second = '', ...fields] = schemaPath
  let schema = asMapping(asMapping(version)[first])[second]
  for (const field of fields) schema = asMapping(asMapping(schema).properties)[field]
  return schema !== undefined
}

const canShow = async (kubernetes: KubernetesClient): Promise<boolean> => {
  const { versions } = asMapping((await kubernetes.get(definition))?.spec)
  return Array.isArray(versions) && versions.some(hasAuthorization)
}

const findToken = async (kubernetes: KubernetesClient, place: Place): Promise<SyncToken | null> => {
  const text = asMapping((await kubernetes.get(tokenReference(place)))?.data)[key]
  const value = typeof text === 'string' ? Buffer.from(text, 'base64').toString() : ''
  return value === '' ? null : { value, kept: true }
}

/**
 * Finds the token; the leader makes one where metacontroller can show it and there is none. What cannot be read counts as not there: the uid of
 * the controller is asked for in any case.
 *
 * @example
 * const { token } = await observeToken(hook, { place, leader })
 */
export const observeToken = async (
  hook: Hook<Metadata>,
  { place, leader }: { readonly place: Place; readonly leader: boolean },
): Promise<ObservedToken> => {
  try {
    const kubernetes = await hook.kubernetes()
    const found = await findToken(kubernetes, place)
    if (found !== null) hook.protect(found.value)
    if (!leader) return { token: found, leftOver: false }
    if (!(await canShow(kubernetes))) return { token: null, leftOver: found !== null }
    const token = found ?? { value: randomBytes(32).toString('base64url'), kept: false }
    hook.protect(token.value)
    return { token, leftOver: false }
  } catch (error) {
    if (!isCharmError(error)) throw error
    return { token: null, leftOver: false }
  }
}

/**
 * The Secret as it shall be.
 *
 * @example
 * planToken(place, { token, leftOver: false })
 */
export const planToken = (place: Place, { token, leftOver }: ObservedToken): readonly DesiredObject[] => {
  const object = tokenReference(place)
  if (token === null) return leftOver ? [{ kind: 'absent', object }] : []
  const data = { [key]: Buffer.from(token.value).toString('base64') }
  return token.kept ? [] : [{ kind: 'apply', object: { ...object, type: 'Opaque', data } }]
}

/** The Secret when the application goes. */
export const withoutToken = (place: Place): readonly DesiredObject[] => [{ kind: 'absent', object: tokenReference(place) }]
