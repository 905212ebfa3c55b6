import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'

import {
  type FakeAnswer,
  type FakeLayer,
  FakeNotices,
  type FakeRequest,
  findChange,
  namesOf,
  PebbleDaemon,
  PebbleRefusal,
  parseBody,
  parseGoDuration,
  servePebble,
  sync,
} from '@charmed-feast/charm/testing'

import { Changes } from './changes.ts'
import { CheckSet } from './check-set.ts'
import { Commands } from './command.ts'
import { DiskFiles } from './disk-files.ts'
import type { Guardian } from './guardian.ts'
import { Identities } from './identities.ts'
import { LogBuffer, type LogLine } from './log-buffer.ts'
import type { Place } from './place.ts'
import { ServiceSet } from './service-set.ts'
import { acceptSocket } from './websocket.ts'

/** What {@link startSupervisor} needs. */
export interface SupervisorOptions {
  /** Where it listens: a Unix socket. */
  readonly socketPath: string
  readonly place: Place
  readonly guardian: Guardian
  /** Layers that the image brings, lowest first. */
  readonly layers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Tells one start from another; a random one by default. */
  readonly bootId?: string
  /** Told when a service wants the whole container to end. */
  readonly onShutdown?: (code: number) => void
}

/** A Pebble that really runs what it is told to. */
export interface Supervisor extends AsyncDisposable {
  readonly socketPath: string
  readonly bootId: string
  /** The last lines of its services, oldest first. */
  readonly logs: (count: number) => readonly LogLine[]
  /** Ends all services, and the API. */
  readonly stop: () => Promise<void>
}

const milliseconds = (text: string | null): number | null => {
  const parsed = text === null ? undefined : parseGoDuration(text)
  return parsed === undefined ? null : parsed / 1e6
}

/** What the API has beyond layers, plan, services, files and notices that are there already. */
class Daemon {
  readonly notices = new FakeNotices(() => new Date())
  readonly logs = new LogBuffer()
  readonly changes = new Changes()
  readonly services: ServiceSet
  readonly checks: CheckSet
  readonly commands: Commands
  readonly #identities = new Identities()

  constructor({ place, guardian, onShutdown = () => undefined }: SupervisorOptions) {
    this.services = new ServiceSet({ place, guardian, logs: this.logs, shutdown: onShutdown }, this.changes)
    this.checks = new CheckSet({ place, guardian, failed: (check) => void this.services.onCheckFailure(check) })
    this.commands = new Commands({ place, guardian, changes: this.changes })
  }

  answer(request: FakeRequest, plan: FakeLayer): FakeAnswer | Promise<FakeAnswer> | undefined {
    const { method, path, query } = request
    if (/^\/v1\/changes\/[^/]+\/wait$/.test(path)) return this.#wait(path, query)
    switch (`${method} ${path}`) {
      case 'GET /v1/logs':
        return this.#showLogs(query)
      case 'GET /v1/notices':
        return query.has('timeout') ? this.#waitForNotices(query) : undefined
      case 'GET /v1/identities':
        return sync(this.#identities.list())
      case 'POST /v1/identities':
        return sync(this.#identities.replace(parseBody(request)))
      case 'POST /v1/checks/refresh':
        return this.checks.refresh(plan, parseBody(request)).then((result) => sync(result))
      case 'POST /v1/exec':
        return this.commands.start(parseBody(request), plan)
      default:
        return undefined
    }
  }

  async #wait(path: string, query: URLSearchParams): Promise<FakeAnswer> {
    findChange(this, path)
    const timeout = query.get('timeout')
    if (await this.changes.wait(path.split('/')[3] ?? '', milliseconds(timeout))) return sync(findChange(this, path))
    throw new PebbleRefusal(504, `timed out waiting for change after ${timeout}`)
  }

  async #waitForNotices(query: URLSearchParams): Promise<FakeAnswer> {
    const limit = AbortSignal.timeout(milliseconds(query.get('timeout')) ?? 0)
    while (this.notices.list(query).length === 0 && !limit.aborted) await this.notices.next(limit)
    return sync(this.notices.list(query))
  }

  #showLogs(query: URLSearchParams): FakeAnswer {
    const lines = this.logs.last(Number(query.get('n') ?? 30), namesOf(query, 'services'))
    return { status: 200, type: 'application/x-ndjson', body: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')) }
  }
}

/**
 * Starts a supervisor of one container: Pebble's API on a Unix socket, with processes behind it. It knows the image's layers and nothing
 * that was said before it started, as Pebble.
 *
 * @example
 * await using supervisor = await startSupervisor({ socketPath: '/tmp/x/pebble.socket', place, guardian })
 */
export const startSupervisor = async (options: SupervisorOptions): Promise<Supervisor> => {
  const { socketPath, place, layers, bootId = randomUUID() } = options
  const parts = new Daemon(options)
  const daemon = new PebbleDaemon(
    {
      systemInfo: { version: 'v1.32.1', 'boot-id': bootId },
      files: new DiskFiles(place.root),
      ...{ notices: parts.notices, services: parts.services, changes: parts.changes, checks: parts.checks },
      answer: (request, plan) => parts.answer(request, plan),
      planned: (plan) => parts.checks.planned(plan),
    },
    layers,
  )
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 })
  await rm(socketPath, { force: true })
  const connect = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const [, task = '', channel = ''] = /^\/v1\/tasks\/([^/]+)\/websocket\/([^/]+)$/.exec(request.url ?? '') ?? []
    const accept = (): ReturnType<typeof acceptSocket> => acceptSocket(request.headers['sec-websocket-key'] ?? '', stream, head)
    if (!parts.commands.connect(task, channel, accept)) stream.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')
  }
  const server = await servePebble(daemon, socketPath, { connect })
  const stop = async (): Promise<void> => {
    parts.checks.stop()
    await server[Symbol.asyncDispose]()
    await parts.services.stop()
  }
  return { socketPath, bootId, stop, logs: (count) => parts.logs.last(count), [Symbol.asyncDispose]: stop }
}
