import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { CharmError, charmError } from '../errors.ts'
import { describeObject, type KubernetesObject, type ObjectReference, objectPath } from './object.ts'

/** The API server understood and said no. `reason` is Kubernetes' word for it: `Forbidden`, `NotFound`, `Conflict`, `Invalid`… */
export class KubernetesError extends CharmError {
  readonly status: number
  readonly reason: string

  constructor(request: string, why: string, { status, reason }: { readonly status: number; readonly reason: string }) {
    super('CHARM_KUBERNETES_REFUSED', charmError('CHARM_KUBERNETES_REFUSED', [request, why]).message)
    this.name = 'KubernetesError'
    this.status = status
    this.reason = reason
  }
}

/** What the API server answered. */
export interface KubernetesAnswer {
  readonly status: number
  readonly body: string
}

/** One request to the API server. */
export interface KubernetesRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly contentType?: string
  /** Another form of the answer than JSON as it is: `as=PartialObjectMetadataList` leaves everything out but metadata. */
  readonly accept?: string
  readonly body?: string
}

/** Sends a request to the API server, authenticated. Rejects with `CHARM_KUBERNETES_UNREACHABLE` when nobody answers. */
export type SendToKubernetes = (request: KubernetesRequest) => Promise<KubernetesAnswer>

/** Which objects of a collection, and how much of them. */
export interface ListOptions {
  readonly labelSelector?: string
  /** For instance `metadata.name=feature-store-yaml`. */
  readonly fieldSelector?: string
  /** At most so many. */
  readonly limit?: number
  /** Only metadata, so that what Secrets hold never travels. */
  readonly metadataOnly?: boolean
}

/** The Kubernetes API, as far as charms need it. */
export interface KubernetesClient {
  /** Gets an object; null when there is none, or its kind is not known to the server. */
  readonly get: (reference: ObjectReference) => Promise<KubernetesObject | null>
  /** Lists a collection by its path, for instance `/api/v1/namespaces`. */
  readonly list: (path: string, options?: ListOptions) => Promise<readonly KubernetesObject[]>
  /** Server-side apply: the object gets what it says here; fields of others stay, conflicts are won. */
  readonly apply: (object: KubernetesObject, options: { readonly fieldManager: string }) => Promise<KubernetesObject>
  /** JSON merge patch of an object that is there: `null` takes a field away, a list replaces the list. */
  readonly merge: (patch: KubernetesObject, options: { readonly fieldManager: string }) => Promise<KubernetesObject>
  /** Creates what has no name of its own: an access review. */
  readonly create: (path: string, object: object) => Promise<KubernetesObject>
  /** Deletes an object; that there is none is not an error. */
  readonly remove: (reference: ObjectReference) => Promise<void>
}

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const parseObject = (request: string, body: string): KubernetesObject => {
  const value = parseJson(body)
  if (typeof value === 'object' && value !== null) return value as KubernetesObject
  throw charmError('CHARM_KUBERNETES_REFUSED', [request, 'the answer is not a JSON object'])
}

const refusal = (request: string, { status, body }: KubernetesAnswer): KubernetesError => {
  const { message, reason } = (parseJson(body) ?? {}) as { readonly message?: unknown; readonly reason?: unknown }
  const why = typeof message === 'string' ? message : `HTTP status ${status}`
  return new KubernetesError(request, why, { status, reason: typeof reason === 'string' ? reason : '' })
}

const metadataForm = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

/**
 * Makes the client of an API server that `send` reaches.
 *
 * @example
 * const kubernetes = createKubernetesClient(send)
 * await kubernetes.get({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice' } })
 */
export const createKubernetesClient = (send: SendToKubernetes): KubernetesClient => {
  const ask = async (what: string, request: KubernetesRequest): Promise<KubernetesObject> => {
    const answer = await send(request)
    if (answer.status >= 300) throw refusal(what, answer)
    return parseObject(what, answer.body)
  }

  const patch =
    (contentType: string, force: { readonly force?: 'true' }) => (object: KubernetesObject, options: { readonly fieldManager: string }) =>
      ask(`apply ${describeObject(object)}`, {
        method: 'PATCH',
        path: objectPath(object),
        query: { fieldManager: options.fieldManager, ...force },
        contentType,
        body: JSON.stringify(object),
      })

  const ignoreMissing = async <Value>(request: Promise<Value>): Promise<Value | null> => {
    try {
      return await request
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return null
      throw error
    }
  }

  return {
    get: (reference) => ignoreMissing(ask(`read ${describeObject(reference)}`, { method: 'GET', path: objectPath(reference) })),
    list: async (path, { labelSelector, fieldSelector, limit, metadataOnly = false } = {}) => {
      const query = {
        ...(labelSelector === undefined ? {} : { labelSelector }),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        ...(limit === undefined ? {} : { limit: String(limit) }),
      }
      const { items } = await ask(`list "${path}"`, { method: 'GET', path, query, ...(metadataOnly ? { accept: metadataForm } : {}) })
      return Array.isArray(items) ? items : []
    },
    apply: patch('application/apply-patch+yaml', { force: 'true' }),
    merge: patch('application/merge-patch+json', {}),
    create: (path, object) =>
      ask(`create "${path}"`, { method: 'POST', path, contentType: 'application/json', body: JSON.stringify(object) }),
    remove: async (reference) => {
      await ignoreMissing(ask(`delete ${describeObject(reference)}`, { method: 'DELETE', path: objectPath(reference) }))
    },
  }
}

/** Where the API server is, and where a pod finds its service account. */
export interface InClusterOptions {
  /** Null outside a cluster. */
  readonly url: string | null
  readonly serviceAccountDir: string
}

const timeoutMs = 30_000

/**
 * Makes the sender of a pod: the service account's token (read anew for each request: Kubernetes renews it) and the cluster's own CA.
 *
 * @throws {CharmError} (each request) `CHARM_KUBERNETES_ABSENT` outside a cluster or without service account, `CHARM_KUBERNETES_UNREACHABLE`.
 *
 * @example
 * const kubernetes = createKubernetesClient(createInClusterSender({ url: context.kubernetesUrl, serviceAccountDir: context.serviceAccountDir }))
 */
export const createInClusterSender = ({ url, serviceAccountDir }: InClusterOptions): SendToKubernetes => {
  const readMount = async (name: string): Promise<string> => {
    try {
      return await readFile(join(serviceAccountDir, name), 'utf8')
    } catch (cause) {
      throw charmError('CHARM_KUBERNETES_ABSENT', [`the service account's "${name}" cannot be read`], { cause })
    }
  }

  return async (request) => {
    if (url === null) throw charmError('CHARM_KUBERNETES_ABSENT', ['this process does not run in a cluster'])
    const target = new URL(request.path, url)
    for (const [name, value] of Object.entries(request.query ?? {})) target.searchParams.set(name, value)
    const token = (await readMount('token')).trim()
    const ca = target.protocol === 'https:' ? await readMount('ca.crt') : undefined
    const { sendHttp } = await import('./http.ts')
    try {
      return await sendHttp(target, { request, token, timeoutMs, ...(ca === undefined ? {} : { ca }) })
    } catch (cause) {
      throw charmError('CHARM_KUBERNETES_UNREACHABLE', [url, cause instanceof Error ? cause.message : ''], { cause })
    }
  }
}
