import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import type { CharmMetadata } from '../../metadata.ts'
import { installTools } from '../agent/client.ts'
import { startAgent } from '../agent/server.ts'
import { hookEnvironment, systemVariables } from '../context/environment.ts'
import { serveKubernetes } from '../kubernetes/server.ts'
import { servePebble } from '../pebble/server.ts'
import { dispatchPath } from './in-process.ts'
import type { CharmExit, HookWorld, ScenarioCharm } from './run.ts'

/** A charm on disk. */
export interface DispatchOptions {
  readonly metadata: CharmMetadata
  /** The unpacked charm: the hook's working directory. */
  readonly charmDir: string
  /** The program; `<charmDir>/dispatch` by default. */
  readonly command?: readonly [string, ...string[]]
  readonly actions?: readonly string[]
  /** A hook that takes longer is killed; a minute by default. */
  readonly timeoutMs?: number
  /** PATH behind the hook tools; `/usr/bin:/bin` by default, as on a bare Ubuntu. */
  readonly path?: string
  /** Variables beside Juju's. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a charm as Juju does: its `dispatch` as a process of its own with Juju's environment and nothing else, hook tools on PATH, Pebble
 * behind a Unix socket, the cluster behind HTTP. Standard output and error reach the log as Juju passes them on.
 *
 * @example
 * const charm = throughDispatch({ metadata, charmDir: '/tmp/feast-ui' })
 * const outcome = await runScenario(charm, newState({ app: 'feast-ui' }), { name: 'install' })
 */
export function throughDispatch(options: DispatchOptions): ScenarioCharm {
  const { metadata, actions } = options
  return { metadata, run: (world) => runDispatch(world, options), ...(actions ? { actions } : {}) }
}

async function runDispatch(world: HookWorld, options: DispatchOptions): Promise<CharmExit> {
  // Socket paths end at 107 bytes: the folder's name is short.
  const folder = await mkdtemp(join(tmpdir(), 'hook-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const socket = join(folder, 'agent')
  const toolDir = join(folder, 'tools')
  installTools(toolDir)
  const findContext = (id: string): HookWorld['context'] | undefined => (id === 'context' ? world.context : undefined)
  stack.use(await startAgent({ socketPath: socket, findContext, run: (_, input) => world.runTool(input) }))
  const place = {
    charmDir: options.charmDir,
    toolDir,
    path: options.path ?? '/usr/bin:/bin',
    socket,
    contextId: 'context',
    jujuVersion: '3.6.25',
    apiAddresses: '10.1.0.1:17070',
    cloudApiVersion: '1.31.0',
  }
  const env = {
    ...systemVariables,
    ...hookEnvironment(world.context, place),
    ...dispatchPath(world),
    ...(await serveContainers(world, stack, folder)),
    ...(await serveCluster(world, stack, folder)),
    ...options.env,
  }
  const exit = await spawnHook(options, env)
  passOn(world, exit)
  return exit
}

async function serveContainers(world: HookWorld, stack: AsyncDisposableStack, folder: string): Promise<Record<string, string>> {
  for (const [container, pebble] of world.pebbles) {
    await mkdir(join(folder, 'c', container), { recursive: true })
    const onRequest = (method: string, path: string, status: number): void => {
      world.trace.push({ kind: 'pebble', container, method, path, status })
    }
    stack.use(await servePebble(pebble, join(folder, 'c', container, 'pebble.socket'), { onRequest }))
  }
  return { CHARM_CONTAINERS_DIR: join(folder, 'c') }
}

async function serveCluster(world: HookWorld, stack: AsyncDisposableStack, folder: string): Promise<Record<string, string>> {
  if (!world.kubernetes) return {}
  const record = (method: string, path: string, status: number): void => {
    world.trace.push({ kind: 'kubernetes', method, path, status })
  }
  const server = stack.use(await serveKubernetes(world.kubernetes, record))
  const account = join(folder, 'serviceaccount')
  await mkdir(account)
  await writeFile(join(account, 'token'), 'fake-token')
  await writeFile(join(account, 'namespace'), world.context.model.name)
  return { CHARM_KUBERNETES_URL: server.url, CHARM_SERVICE_ACCOUNT_DIR: account }
}

async function spawnHook(options: DispatchOptions, env: Readonly<Record<string, string>>): Promise<CharmExit> {
  const [program, ...args] = options.command ?? [join(options.charmDir, 'dispatch')]
  const child = spawn(program, args, { cwd: options.charmDir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000)
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 137))
  })
  try {
    const [exit, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
    return { exit, stdout, stderr }
  } finally {
    clearTimeout(timer)
  }
}

/** Juju logs a hook's standard output as DEBUG and its standard error as WARNING, line by line. */
function passOn({ context }: HookWorld, { stdout, stderr }: CharmExit): void {
  const module = `unit.${context.unitName}.${context.hookName}`
  const lines = (printed: string): string[] => printed.split('\n').filter((line) => line !== '')
  for (const message of lines(stdout)) context.log.push({ level: 'DEBUG', module, message })
  for (const message of lines(stderr)) context.log.push({ level: 'WARNING', module, message })
}
