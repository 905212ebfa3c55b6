import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'

import type { KubernetesAnswer, KubernetesRequest } from './client.ts'

/** What a request needs beside its address. */
export interface HttpOptions {
  readonly request: KubernetesRequest
  readonly token: string
  /** The authority that signed the server's certificate: PEM. */
  readonly ca?: string
  readonly timeoutMs: number
}

/**
 * Sends one request. Not `fetch`: that one takes no certificate authority of its own.
 *
 * @example
 * await sendHttp(new URL('https://10.0.0.1/version'), { request: { method: 'GET', path: '/version' }, token, ca, timeoutMs: 30_000 })
 */
export const sendHttp = async (target: URL, { request, token, ca, timeoutMs }: HttpOptions): Promise<KubernetesAnswer> => {
  const headers = {
    accept: request.accept ?? 'application/json',
    authorization: `Bearer ${token}`,
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    ...(request.body === undefined ? {} : { 'content-length': Buffer.byteLength(request.body) }),
  }
  const options = {
    method: request.method,
    headers,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    ...(ca === undefined ? {} : { ca }),
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = (target.protocol === 'https:' ? httpsRequest : httpRequest)(target, options, resolve)
    sent.once('error', reject)
    sent.end(request.body)
  })
  return { status: response.statusCode ?? 0, body: await text(response) }
}
