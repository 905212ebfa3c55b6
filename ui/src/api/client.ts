import { base } from '../route/base.ts'
import type { ApiError } from './contract.ts'
import { noteAnswer, writeToken } from './session.ts'

/** Query parameters; `null`, `undefined` and `''` are left out, lists are repeated. */
export type Params = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>

/** What a page shows when a request failed. */
export class ApiFailure extends Error {
  readonly status: number
  readonly path: string
  readonly code: string | null
  readonly requestId: string | null
  readonly body: Partial<ApiError>

  constructor(status: number, path: string, body: Partial<ApiError>, requestId: string | null) {
    super(body.detail ?? `cannot read ${path}: the server answered ${status}`)
    this.name = 'ApiFailure'
    this.status = status
    this.path = path
    this.code = body.code ?? body.error_type ?? null
    this.requestId = body.request_id ?? requestId
    this.body = body
  }
}

/**
 * The address of an API call, always below the base.
 *
 * @example apiUrl('entities', { project: 'fraud', page: 1 }).pathname // '/feast/api/v1/entities'
 */
export function apiUrl(path: string, params: Params = {}): URL {
  const url = new URL(`api/v1/${path}`, base())
  for (const [name, value] of Object.entries(params)) {
    if (value === null || value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one))
  }
  return url
}

/** A path segment that may hold any character of an object's name. */
export function segment(name: string): string {
  return encodeURIComponent(name)
}

async function failureOf(response: Response, path: string): Promise<ApiFailure> {
  const requestId = response.headers.get('x-request-id')
  const text = await response.text()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null) {
      const detail = 'detail' in body && typeof body.detail !== 'string' ? JSON.stringify(body.detail) : undefined
      return new ApiFailure(response.status, path, { ...body, ...(detail === undefined ? {} : { detail }) }, requestId)
    }
  } catch {
    // A proxy's page, not our server's JSON: its status is all we can tell.
  }
  return new ApiFailure(response.status, path, {}, requestId)
}

async function send(url: URL, init: RequestInit): Promise<Response> {
  const path = url.pathname
  let response: Response
  try {
    response = await fetch(url, { credentials: 'same-origin', ...init })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiFailure(0, path, { detail: `cannot reach the server at ${path}: the connection failed` }, null)
  }
  noteAnswer(response.headers)
  if (!response.ok) throw await failureOf(response, path)
  return response
}

async function readJson<T>(response: Response): Promise<T> {
  const type = response.headers.get('content-type') ?? ''
  const path = new URL(response.url).pathname
  if (response.status === 204 || response.headers.get('content-length') === '0') return null as T
  // Kubeflow's dashboard answers unknown paths with its own page and 200.
  if (!type.includes('json')) throw new ApiFailure(502, path, { detail: `cannot read ${path}: the answer is not JSON` }, null)
  return (await response.json()) as T
}

/** GET as JSON. The one place, with {@link post}, where an answer gets its type. */
export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return readJson<T>(await send(apiUrl(path, params), { ...(signal ? { signal } : {}) }))
}

export interface WriteOptions {
  readonly method?: 'POST' | 'PATCH' | 'DELETE'
  readonly params?: Params
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** POST (or another method) with a JSON body and the page's token. */
export async function post<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
  return readJson<T>(await postRaw(path, body, options))
}

/** As {@link post}, for answers that are files. */
export async function postRaw(path: string, body: unknown, options: WriteOptions = {}): Promise<Response> {
  const token = writeToken()
  return send(apiUrl(path, options.params ?? {}), {
    method: options.method ?? 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { 'x-feast-token': token } : {}), ...options.headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(options.signal ? { signal: options.signal } : {}),
  })
}
