import { asTexts, async, type FakeAnswer, type FakeRequest, PebbleRefusal, parseBody, refuse, sync } from './answer.ts'
import { type FakeCheck, FakeChecks } from './checks.ts'
import { getFiles, postFiles } from './file-requests.ts'
import { FakeFiles } from './files.ts'
import { FakeNotices } from './notices.ts'
import { combine, type FakeLayer, toLayer } from './plan.ts'
import { checkLayer, checkPlan, readLayer } from './plan-check.ts'
import { formatPlan } from './plan-text.ts'
import { describeChange, describeTask, FakeServices, type ServiceAction, type ServiceTask } from './services.ts'

/** Something that a charm did to a container, in order. */
export type Operation =
  | { readonly op: 'push' | 'remove'; readonly path: string }
  | { readonly op: 'add-layer'; readonly label: string }
  | { readonly op: 'replan' | 'autostart' }
  | { readonly op: 'start' | 'stop' | 'restart'; readonly services: readonly string[] }

/** A container before a hook. */
export interface FakePebbleOptions {
  /** Label to layer, lowest first. */
  readonly layers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Services that are not inactive. */
  readonly serviceStatuses?: Readonly<Record<string, string>>
  /** Path to text. */
  readonly files?: Readonly<Record<string, string>>
  readonly checks?: readonly FakeCheck[]
  /** A replan fails with this text and starts nothing. */
  readonly replanError?: string
  readonly bootId?: string
  readonly clock?: () => Date
}

/** A container after a hook. */
export interface FakePebbleState {
  readonly layers: Readonly<Record<string, FakeLayer>>
  readonly plan: FakeLayer
  readonly services: Readonly<Record<string, { readonly startup: string; readonly current: string }>>
  readonly files: Readonly<Record<string, string>>
  readonly checks: readonly FakeCheck[]
}

/**
 * A Pebble that runs nothing: layers, plan, services, files, checks and notices behave as those of Pebble 1.32.1 (real-parts.md
 * §1), and every change is done at once.
 *
 * @example
 * const pebble = new FakePebble({ files: { '/etc/hostname': 'a\n' } })
 * pebble.handle({ method: 'GET', path: '/v1/system-info', query: new URLSearchParams(), contentType: '', accept: '', body: Buffer.alloc(0) })
 */
export class FakePebble {
  readonly operations: Operation[] = []
  readonly files: FakeFiles
  readonly notices: FakeNotices
  readonly #layers: Map<string, FakeLayer>
  readonly #services: FakeServices
  readonly #checks: FakeChecks
  readonly #options: FakePebbleOptions
  readonly #changes = new Map<string, object>()

  constructor(options: FakePebbleOptions = {}) {
    const clock = options.clock ?? (() => new Date())
    this.#options = options
    this.#layers = new Map(Object.entries(options.layers ?? {}).map(([label, layer]) => [label, toLayer(label, layer)]))
    this.files = new FakeFiles(options.files ?? {})
    this.notices = new FakeNotices(clock)
    this.#services = new FakeServices(this.plan, options.serviceStatuses ?? {}, clock)
    this.#checks = new FakeChecks(options.checks ?? [])
  }

  get plan(): FakeLayer {
    return combine([...this.#layers.values()])
  }

  state(): FakePebbleState {
    const { plan } = this
    return {
      layers: Object.fromEntries(this.#layers),
      plan,
      services: this.#services.state(plan),
      files: this.files.texts(),
      checks: this.#checks.list(plan),
    }
  }

  /** Answers one request. */
  handle(request: FakeRequest): FakeAnswer {
    try {
      return this.#route(request)
    } catch (error) {
      if (error instanceof PebbleRefusal) return refuse(error)
      throw error
    }
  }

  #route(request: FakeRequest): FakeAnswer {
    const { method, path, query } = request
    const record = (operation: Operation): void => void this.operations.push(operation)
    switch (`${method} ${path.replace(/^(\/v1\/(?:changes|notices))\/.+$/, '$1/*')}`) {
      case 'GET /v1/system-info':
        return sync({ version: 'v1.32.1', 'boot-id': this.#options.bootId ?? '00000000-0000-4000-8000-000000000000' })
      case 'GET /v1/plan':
        return sync(formatPlan(this.plan))
      case 'POST /v1/layers':
        return this.#addLayer(parseBody(request))
      case 'GET /v1/services':
        return sync(this.#services.list(this.plan, namesOf(query)))
      case 'POST /v1/services':
        return this.#act(parseBody(request))
      case 'GET /v1/files':
        return getFiles(this.files, request)
      case 'POST /v1/files':
        return postFiles(this.files, request, record)
      case 'GET /v1/changes':
        return sync([...this.#changes.values()])
      case 'GET /v1/changes/*':
        return this.#change(path)
      case 'GET /v1/checks':
        return sync(this.#checks.describe(this.plan, namesOf(query), query.get('level')))
      case 'POST /v1/checks':
        return sync(this.#checks.act(this.plan, parseBody(request)))
      case 'GET /v1/health': {
        const healthy = this.#checks.healthy(this.plan, query.get('level'))
        return sync({ healthy }, healthy ? 200 : 502)
      }
      case 'GET /v1/notices':
        return sync(this.notices.list(query))
      case 'GET /v1/notices/*':
        return sync(this.notices.get(path.slice('/v1/notices/'.length)))
      case 'POST /v1/notices':
        return sync({ id: this.notices.add(parseBody(request)) })
      case 'POST /v1/signals':
        return sync(this.#services.signal(asTexts(parseBody(request).services)))
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
    this.operations.push({ op: 'add-layer', label })
    return sync(true)
  }

  #act(body: Readonly<Record<string, unknown>>): FakeAnswer {
    const action = String(body.action)
    const names = asTexts(body.services)
    if (!isServiceAction(action)) throw new PebbleRefusal(400, `invalid action "${action}"`)
    const error = action === 'replan' ? this.#options.replanError : undefined
    const tasks = error === undefined ? this.#services.act(this.plan, action, names) : []
    this.operations.push(action === 'replan' || action === 'autostart' ? { op: action } : { op: action, services: names })
    return async(this.#finish(action, tasks, error))
  }

  #finish(kind: ServiceAction, done: readonly ServiceTask[], error: string | undefined): string {
    const id = String(this.#changes.size + 1)
    const status = error === undefined ? 'Done' : 'Error'
    const failed = [...(error ?? '').matchAll(/^- (.*?) \((.*)\)$/gm)].map(([, summary = '', log = '']) => ({
      kind: 'start',
      summary,
      log: [`ERROR ${log}`],
    }))
    const started = done.map((task) => ({ kind: task.kind, summary: describeTask(task), log: [] }))
    const tasks = [...started, ...failed].map((task, index) => ({ id: `${id}${index}`, status, ...task }))
    const err = error === undefined ? {} : { err: error }
    this.#changes.set(id, { id, kind, summary: describeChange(kind, done), status, ready: true, tasks, ...err })
    return id
  }

  #change(path: string): FakeAnswer {
    const id = path.slice('/v1/changes/'.length).replace(/\/wait$/, '')
    const change = this.#changes.get(id)
    if (!change) throw new PebbleRefusal(404, `cannot find change with id "${id}"`)
    return sync(change)
  }
}

function isServiceAction(action: string): action is ServiceAction {
  return ['replan', 'autostart', 'start', 'stop', 'restart'].includes(action)
}

function namesOf(query: URLSearchParams): readonly string[] {
  const names = query.getAll('names').flatMap((text) => text.split(','))
  return names.filter((name) => name !== '')
}
