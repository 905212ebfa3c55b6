import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'

import { bundleError } from '../errors.ts'
import type { KubernetesAccess } from './access.ts'

/** A request to an API server. */
export interface KubernetesCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: object
  readonly contentType?: string
  /** Another form of the answer than JSON as it is. */
  readonly accept?: string
}

/** What an API server answered, whatever it was. */
export interface KubernetesAnswer {
  readonly status: number
  readonly body: string
}

/** A list as the API gives it. */
export interface KubernetesList {
  readonly version: string
  readonly items: readonly KubernetesObject[]
}

/** A connection to an API server, kept open between requests. */
export interface KubernetesConnection extends Disposable {
  /** Sends a request and gives the answer, also a refusal. */
  readonly send: (call: KubernetesCall) => Promise<KubernetesAnswer>
  /** Sends a request; rejects with a `KubernetesError` when the server refuses it. */
  readonly call: (call: KubernetesCall) => Promise<KubernetesObject>
  /** Gets an object; null when there is none, or its kind is not known to the server. */
  readonly find: (path: string) => Promise<KubernetesObject | null>
  /** Deletes an object; that there is none is no error. */
  readonly remove: (path: string) => Promise<void>
  readonly list: (path: string, query?: Readonly<Record<string, string>>) => Promise<KubernetesList>
  /** Lists metadata only, so that what Secrets hold never travels. */
  readonly listMetadata: (path: string, query?: Readonly<Record<string, string>>) => Promise<readonly KubernetesObject[]>
  /** Opens a stream of JSON lines: a watch. */
  readonly stream: (path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<IncomingMessage>
}

const timeoutMs = 30_000

const metadataForm = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

const parse = (body: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

const refusal = ({ method, path }: Pick<KubernetesCall, 'method' | 'path'>, status: number, body: string): KubernetesError => {
  const { message, reason } = parse(body)
  const why = typeof message === 'string' ? message : `HTTP status ${status}`
  return new KubernetesError(`${method} "${path}"`, why, { status, reason: typeof reason === 'string' ? reason : '' })
}

/**
 * Connects to an API server.
 *
 * @throws (each call) a `KubernetesError` with the server's status and reason, or BUNDLE_KUBERNETES_UNREACHABLE.
 *
 * @example
 * using kubernetes = connectKubernetes({ url: cluster.url, token: cluster.adminToken })
 * const { items } = await kubernetes.list('/api/v1/namespaces')
 */
export const connectKubernetes = (access: KubernetesAccess): KubernetesConnection => {
  const { url, token, ca, certificate, insecure } = access
  const secure = url.startsWith('https:')
  const tls = { ...(ca === undefined ? {} : { ca }), ...certificate, ...(insecure ? { rejectUnauthorized: false } : {}) }
  const agent = secure ? new HttpsAgent({ keepAlive: true, ...tls }) : new HttpAgent({ keepAlive: true })

  const open = async (call: KubernetesCall, signal: AbortSignal): Promise<IncomingMessage> => {
    const target = new URL(call.path, url)
    for (const [name, value] of Object.entries(call.query ?? {})) target.searchParams.set(name, value)
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const shown = typeof token === 'function' ? await token() : token
    const headers = {
      accept: call.accept ?? 'application/json',
      ...(shown === undefined ? {} : { authorization: `Bearer ${shown}` }),
      ...(body === undefined
        ? {}
        : { 'content-type': call.contentType ?? 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    }
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        const sent = (secure ? httpsRequest : httpRequest)(target, { method: call.method, headers, agent, signal }, resolve)
        sent.once('error', reject)
        sent.end(body)
      })
    } catch (cause) {
      throw bundleError('BUNDLE_KUBERNETES_UNREACHABLE', [url, cause instanceof Error ? cause.message : ''], { cause })
    }
  }

  const send = async (given: KubernetesCall): Promise<KubernetesAnswer> => {
    const response = await open(given, AbortSignal.timeout(timeoutMs))
    return { status: response.statusCode ?? 0, body: await text(response) }
  }

  const call = async (given: KubernetesCall): Promise<KubernetesObject> => {
    const { status, body } = await send(given)
    if (status >= 300) throw refusal(given, status, body)
    // Whoever asks an API server for an object gets one.
    return JSON.parse(body) as KubernetesObject
  }

  const itemsOf = ({ items }: KubernetesObject): readonly KubernetesObject[] => (Array.isArray(items) ? items : [])

  const ignoreMissing = async (work: Promise<KubernetesObject>): Promise<KubernetesObject | null> => {
    try {
      return await work
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return null
      throw error
    }
  }

  return {
    send,
    call,
    find: (path) => ignoreMissing(call({ method: 'GET', path })),
    remove: async (path) => void (await ignoreMissing(call({ method: 'DELETE', path }))),
    listMetadata: async (path, query = {}) => itemsOf(await call({ method: 'GET', path, query, accept: metadataForm })),
    list: async (path, query = {}) => {
      const list = await call({ method: 'GET', path, query })
      return { version: String(list.metadata.resourceVersion ?? ''), items: itemsOf(list) }
    },
    stream: async (path, query, signal) => {
      const response = await open({ method: 'GET', path, query: { ...query, watch: 'true' } }, signal)
      const status = response.statusCode ?? 0
      if (status >= 300) throw refusal({ method: 'GET', path }, status, await text(response))
      return response
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}
