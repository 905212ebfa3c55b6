import type { FakeAnswer, FakeRequest } from './answer.ts'
import { type FakeCheck, FakeChecks } from './checks.ts'
import { type Operation, PebbleDaemon } from './daemon.ts'
import { FakeFiles } from './files.ts'
import { FakeNotices } from './notices.ts'
import type { FakeLayer } from './plan.ts'
import { describeChange, describeTask, FakeServices, type ServiceAction, type ServiceTask } from './services.ts'

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
 * A Pebble that runs nothing: services are only said to run, files are in memory, and every change is done at once.
 *
 * @example
 * const pebble = new FakePebble({ files: { '/etc/hostname': 'a\n' } })
 * pebble.handle({ method: 'GET', path: '/v1/system-info', query: new URLSearchParams(), contentType: '', accept: '', body: Buffer.alloc(0) })
 */
export class FakePebble {
  readonly operations: Operation[] = []
  readonly files: FakeFiles
  readonly notices: FakeNotices
  readonly #daemon: PebbleDaemon
  readonly #services: FakeServices
  readonly #checks: FakeChecks
  readonly #options: FakePebbleOptions
  readonly #changes = new Map<string, object>()

  constructor(options: FakePebbleOptions = {}) {
    const clock = options.clock ?? (() => new Date())
    this.#options = options
    this.files = new FakeFiles(options.files ?? {})
    this.notices = new FakeNotices(clock)
    this.#checks = new FakeChecks(options.checks ?? [])
    this.#daemon = new PebbleDaemon(
      {
        systemInfo: { version: 'v1.32.1', 'boot-id': options.bootId ?? '00000000-0000-4000-8000-000000000000' },
        files: this.files,
        notices: this.notices,
        services: {
          list: (plan, names) => this.#services.list(plan, names),
          act: (plan, action, names) => this.#act(plan, action, names),
          signal: (names) => this.#services.signal(names),
        },
        changes: { list: () => [...this.#changes.values()], find: (id) => this.#changes.get(id) },
        checks: this.#checks,
        record: (operation) => this.operations.push(operation),
      },
      options.layers,
    )
    this.#services = new FakeServices(this.plan, options.serviceStatuses ?? {}, clock)
  }

  get plan(): FakeLayer {
    return this.#daemon.plan
  }

  state(): FakePebbleState {
    const { plan } = this
    return {
      layers: this.#daemon.layers,
      plan,
      services: this.#services.state(plan),
      files: this.files.texts(),
      checks: this.#checks.list(plan),
    }
  }

  /** Answers one request. */
  handle(request: FakeRequest): FakeAnswer {
    const answer = this.#daemon.handle(request)
    if (answer instanceof Promise) throw new TypeError('the fake Pebble answers at once')
    return answer
  }

  #act(plan: FakeLayer, action: ServiceAction, names: readonly string[]): string {
    const error = action === 'replan' ? this.#options.replanError : undefined
    return this.#finish(action, error === undefined ? this.#services.act(plan, action, names) : [], error)
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
}
