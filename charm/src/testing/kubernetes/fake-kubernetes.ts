import { createHash } from 'node:crypto'

import { isContained, type KubernetesObject, objectPath } from '../../kubernetes/object.ts'
import { ApiServer } from './api-server.ts'
import { ObjectStore } from './object-store.ts'
import { parsePath, type Target } from './path.ts'
import { Refusal } from './refusal.ts'

/** Requests that the fake API server refuses. */
export interface KubernetesRefusal {
  readonly kind: string
  readonly access: 'read' | 'write'
  readonly status: number
}

/** A write that succeeded, in order. */
export interface KubernetesWrite {
  readonly verb: 'apply' | 'patch' | 'create' | 'update' | 'delete'
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

/**
 * A Kubernetes API server that keeps objects and little more: it knows every kind and checks nothing, answers to reviews of access by the
 * refusals it was given, and says the same in every run. The checks of the real one are those of {@link ApiServer}.
 *
 * @example
 * const kubernetes = new FakeKubernetes({ objects: [namespace], errors: [{ kind: 'Secret', access: 'write', status: 403 }] })
 * kubernetes.handle({ method: 'GET', path: '/api/v1/namespaces/alice' }).status   // 200
 */
export class FakeKubernetes {
  readonly writes: KubernetesWrite[] = []
  readonly #server: ApiServer
  readonly #before: ReadonlyMap<string, KubernetesObject>
  readonly #errors: readonly KubernetesRefusal[]

  constructor(given: { readonly objects?: readonly KubernetesObject[]; readonly errors?: readonly KubernetesRefusal[] } = {}) {
    this.#before = new Map((given.objects ?? []).map((object) => [objectPath(object), withUid(object)] as const))
    this.#errors = given.errors ?? []
    this.#server = new ApiServer({
      store: new ObjectStore(this.#before),
      served: 'any',
      newUid: uidOf,
      now: () => new Date(0),
      onWrite: ({ verb, object }) => this.#record(verb, object),
    })
  }

  /** Every object, sorted by path. */
  objects(): KubernetesObject[] {
    return this.#server.store.all().map(([, object]) => plain(object))
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
    return [...this.#before].flatMap(([path, object]) => (this.#server.store.get(path) ? [] : [object]))
  }

  /** Answers one request. */
  handle(request: FakeKubernetesRequest): { readonly status: number; readonly body: string } {
    const target = parsePath(request.path)
    const error = target && this.#errorOf(target, request.method === 'GET' ? 'read' : 'write')
    if (target && error) return print(error.status, new Refusal(error.status, describeRefusal(error.status, target)).body())
    if (target && request.method === 'POST' && /accessreviews$/.test(target.plural)) return print(201, this.#review(request))
    const { status, value } = this.#server.handle(request)
    return print(status, isObject(value) ? plain(value) : value)
  }

  #record(verb: KubernetesWrite['verb'], { apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): void {
    this.writes.push({ verb, apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name })
  }

  #review({ body = '{}' }: FakeKubernetesRequest): object {
    const review: Readonly<Record<string, unknown>> = JSON.parse(body)
    const attributes = asRecord(asRecord(review.spec).resourceAttributes)
    const access = ['get', 'list', 'watch'].includes(String(attributes.verb)) ? 'read' : 'write'
    return { ...review, status: { allowed: !this.#errorOf({ plural: String(attributes.resource) }, access) } }
  }

  #errorOf({ plural }: Pick<Target, 'plural'>, access: 'read' | 'write'): KubernetesRefusal | undefined {
    return this.#errors.find((error) => error.access === access && pluralOfKind(error.kind) === plural)
  }
}

function pluralOfKind(kind: string): string | undefined {
  return parsePath(objectPath({ apiVersion: 'v1', kind, metadata: { name: 'x' } }))?.plural
}

/** Kubernetes gives every object a UID; ours is the same for the same object in every run. */
function withUid(object: KubernetesObject): KubernetesObject {
  if (object.metadata.uid !== undefined) return object
  return { ...object, metadata: { ...object.metadata, uid: uidOf(objectPath(object)) } }
}

function uidOf(path: string): string {
  const hash = createHash('sha256').update(path).digest('hex')
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`
}

const isObject = (value: unknown): value is KubernetesObject =>
  typeof value === 'object' && value !== null && 'metadata' in value && 'kind' in value && !('items' in value) && value.kind !== 'Status'

/** An object without what depends on when it was written, and in which order. */
function plain(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, resourceVersion: __, creationTimestamp: ___, generation: ____, ...metadata } = object.metadata
  return { ...object, metadata }
}

function describeRefusal(status: number, { plural, name = '' }: Target): string {
  if (status === 403) return `${plural} "${name}" is forbidden: the service account has no right to do this`
  if (status === 404) return name === '' ? 'the server could not find the requested resource' : `${plural} "${name}" not found`
  return status === 409 ? `Operation cannot be fulfilled on ${plural} "${name}"` : `the server refused ${plural} "${name}"`
}

function print(status: number, value: unknown): { readonly status: number; readonly body: string } {
  return { status, body: `${JSON.stringify(value)}\n` }
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
}
