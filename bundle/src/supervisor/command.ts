import { randomUUID } from 'node:crypto'

import { asRecord, asTexts, async, type FakeAnswer, type FakeLayer, PebbleRefusal, parseGoDuration } from '@charmed-feast/charm/testing'

import { type Changes, TaskFailure } from './changes.ts'
import type { Guardian } from './guardian.ts'
import { type Place, toArgv } from './place.ts'
import { findProgram, isSignal, type RunningProcess, startProcess } from './process.ts'
import { processOf } from './service.ts'
import type { ServerSocket } from './websocket.ts'

/** Which websockets a command has. */
type Channel = 'control' | 'stdio' | 'stderr'

interface Waiting {
  readonly split: boolean
  readonly sockets: Map<Channel, ServerSocket>
  readonly connected: () => void
}

/** A client that asked for a command and does not connect. */
const connectLimit = 5000

const end = JSON.stringify({ command: 'end' })

const parse = (message: string): Readonly<Record<string, unknown>> => {
  try {
    return asRecord(JSON.parse(message))
  } catch {
    return {}
  }
}

/** What commands need around them. */
export interface CommandSurroundings {
  readonly place: Place
  readonly guardian: Guardian
  readonly changes: Changes
}

/** The commands of a container: each waits for its websockets, runs, and ends with an exit code. */
export class Commands {
  readonly #around: CommandSurroundings
  readonly #waiting = new Map<string, Waiting>()

  constructor(around: CommandSurroundings) {
    this.#around = around
  }

  /** `POST /v1/exec`. The answer says nothing of the environment, where Pebble tells the whole of its own. */
  start(body: Readonly<Record<string, unknown>>, plan: FakeLayer): FakeAnswer {
    const { place, changes } = this.#around
    const command = asTexts(body.command)
    const [program] = command
    if (program === undefined) throw new PebbleRefusal(400, 'must specify command')
    if (findProgram(toArgv(place, command)[0] ?? '') === undefined) throw new PebbleRefusal(400, `cannot find executable "${program}"`)
    const task = randomUUID()
    const id = changes.begin({
      kind: 'exec',
      summary: `Execute command "${program}"`,
      tasks: [{ kind: 'exec', summary: `exec command "${program}"`, work: () => this.#run(task, body, plan) }],
    })
    return async(id, { 'task-id': task, environment: {}, 'working-dir': body['working-dir'] ?? '' })
  }

  /** Takes a websocket of a command; false when there is none of this task. */
  connect(task: string, channel: string, accept: () => ServerSocket): boolean {
    const waiting = this.#waiting.get(task)
    if (waiting === undefined || !isChannel(channel) || waiting.sockets.has(channel)) return false
    waiting.sockets.set(channel, accept())
    if (waiting.sockets.size === (waiting.split ? 3 : 2)) waiting.connected()
    return true
  }

  async #run(task: string, body: Readonly<Record<string, unknown>>, plan: FakeLayer): Promise<Readonly<Record<string, unknown>>> {
    const { place, guardian } = this.#around
    const sockets = await this.#connected(task, body['split-stderr'] === true)
    try {
      const service = plan.services[String(body['service-context'] ?? '')] ?? {}
      const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== ''))
      const environment = { ...asRecord(service.environment), ...asRecord(body.environment) }
      const options = processOf({ ...service, ...given, environment }, asTexts(body.command), place)
      const running = await startProcess(options, guardian)
      wire(running, sockets)
      return await finish(running, typeof body.timeout === 'string' ? body.timeout : undefined)
    } finally {
      for (const [channel, socket] of sockets) {
        if (channel !== 'control') socket.send(end)
        socket.close()
      }
    }
  }

  async #connected(task: string, split: boolean): Promise<ReadonlyMap<Channel, ServerSocket>> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const sockets = new Map<Channel, ServerSocket>()
    this.#waiting.set(task, { split, sockets, connected: resolve })
    const timer = setTimeout(() => reject(new Error('timed out waiting for websockets to connect')), connectLimit)
    try {
      await promise
      return sockets
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(task)
    }
  }
}

const isChannel = (name: string): name is Channel => name === 'control' || name === 'stdio' || name === 'stderr'

/** Joins a process with its websockets: input until the client says its end, output as it comes, signals as they are asked for. */
const wire = ({ child, kill }: RunningProcess, sockets: ReadonlyMap<Channel, ServerSocket>): void => {
  const [control, stdio] = [sockets.get('control'), sockets.get('stdio')]
  const errors = sockets.get('stderr') ?? stdio
  child.stdout?.on('data', (chunk: Buffer) => stdio?.send(chunk))
  child.stderr?.on('data', (chunk: Buffer) => errors?.send(chunk))
  const feed = async (): Promise<void> => {
    // Read to its very end: to let go of a stream closes it, and the output goes the same way.
    for await (const message of stdio?.messages ?? []) {
      if (typeof message !== 'string') child.stdin?.write(message)
      else if (parse(message).command === 'end') child.stdin?.end()
    }
    child.stdin?.end()
  }
  const obey = async (): Promise<void> => {
    for await (const message of control?.messages ?? []) {
      const name = asRecord(parse(String(message)).signal).name
      if (typeof name === 'string' && isSignal(name)) kill(name)
    }
  }
  void feed()
  void obey()
}

const finish = async ({ exit, kill }: RunningProcess, timeout: string | undefined): Promise<Readonly<Record<string, unknown>>> => {
  const limit = timeout === undefined ? undefined : parseGoDuration(timeout)
  let late = false
  const timer =
    limit === undefined
      ? undefined
      : setTimeout(() => {
          late = true
          kill('SIGKILL')
        }, limit / 1e6)
  const code = await exit
  clearTimeout(timer)
  if (late) throw new TaskFailure(`timed out after ${timeout}: context deadline exceeded`, { 'exit-code': -1 })
  return { 'exit-code': code }
}
