import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import {
  type Agent,
  type CharmExit,
  type HookWorld,
  hookEnvironment,
  installTools,
  type ScenarioCharm,
  startAgent,
  systemVariables,
} from '@charmed-feast/charm/testing'

import { unitFolder } from '../pod/pods.ts'
import type { Guardian } from '../supervisor/guardian.ts'
import { startProcess } from '../supervisor/process.ts'

/** What {@link UnitProcesses} need. */
export interface UnitProcessesOptions {
  /** Where units have their folders. */
  readonly folder: string
  readonly guardian: Guardian
  /** A unit's own address. */
  readonly addressOf: (unit: string) => string
  /** Variables by which a charm finds the cluster, beside Juju's own. */
  readonly clusterOf: (application: string) => Promise<Readonly<Record<string, string>>>
  /** Cuts off the hooks that run. */
  readonly signal?: AbortSignal
}

/** A charm that is run as a process. */
export interface ProgramCharm extends Pick<ScenarioCharm, 'metadata' | 'actions'> {
  readonly charmDir: string
  readonly command: readonly [string, ...string[]]
  readonly env?: Readonly<Record<string, string>>
}

/** A hook that takes longer is killed. */
const hookLimit = 120_000

/**
 * Runs charms as Juju's unit agents do: `dispatch` as a process of its own, with Juju's environment and nothing else, hook tools on PATH,
 * and the unit's Pebbles behind their sockets.
 */
export class UnitProcesses implements AsyncDisposable {
  readonly #options: UnitProcessesOptions
  readonly #toolDir: string
  readonly #agents = new Map<string, Promise<Agent>>()
  readonly #worlds = new Map<string, HookWorld>()

  constructor(options: UnitProcessesOptions) {
    this.#options = options
    this.#toolDir = join(options.folder, 'tools')
  }

  /** Puts the hook tools in place. */
  async prepare(): Promise<void> {
    await rm(this.#toolDir, { recursive: true, force: true })
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 })
    installTools(this.#toolDir)
  }

  /**
   * A charm whose hooks are processes.
   *
   * @example
   * processes.charm({ metadata, charmDir, command: [process.execPath, 'main.ts'] })
   */
  charm(program: ProgramCharm): ScenarioCharm {
    const { metadata, actions } = program
    return { metadata, run: (world) => this.#run(world, program), ...(actions ? { actions } : {}) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of this.#agents.values()) await (await agent)[Symbol.asyncDispose]()
  }

  #agentOf(unit: string): Promise<Agent> {
    const known = this.#agents.get(unit)
    if (known) return known
    const started = this.#startAgent(unit)
    this.#agents.set(unit, started)
    return started
  }

  async #startAgent(unit: string): Promise<Agent> {
    const folder = join(this.#options.folder, unitFolder(this.#options.addressOf(unit)))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const socketPath = join(folder, 'agent.socket')
    await rm(socketPath, { force: true })
    return startAgent({
      socketPath,
      findContext: (id) => this.#worlds.get(id)?.context,
      run: (context, input) => this.#worldOf(context).runTool(input),
    })
  }

  #worldOf(context: HookWorld['context']): HookWorld {
    const world = [...this.#worlds.values()].find((each) => each.context === context)
    if (world === undefined) throw new Error('the hook has ended')
    return world
  }

  async #run(world: HookWorld, program: ProgramCharm): Promise<CharmExit> {
    const { context } = world
    const contextId = `${context.unitName}-${context.hookName}-${randomUUID()}`
    const { socketPath } = await this.#agentOf(context.unitName)
    const place = {
      ...{ charmDir: program.charmDir, toolDir: this.#toolDir, path: '/usr/bin:/bin', socket: socketPath, contextId },
      ...{ jujuVersion: '3.6.25', apiAddresses: '127.0.0.1:17070', cloudApiVersion: '1.31.0' },
    }
    this.#worlds.set(contextId, world)
    try {
      const exit = await this.#start({ ...(await this.#environment(world)), ...hookEnvironment(context, place), ...program.env }, program)
      passOn(world, exit)
      return exit
    } finally {
      this.#worlds.delete(contextId)
    }
  }

  async #environment({ context }: HookWorld): Promise<Record<string, string>> {
    const { folder, addressOf, clusterOf } = this.#options
    return {
      ...systemVariables,
      ...(await clusterOf(context.unitName.slice(0, context.unitName.lastIndexOf('/')))),
      JUJU_DISPATCH_PATH: `${context.hook.action ? 'actions' : 'hooks'}/${context.hookName}`,
      CHARM_CONTAINERS_DIR: join(folder, unitFolder(addressOf(context.unitName)), 'c'),
    }
  }

  async #start(environment: Readonly<Record<string, string>>, { command, charmDir }: ProgramCharm): Promise<CharmExit> {
    const { guardian, signal } = this.#options
    const { child, exit, kill } = await startProcess({ argv: command, environment, folder: charmDir }, guardian)
    child.stdin?.end()
    const end = (): void => kill('SIGKILL')
    const timer = setTimeout(end, hookLimit)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
    const said = async (stream: typeof child.stdout): Promise<string> => (stream ? text(stream) : '')
    const [code, stdout, stderr] = await Promise.all([exit, said(child.stdout), said(child.stderr)])
    clearTimeout(timer)
    signal?.removeEventListener('abort', end)
    return { exit: code, stdout, stderr }
  }
}

/** Juju logs a hook's standard output as DEBUG and its standard error as WARNING, line by line. */
const passOn = ({ context }: HookWorld, { stdout, stderr }: CharmExit): void => {
  const module = `unit.${context.unitName}.${context.hookName}`
  const lines = (printed: string): readonly string[] => printed.split('\n').filter((line) => line !== '')
  for (const message of lines(stdout)) context.log.push({ level: 'DEBUG', module, message })
  for (const message of lines(stderr)) context.log.push({ level: 'WARNING', module, message })
}
