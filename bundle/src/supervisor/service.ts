import { asRecord, configOf, type PlanEntry, parseGoDuration } from '@charmed-feast/charm/testing'

import { accountOf } from './account.ts'
import type { Guardian } from './guardian.ts'
import type { LogBuffer } from './log-buffer.ts'
import { inside, type Place, toArgv } from './place.ts'
import { type ProcessOptions, type RunningProcess, startProcess } from './process.ts'
import { splitCommand } from './words.ts'

/*
 * inactive --start--> active --exit within a second--> backoff (the start fails) or inactive
 *                     active --exit later--> backoff, inactive, or the whole container ends: what on-success and on-failure say
 *                     backoff --delay--> active     active, backoff --stop--> inactive
 */

/** What a service needs around it. */
export interface ServiceSurroundings {
  readonly place: Place
  readonly guardian: Guardian
  readonly logs: LogBuffer
  /** The service says that the whole container shall end. */
  readonly shutdown: (code: number) => void
}

/** A service is said to run when it has run for so long. */
const okayDelay = 1000

const milliseconds = (value: unknown, otherwise: number): number => {
  const parsed = typeof value === 'string' ? parseGoDuration(value) : undefined
  return parsed === undefined ? otherwise : parsed / 1e6
}

const texts = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(asRecord(value)).map(([key, each]) => [key, String(each)]))

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/**
 * How the process of a plan's entry runs at a place: what a service and a command in its context have in common.
 *
 * @throws {UnknownAccount}
 */
export const processOf = (entry: PlanEntry, command: readonly string[], place: Place): ProcessOptions => ({
  argv: toArgv(place, command),
  environment: { ...place.environment, ...texts(entry.environment) },
  folder: inside(place, textOf(entry['working-dir']) ?? '/'),
  ...accountOf({
    user: textOf(entry.user),
    userId: numberOf(entry['user-id']),
    group: textOf(entry.group),
    groupId: numberOf(entry['group-id']),
  }),
})

/** One service of a container: starts it, watches it, and starts it again when it ends. */
export class Service {
  readonly name: string
  readonly #around: ServiceSurroundings
  #config: PlanEntry = {}
  #current: 'active' | 'inactive' | 'backoff' = 'inactive'
  #since = new Date()
  #process: RunningProcess | null = null
  #startedAt = 0
  #failures = 0
  #retry: NodeJS.Timeout | undefined
  #quick: ((code: number) => void) | null = null

  constructor(name: string, around: ServiceSurroundings) {
    this.name = name
    this.#around = around
  }

  get state(): { readonly current: string; readonly since: string; readonly started: string } {
    return { current: this.#current, since: this.#since.toISOString(), started: configOf(this.#config) }
  }

  /**
   * Starts it, unless it runs, and waits a second.
   *
   * @throws when it ended within that second
   */
  async start(config: PlanEntry): Promise<void> {
    if (this.#current === 'active') return
    this.#config = config
    this.#failures = 0
    clearTimeout(this.#retry)
    const { promise, resolve } = Promise.withResolvers<number | null>()
    this.#quick = resolve
    const timer = setTimeout(() => resolve(null), okayDelay)
    await this.#launch()
    const code = await promise
    clearTimeout(timer)
    this.#quick = null
    if (code === null) return
    const again = this.#current === 'backoff' ? ', will restart' : ''
    throw new Error(`service start attempt: exited quickly with code ${code}${again}`)
  }

  /** Ends it and all that it started: a request first, after `kill-delay` without asking. */
  async stop(): Promise<void> {
    clearTimeout(this.#retry)
    const running = this.#process
    this.#set('inactive')
    this.#process = null
    if (running === null) return
    running.kill('SIGTERM')
    const timer = setTimeout(() => running.kill('SIGKILL'), milliseconds(this.#config['kill-delay'], 5000))
    await running.exit
    clearTimeout(timer)
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name)
  }

  /** A check that went down, with what the service says to that. */
  async onCheckFailure(check: string): Promise<void> {
    const action = asRecord(this.#config['on-check-failure'])[check]
    if (this.#current !== 'active') return
    if (action === 'shutdown') return this.#around.shutdown(0)
    if (action !== 'restart') return
    this.#around.logs.add(this.name, `check "${check}" is down: restarting`)
    await this.stop()
    await this.#launch()
  }

  async #launch(): Promise<void> {
    const { place, guardian, logs } = this.#around
    this.#startedAt = Date.now()
    this.#set('active')
    try {
      const running = await startProcess(processOf(this.#config, splitCommand(String(this.#config.command)), place), guardian)
      this.#process = running
      running.child.stdin?.end()
      logs.follow(this.name, running.child.stdout)
      logs.follow(this.name, running.child.stderr)
      void running.exit.then((code) => this.#ended(running, code))
    } catch (error) {
      this.#set('inactive')
      this.#quick?.(-1)
      throw error
    }
  }

  #ended(running: RunningProcess, code: number): void {
    if (this.#process !== running) return
    this.#process = null
    const action = textOf(this.#config[code === 0 ? 'on-success' : 'on-failure']) ?? 'restart'
    if (action === 'restart') this.#backOff()
    else this.#set('inactive')
    this.#quick?.(code)
    if (action.endsWith('shutdown'))
      this.#around.shutdown(action === 'success-shutdown' ? 0 : code === 0 && action !== 'failure-shutdown' ? 0 : 10)
  }

  #backOff(): void {
    const limit = milliseconds(this.#config['backoff-limit'], 30_000)
    if (Date.now() - this.#startedAt > limit) this.#failures = 0
    const factor = numberOf(this.#config['backoff-factor']) ?? 2
    const delay = Math.min(limit, milliseconds(this.#config['backoff-delay'], 500) * factor ** this.#failures)
    this.#failures += 1
    this.#set('backoff')
    this.#retry = setTimeout(() => {
      this.#launch().catch((error: unknown) => {
        this.#around.logs.add(this.name, `cannot start: ${error instanceof Error ? error.message : String(error)}`)
        this.#backOff()
      })
    }, delay)
  }

  #set(current: 'active' | 'inactive' | 'backoff'): void {
    if (current === this.#current && current !== 'active') return
    this.#current = current
    this.#since = new Date()
  }
}
