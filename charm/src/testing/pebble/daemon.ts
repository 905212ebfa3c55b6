import { asTexts, async, type FakeAnswer, type FakeRequest, PebbleRefusal, parseBody, refuse, sync } from './answer.ts'
import { getFiles, postFiles } from './file-requests.ts'
import type { ContainerFiles } from './files.ts'
import type { FakeNotices } from './notices.ts'
import { combine, type FakeLayer, toLayer } from './plan.ts'
import { checkLayer, checkPlan, readLayer } from './plan-check.ts'
import { formatPlan } from './plan-text.ts'
import type { ServiceAction } from './services.ts'

/** Something that a charm did to a container, in order. */
export type Operation =
  | { readonly op: 'push' | 'remove'; readonly path: string }
  | { readonly op: 'add-layer'; readonly label: string }
  | { readonly op: 'replan' | 'autostart' }
  | { readonly op: 'start' | 'stop' | 'restart'; readonly services: readonly string[] }

/** What lies behind a Pebble's API: processes, or what only looks like them. */
export interface PebbleBackend {
  /** What `GET /v1/system-info` says. */
  readonly systemInfo: Readonly<Record<string, string>>
  readonly files: ContainerFiles
  readonly notices: FakeNotices
  readonly services: {
    list(plan: FakeLayer, names: readonly string[]): readonly object[]
    /** Begins what was asked, and gives the id of its change. */
    act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): string
    signal(names: readonly string[], signal: string): true
  }
  readonly changes: { list(query: URLSearchParams): readonly object[]; find(id: string): object | undefined }
  readonly checks: {
    describe(plan: FakeLayer, names: readonly string[], level: string | null): readonly object[]
    healthy(plan: FakeLayer, level: string | null): boolean
    act(plan: FakeLayer, body: Readonly<Record<string, unknown>>): object
  }
  /** Answers what the API above does not have; undefined leaves it to that. */
  readonly answer?: (request: FakeRequest, plan: FakeLayer) => FakeAnswer | Promise<FakeAnswer> | undefined
  /** Told of each new plan. */
  readonly planned?: (plan: FakeLayer) => void
  readonly record?: (operation: Operation) => void
}

/**
 * The HTTP API of Pebble 1.32.1 (real-parts.md §1) with its layers and its plan; what it does is up to its backend.
 *
 * @example
 * const daemon = new PebbleDaemon(backend, { base: { services: {} } })
 */
export class PebbleDaemon {
  readonly #backend: PebbleBackend
  readonly #layers: Map<string, FakeLayer>

  constructor(backend: PebbleBackend, layers: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}) {
    this.#backend = backend
    this.#layers = new Map(Object.entries(layers).map(([label, layer]) => [label, toLayer(label, layer)]))
  }

  get plan(): FakeLayer {
    return combine([...this.#layers.values()])
  }

  get layers(): Readonly<Record<string, FakeLayer>> {
    return Object.fromEntries(this.#layers)
  }

  /** Answers one request; at once wherever the backend does. */
  handle(request: FakeRequest): FakeAnswer | Promise<FakeAnswer> {
    try {
      const answer = this.#backend.answer?.(request, this.plan) ?? this.#route(request)
      return answer instanceof Promise ? answer.catch(refusalOf) : answer
    } catch (error) {
      return refusalOf(error)
    }
  }

  #route(request: FakeRequest): FakeAnswer {
    const { method, path, query } = request
    const { files, notices, services, changes, checks, record = () => undefined } = this.#backend
    switch (`${method} ${path.replace(/^(\/v1\/(?:changes|notices))\/.+$/, '$1/*')}`) {
      case 'GET /v1/system-info':
        return sync(this.#backend.systemInfo)
      case 'GET /v1/plan':
        return sync(formatPlan(this.plan))
      case 'POST /v1/layers':
        return this.#addLayer(parseBody(request))
      case 'GET /v1/services':
        return sync(services.list(this.plan, namesOf(query)))
      case 'POST /v1/services':
        return this.#act(parseBody(request))
      case 'GET /v1/files':
        return getFiles(files, request)
      case 'POST /v1/files':
        return postFiles(files, request, record)
      case 'GET /v1/changes':
        return sync(changes.list(query))
      case 'GET /v1/changes/*':
        return sync(findChange(this.#backend, path))
      case 'GET /v1/checks':
        return sync(checks.describe(this.plan, namesOf(query), query.get('level')))
      case 'POST /v1/checks':
        return sync(checks.act(this.plan, parseBody(request)))
      case 'GET /v1/health': {
        const healthy = checks.healthy(this.plan, query.get('level'))
        return sync({ healthy }, healthy ? 200 : 502)
      }
      case 'GET /v1/notices':
        return sync(notices.list(query))
      case 'GET /v1/notices/*':
        return sync(notices.get(path.slice('/v1/notices/'.length)))
      case 'POST /v1/notices':
        return sync({ id: notices.add(parseBody(request)) })
      case 'POST /v1/signals': {
        const { services: names, signal } = parseBody(request)
        return sync(services.signal(asTexts(names), String(signal)))
      }
      case 'POST /v1/exec':
        throw new PebbleRefusal(400, `cannot find executable "${asTexts(parseBody(request).command)[0] ?? ''}"`)
      default:
        throw new PebbleRefusal(404, 'invalid API endpoint requested')
    }
  }

  #addLayer(body: Readonly<Record<string, unknown>>): FakeAnswer {
    const label = String(body.label ?? '')
    if (body.action !== 'add') throw new PebbleRefusal(400, `invalid action "${String(body.action)}"`)
    if (label === '') throw new PebbleRefusal(400, 'label must be set')
    if (body.format !== 'yaml') throw new PebbleRefusal(400, `invalid format "${String(body.format)}"`)
    const given = readLayer(label, String(body.layer))
    checkLayer(label, given)
    const layer = toLayer(label, given)
    const existing = this.#layers.get(label)
    if (existing && body.combine !== true) throw new PebbleRefusal(400, `layer "${label}" already exists`)
    const layers = new Map(this.#layers).set(label, existing ? combine([existing, layer]) : layer)
    checkPlan(combine([...layers.values()]))
    this.#layers.set(label, layers.get(label) ?? layer)
    this.#backend.record?.({ op: 'add-layer', label })
    this.#backend.planned?.(this.plan)
    return sync(true)
  }

  #act(body: Readonly<Record<string, unknown>>): FakeAnswer {
    const action = String(body.action)
    const names = asTexts(body.services)
    if (!isServiceAction(action)) throw new PebbleRefusal(400, `invalid action "${action}"`)
    const change = this.#backend.services.act(this.plan, action, names)
    this.#backend.record?.(action === 'replan' || action === 'autostart' ? { op: action } : { op: action, services: names })
    return async(change)
  }
}

/** The change that a path names, or Pebble's refusal. */
export function findChange({ changes }: Pick<PebbleBackend, 'changes'>, path: string): object {
  const id = path.slice('/v1/changes/'.length).replace(/\/wait$/, '')
  const change = changes.find(id)
  if (!change) throw new PebbleRefusal(404, `cannot find change with id "${id}"`)
  return change
}

function refusalOf(error: unknown): FakeAnswer {
  if (error instanceof PebbleRefusal) return refuse(error)
  throw error
}

function isServiceAction(action: string): action is ServiceAction {
  return ['replan', 'autostart', 'start', 'stop', 'restart'].includes(action)
}

/** The names that a query asks for. */
export function namesOf(query: URLSearchParams, key = 'names'): readonly string[] {
  const names = query.getAll(key).flatMap((text) => text.split(','))
  return names.filter((name) => name !== '')
}
