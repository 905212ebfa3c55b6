import { KubernetesError } from '@charmed-feast/charm'

import type { KubernetesConnection } from './connection.ts'

/** A resource of an API server: a kind, and how URLs call it. */
export interface KubernetesResource {
  readonly apiVersion: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
}

/** The path of a collection, or of one object of it. */
export const resourcePathOf = ({ apiVersion, plural }: KubernetesResource, namespace?: string, name?: string): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const space = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`
  return `${root}${space}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`
}

/** What the API server serves of one version, as its discovery says. */
export const listResources = async (connection: KubernetesConnection, apiVersion: string): Promise<readonly KubernetesResource[]> => {
  try {
    const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const { resources } = await connection.call({ method: 'GET', path })
    const entries = Array.isArray(resources) ? resources : []
    return entries
      .filter(({ name }) => !String(name).includes('/'))
      .map(({ name, kind, namespaced }) => ({ apiVersion, kind: String(kind), plural: String(name), namespaced: namespaced === true }))
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 404) return []
    throw error
  }
}
