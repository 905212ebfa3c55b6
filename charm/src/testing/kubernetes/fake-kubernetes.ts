import { createHash } from 'node:crypto'

import { isContained, type KubernetesObject, objectPath } from '../../kubernetes/object.ts'
import { apply, merge } from './patch.ts'

/** Requests that the fake API server refuses. */
export interface KubernetesRefusal {
  readonly kind: string
  readonly access: 'read' | 'write'
  readonly status: number
}

/** A write that succeeded, in order. */
export interface KubernetesWrite {
  readonly verb: 'apply' | 'patch' | 'create' | 'delete'
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** A request to the fake API server. */
export interface FakeKubernetesRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  422: 'Invalid',
  500: 'InternalError',
  503: 'ServiceUnavailable',
}

interface Target {
  /** The collection's path without its namespace: `/apis/apps/v1/statefulsets`. */
  readonly resource: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
}

/**
 * A Kubernetes API server that keeps objects and little more: get, list by label, create, server-side apply, merge patch, delete, and
 * reviews of access. It validates nothing: schemas are checked by the tests against the real one.
 *
 * @example
 * const kubernetes = new FakeKubernetes({ objects: [namespace], errors: [{ kind: 'Secret', access: 'write', status: 403 }] })
 * kubernetes.handle({ method: 'GET', path: '/api/v1/namespaces/alice' }).status   // 200
 */
export class FakeKubernetes {
  readonly writes: KubernetesWrite[] = []
  readonly #objects = new Map<string, KubernetesObject>()
  readonly #before: ReadonlyMap<string, KubernetesObject>
  readonly #errors: readonly KubernetesRefusal[]
  /** What each field manager applied, by object: fields that it no longer says are taken away. */
  readonly #applied = new Map<string, KubernetesObject>()

  constructor(given: { readonly objects?: readonly KubernetesObject[]; readonly errors?: readonly KubernetesRefusal[] } = {}) {
    for (const object of given.objects ?? []) this.#objects.set(objectPath(object), withUid(object))
    this.#before = new Map(this.#objects)
    this.#errors = given.errors ?? []
  }

  /** Every object, sorted by path. */
  objects(): KubernetesObject[] {
    return [...this.#objects].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, object]) => object)
  }

  /** Objects that were made or modified since the beginning. */
  changed(): KubernetesObject[] {
    return this.objects().filter((object) => {
      const before = this.#before.get(objectPath(object))
      return !before || !isContained(object, before) || !isContained(before, object)
    })
  }

  /** Objects of the beginning that are gone. */
  deleted(): KubernetesObject[] {
    return [...this.#before].flatMap(([path, object]) => (this.#objects.has(path) ? [] : [object]))
  }

  /** Answers one request. */
  handle(request: FakeKubernetesRequest): { readonly status: number; readonly body: string } {
    const target = parsePath(request.path)
    if (!target) return refuse(404, `the server could not find the requested resource`)
    const error = this.#errorOf(target, request.method === 'GET' ? 'read' : 'write')
    if (error) return refuse(error.status, describeRefusal(error.status, target))
    const { status, value } = this.#act(request, target)
    return { status, body: `${JSON.stringify(value)}\n` }
  }

  #act(request: FakeKubernetesRequest, target: Target): { readonly status: number; readonly value: unknown } {
    const body: unknown = request.body === undefined ? undefined : JSON.parse(request.body)
    if (request.method === 'POST') return this.#create(asObject(body), target)
    if (target.name === undefined) return { status: 200, value: this.#list(target, request.query?.labelSelector ?? '') }
    const live = this.#objects.get(request.path)
    if (request.method === 'PATCH' && request.contentType?.startsWith('application/apply-patch')) {
      return this.#apply(request, live, asObject(body))
    }
    if (!live) return { status: 404, value: statusBody(404, `${target.plural} "${target.name}" not found`) }
    if (request.method === 'DELETE') {
      this.#objects.delete(request.path)
      this.#record('delete', live)
    } else if (request.method === 'PATCH') return { status: 200, value: this.#store('patch', asObject(merge(live, body))) }
    return { status: 200, value: live }
  }

  #create(object: KubernetesObject, target: Target): { readonly status: number; readonly value: unknown } {
    if (/accessreviews$/.test(target.plural)) return { status: 201, value: { ...object, status: { allowed: this.#allows(object) } } }
    if (this.#objects.has(objectPath(object))) {
      return { status: 409, value: statusBody(409, `${target.plural} "${object.metadata.name}" already exists`) }
    }
    return { status: 201, value: this.#store('create', object) }
  }

  #apply(request: FakeKubernetesRequest, live: KubernetesObject | undefined, object: KubernetesObject): { status: number; value: unknown } {
    const manager = `${request.query?.fieldManager ?? ''} ${request.path}`
    const applied = asObject(apply(live ?? {}, object, this.#applied.get(manager) ?? {}))
    this.#applied.set(manager, object)
    return { status: live ? 200 : 201, value: this.#store('apply', applied) }
  }

  #store(verb: KubernetesWrite['verb'], object: KubernetesObject): KubernetesObject {
    const stored = withUid(object)
    this.#objects.set(objectPath(stored), stored)
    this.#record(verb, stored)
    return stored
  }

  #record(verb: KubernetesWrite['verb'], { apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): void {
    this.writes.push({ verb, apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name })
  }

  #list(target: Target, selector: string): object {
    const items = this.objects().filter((object) => {
      const each = parsePath(objectPath(object))
      return each?.resource === target.resource && (target.namespace === undefined || each.namespace === target.namespace)
    })
    return { kind: 'List', apiVersion: 'v1', metadata: {}, items: items.filter((object) => matches(object, selector)) }
  }

  #allows(review: KubernetesObject): boolean {
    const attributes = asRecord(asRecord(review.spec).resourceAttributes)
    const access = ['get', 'list', 'watch'].includes(String(attributes.verb)) ? 'read' : 'write'
    const plural = String(attributes.resource)
    return !this.#errorOf({ resource: '', plural, namespace: undefined, name: undefined }, access)
  }

  #errorOf(target: Target, access: 'read' | 'write'): KubernetesRefusal | undefined {
    return this.#errors.find((error) => error.access === access && pluralOfKind(error.kind) === target.plural)
  }
}

function pluralOfKind(kind: string): string | undefined {
  return parsePath(objectPath({ apiVersion: 'v1', kind, metadata: { name: 'x' } }))?.plural
}

function parsePath(path: string): Target | undefined {
  const [, root, space, plural, name] =
    /^(\/api\/[^/]+|\/apis\/[^/]+\/[^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/.exec(path) ?? []
  if (root === undefined || plural === undefined) return undefined
  return { resource: `${root}/${plural}`, plural, namespace: space, name: name === undefined ? undefined : decodeURIComponent(name) }
}

/** Kubernetes gives every object a UID; ours is the same for the same object in every run. */
function withUid(object: KubernetesObject): KubernetesObject {
  if (object.metadata.uid !== undefined) return object
  const hash = createHash('sha256').update(objectPath(object)).digest('hex')
  const uid = `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
  return { ...object, metadata: { ...object.metadata, uid } }
}

function matches(object: KubernetesObject, selector: string): boolean {
  const labels = object.metadata.labels ?? {}
  return selector
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [key = '', value] = term.split(/==?/)
      if (key.startsWith('!')) return labels[key.slice(1)] === undefined
      return value === undefined ? labels[key] !== undefined : labels[key] === value
    })
}

function describeRefusal(status: number, { plural, name = '' }: Target): string {
  if (status === 403) return `${plural} "${name}" is forbidden: the service account has no right to do this`
  if (status === 404) return name === '' ? 'the server could not find the requested resource' : `${plural} "${name}" not found`
  return status === 409 ? `Operation cannot be fulfilled on ${plural} "${name}"` : `the server refused ${plural} "${name}"`
}

function refuse(status: number, message: string): { readonly status: number; readonly body: string } {
  return { status, body: `${JSON.stringify(statusBody(status, message))}\n` }
}

function statusBody(status: number, message: string): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: reasons[status] ?? 'Unknown', code: status }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}

/** The body of a request: what a client sends is trusted to be an object of Kubernetes. */
function asObject(value: unknown): KubernetesObject {
  return value as KubernetesObject
}
