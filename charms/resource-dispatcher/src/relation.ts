import { type Hook, isCharmError, type Relation, type TextMap } from '@charmed-feast/charm'

import { type Delivery, deliver, type Sent } from './delivery.ts'
import { type ManifestEndpoint, manifestEndpoints } from './dispatched-kind.ts'
import { parseManifests } from './manifest.ts'
import type { Metadata } from './metadata.ts'

/** The mark by which an integrator sees that manifests may travel as Juju secrets; the Python charm leaves none. */
export const dispatcherMark = { 'manifest-secrets': 'true' } as const

/** A relation that sends manifests. */
export type ManifestRelation = Relation<'app' | 'remoteApp'>

// One relation's secret must not keep the others from being delivered, whatever is wrong with it.
const readSecret = async (hook: Hook<Metadata>, { endpoint, id }: ManifestRelation, uri: string): Promise<TextMap | null> => {
  try {
    return await hook.findSecret({ id: uri, label: `manifest.${endpoint}.${id}`, revision: 'refresh' })
  } catch (error) {
    if (!isCharmError(error)) throw error
    return null
  }
}

const readSent = async (hook: Hook<Metadata>, relation: ManifestRelation): Promise<Sent> => {
  const { name, app, remoteApp } = relation
  const { kubernetes_manifests: said = '', is_secret: isSecret } = remoteApp
  const sent = { relation: name, app, unreadable: false }
  if (said === '') return { ...sent, manifests: [], problems: [] }
  if (isSecret !== 'true') return { ...sent, ...parseManifests(said) }
  const content = await readSecret(hook, relation, said)
  if (content === null) return { ...sent, manifests: [], problems: [], unreadable: true }
  return { ...sent, ...parseManifests(content.manifests ?? '[]') }
}

/** The relations that send manifests, and what they send together, endpoint by endpoint. */
export interface ObservedManifests {
  readonly relations: readonly ManifestRelation[]
  readonly deliveries: readonly Delivery[]
}

const readEndpoint = async (hook: Hook<Metadata>, endpoint: ManifestEndpoint): Promise<ObservedManifests> => {
  const relations = await hook.relations(endpoint, ['app', 'remoteApp'])
  const sent: Sent[] = []
  for (const relation of relations) sent.push(await readSent(hook, relation))
  return { relations, deliveries: [deliver(endpoint, sent)] }
}

/**
 * Reads what all relations send, in clear text or as secrets. What is wrong with one of them is said of that one.
 *
 * @example
 * const { deliveries } = await observeManifests(hook)
 */
export const observeManifests = async (hook: Hook<Metadata>): Promise<ObservedManifests> => {
  const observed: ObservedManifests[] = []
  for (const endpoint of manifestEndpoints) observed.push(await readEndpoint(hook, endpoint))
  return {
    relations: observed.flatMap(({ relations }) => relations),
    deliveries: observed.flatMap(({ deliveries }) => deliveries),
  }
}
