import type { KubernetesObject } from '../../kubernetes/object.ts'
import { normalise, validate } from './admission.ts'
import type { ObjectStore } from './object-store.ts'
import { applyOwned, ownUpdate, type Writer } from './ownership.ts'
import { merge } from './patch.ts'
import { parsePath, pathOf, resourcePath, type Target } from './path.ts'
import { Refusal } from './refusal.ts'
import { kindOfTarget, type ResourceKind, rootOf, servedKinds } from './resource-kind.ts'
import { matchesQuery } from './selector.ts'
import { asMapping, checkPhase, hasFinalizers, isEqual, isGone, isSame, withoutManagers, withStatusOf } from './whole-object.ts'

/** A request to the API server. */
export interface ApiRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string
}

/** What the API server answers. */
export interface ApiAnswer {
  readonly status: number
  readonly value: unknown
}

/** A write that succeeded. */
export interface ApiWrite {
  readonly verb: 'apply' | 'patch' | 'create' | 'update' | 'delete'
  readonly object: KubernetesObject
}

/** How an API server behaves. */
export interface ApiServerOptions {
  readonly store: ObjectStore
  /**
   * `declared`: what every cluster has and what CustomResourceDefinitions define; objects are held against their kind, and namespaces must be
   * there. `any`: every kind, and nothing is checked.
   */
  readonly served: 'declared' | 'any'
  readonly newUid: (path: string) => string
  readonly now: () => Date
  /** Changes what is created, as admission webhooks do; may throw a {@link Refusal}. */
  readonly admit?: (object: KubernetesObject) => KubernetesObject
  readonly onWrite?: (write: ApiWrite) => void
}

const notAllowed = 'the server does not allow this method on the requested resource'

/** A Kubernetes API over an object store: get, list, create, update, patches, delete, as real-parts.md §3 saw the real one answer. */
export class ApiServer {
  readonly store: ObjectStore
  readonly #options: ApiServerOptions

  constructor(options: ApiServerOptions) {
    this.store = options.store
    this.#options = options
  }

  /** The kinds that are served. */
  kinds(): readonly ResourceKind[] {
    const definitions = this.store.list('/apis/apiextensions.k8s.io/v1/customresourcedefinitions')
    return servedKinds(definitions.map(([, object]) => object))
  }

  /** Answers one request. A watch is not one: it has no end. */
  handle(request: ApiRequest): ApiAnswer {
    try {
      return this.#answer(request, this.target(request.path))
    } catch (error) {
      if (error instanceof Refusal) return { status: error.status, value: error.body() }
      throw error
    }
  }

  /**
   * What a path names.
   *
   * @throws {Refusal} 404 when it is nothing that is served.
   */
  target(path: string): Target {
    const target = parsePath(path)
    if (target && (this.#options.served === 'any' || kindOfTarget(this.kinds(), { ...target, name: target.name ?? '' }))) return target
    // All objects of a namespaced kind, in whatever namespace, can be listed.
    if (target?.name === undefined && target?.namespace === undefined && target && this.#kindByPlural(target)) return target
    throw new Refusal(404, 'the server could not find the requested resource')
  }

  #kindByPlural({ root, plural }: Target): ResourceKind | undefined {
    if (this.#options.served === 'any') return undefined
    return this.kinds().find((kind) => rootOf(kind.apiVersion) === root && kind.plural === plural)
  }

  #answer(request: ApiRequest, target: Target): ApiAnswer {
    const { method, query = {} } = request
    if (method === 'POST') return { status: 201, value: this.#create(target, request) }
    if (target.name === undefined) {
      if (method === 'GET') return { status: 200, value: this.#list(target, query) }
      throw new Refusal(405, notAllowed)
    }
    const path = pathOf(target)
    const live = this.store.get(path)
    const isApply = method === 'PATCH' && request.contentType?.startsWith('application/apply-patch') === true
    if (!live && !isApply) throw new Refusal(404, `${target.plural} "${target.name}" not found`)
    if (method === 'GET') return { status: 200, value: live }
    if (method === 'DELETE' && live) return { status: 200, value: this.#delete(path, live, readObject(request.body ?? '{}')) }
    if (method === 'PUT') return { status: 200, value: this.#write('update', target, { live, next: readObject(request.body), request }) }
    if (method !== 'PATCH') throw new Refusal(405, notAllowed)
    if (isApply) return this.#apply(target, live, request)
    if (request.contentType?.startsWith('application/json-patch')) {
      throw new Refusal(415, 'the body of the request was in an unknown format: allowed are merge patches and server-side apply')
    }
    const patch = readObject(request.body)
    return { status: 200, value: this.#write('patch', target, { live, next: asObject(merge(live, patch)), request }) }
  }

  #list(target: Target, { labelSelector = '', fieldSelector = '' }: Readonly<Record<string, string>>): object {
    const [, name] = /^metadata\.name=(.*)$/.exec(fieldSelector) ?? []
    const items = this.store
      .list(resourcePath(target), target.namespace)
      .map(([, object]) => object)
      .filter(({ metadata }) => matchesQuery(metadata.labels ?? {}, labelSelector) && (name === undefined || metadata.name === name))
    const kind = this.#kindByPlural(target)
    const head = kind ? { kind: `${kind.kind}List`, apiVersion: kind.apiVersion } : { kind: 'List', apiVersion: 'v1' }
    return { ...head, metadata: { resourceVersion: String(this.store.version) }, items }
  }

  #create(target: Target, request: ApiRequest): KubernetesObject {
    const given = readObject(request.body)
    const kind = this.#kindByPlural(target)
    if (kind?.namespaced && target.namespace === undefined) throw new Refusal(405, notAllowed)
    const object = this.#identify(given, target, kind)
    const named = { ...target, name: object.metadata.name }
    if (kind && this.#options.served === 'declared') this.#requireNamespace(named)
    if (this.store.get(pathOf(named))) throw new Refusal(409, `${target.plural} "${named.name}" already exists`, 'AlreadyExists')
    return this.#store('create', pathOf(named), { next: this.#complete(object, kind, true), writer: this.#writer(request) })
  }

  /** The object under the name and in the namespace of its path; its own may only repeat them. */
  #identify(object: KubernetesObject, target: Target, kind: ResourceKind | undefined): KubernetesObject {
    const { generateName, ...metadata } = object.metadata
    const { namespace = metadata.namespace } = target
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) {
      throw new Refusal(400, `the namespace of the object (${metadata.namespace}) does not match that of the request (${namespace})`)
    }
    if (kind && (object.kind ?? kind.kind) !== kind.kind) {
      throw new Refusal(400, `${object.kind} in version "${object.apiVersion}" cannot be handled as a ${kind.kind}`)
    }
    const generated = typeof generateName === 'string' ? `${generateName}${this.#options.newUid(generateName).slice(-5)}` : ''
    const name = target.name ?? metadata.name ?? generated
    const head = kind === undefined ? {} : { apiVersion: kind.apiVersion, kind: kind.kind }
    return { ...object, ...head, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } }
  }

  #requireNamespace({ namespace, plural, name }: Target): void {
    if (namespace === undefined) return
    const found = this.store.get(pathOf({ root: '/api/v1', plural: 'namespaces', namespace: undefined, name: namespace }))
    if (!found) throw new Refusal(404, `namespaces "${namespace}" not found`)
    if (found.metadata.deletionTimestamp === undefined) return
    throw new Refusal(
      403,
      `${plural} "${name}" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated`,
    )
  }

  #complete(object: KubernetesObject, kind: ResourceKind | undefined, fresh: boolean): KubernetesObject {
    if (!kind || this.#options.served === 'any') return object
    const normal = normalise(object)
    const admitted = fresh && this.#options.admit ? normalise(this.#options.admit(normal)) : normal
    validate(admitted, kind)
    return admitted
  }

  #apply(target: Target, live: KubernetesObject | undefined, request: ApiRequest): ApiAnswer {
    const kind = this.#kindByPlural(target)
    const wanted = this.#identify(readObject(request.body), target, kind)
    if (!live && this.#options.served === 'declared') this.#requireNamespace(target)
    const writer = this.#writer(request)
    const normal = this.#options.served === 'declared' && wanted.kind === 'Secret' ? normalise(wanted) : wanted
    const applied = applyOwned(live, normal, writer, { force: request.query?.force === 'true' })
    const next = this.#complete(applied, kind, !live)
    return { status: live ? 200 : 201, value: this.#store('apply', pathOf(target), { live, next, writer: null }) }
  }

  #write(
    verb: 'update' | 'patch',
    target: Target,
    {
      live,
      next: given,
      request,
    }: { readonly live: KubernetesObject | undefined; readonly next: KubernetesObject; readonly request: ApiRequest },
  ): KubernetesObject {
    const kind = this.#kindByPlural(target)
    const { uid, resourceVersion } = given.metadata
    const isStale = resourceVersion !== undefined && resourceVersion !== live?.metadata.resourceVersion
    if (isStale || (uid !== undefined && uid !== live?.metadata.uid)) {
      throw new Refusal(
        409,
        `Operation cannot be fulfilled on ${target.plural} "${target.name}": the object has been modified since it was read`,
      )
    }
    const identified = this.#identify(given, target, kind)
    const next = kind?.hasStatus && live ? withStatusOf(identified, live, target.subresource === 'status') : identified
    checkPhase(next, live)
    return this.#store(verb, pathOf(target), { live, next: this.#complete(next, kind, false), writer: this.#writer(request) })
  }

  /** Keeps an object, its system fields as they are the server's to say. A write that changes nothing is none. */
  #store(
    verb: ApiWrite['verb'],
    path: string,
    given: { readonly live?: KubernetesObject | undefined; readonly next: KubernetesObject; readonly writer: Writer | null },
  ): KubernetesObject {
    const { live, next, writer } = given
    const owned = writer === null ? next : ownUpdate(live, withoutManagers(next), writer)
    const stamped = this.#stamp(path, owned, live)
    if (live && isSame(stamped, live)) {
      this.#options.onWrite?.({ verb, object: live })
      return live
    }
    const stored = this.store.put(path, stamped)
    this.#options.onWrite?.({ verb, object: stored })
    if (isGone(stored)) this.#remove(path, stored)
    return stored
  }

  #stamp(path: string, object: KubernetesObject, live: KubernetesObject | undefined): KubernetesObject {
    const { deletionTimestamp: _, ...metadata } = object.metadata
    const generation = Number(live?.metadata.generation ?? 0) + (isEqual(object.spec, live?.spec) ? 0 : 1)
    const deletion = live?.metadata.deletionTimestamp
    return {
      ...object,
      metadata: {
        ...metadata,
        uid: live?.metadata.uid ?? (this.#options.served === 'any' ? metadata.uid : undefined) ?? this.#options.newUid(path),
        creationTimestamp: live?.metadata.creationTimestamp ?? time(this.#options.now()),
        ...(object.spec === undefined ? {} : { generation: Math.max(1, generation) }),
        ...(deletion === undefined ? {} : { deletionTimestamp: deletion }),
      },
    }
  }

  #delete(path: string, live: KubernetesObject, options: KubernetesObject): unknown {
    const { uid } = asMapping(options.preconditions)
    if (uid !== undefined && uid !== live.metadata.uid) {
      throw new Refusal(409, `Operation cannot be fulfilled on "${live.metadata.name}": the UID in the precondition is another`)
    }
    this.#options.onWrite?.({ verb: 'delete', object: live })
    const isNamespace = live.apiVersion === 'v1' && live.kind === 'Namespace'
    if (!hasFinalizers(live)) {
      this.#remove(path, live)
      return live
    }
    if (live.metadata.deletionTimestamp !== undefined) return live
    const deleting = {
      ...live,
      metadata: { ...live.metadata, deletionTimestamp: time(this.#options.now()) },
      ...(isNamespace ? { status: { ...asMapping(live.status), phase: 'Terminating' } } : {}),
    }
    return this.store.put(path, deleting)
  }

  /** Takes an object away, with what is in it when it is a namespace, and what nobody else owns. */
  #remove(path: string, object: KubernetesObject): void {
    this.store.remove(path)
    if (this.#options.served === 'any') return
    const { name, uid } = object.metadata
    const isNamespace = object.apiVersion === 'v1' && object.kind === 'Namespace'
    for (const [each, { metadata }] of this.store.all()) {
      const owners = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences.map(asMapping) : []
      const orphaned = owners.length > 0 && owners.every((owner) => owner.uid === uid)
      if (orphaned || (isNamespace && metadata.namespace === name)) this.store.remove(each)
    }
  }

  #writer({ query, method }: ApiRequest): Writer {
    return { manager: query?.fieldManager ?? (method === 'PATCH' ? 'patch' : 'unknown'), time: time(this.#options.now()) }
  }
}

const time = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')

function readObject(body: string | undefined): KubernetesObject {
  try {
    return asObject(JSON.parse(body ?? ''))
  } catch {
    throw new Refusal(400, 'the body of the request is not JSON')
  }
}

/** The body of a request as an object of Kubernetes: what it must be is checked once its kind is known. */
function asObject(value: unknown): KubernetesObject {
  return { ...asMapping(value), metadata: { ...asMapping(asMapping(value).metadata) } } as KubernetesObject
}
