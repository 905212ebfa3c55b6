import type { Charm } from '../../charm.ts'
import { type CharmHost, dispatch } from '../../dispatch.ts'
import { charmError } from '../../errors.ts'
import { createKubernetesClient, type KubernetesClient } from '../../kubernetes/client.ts'
import type { CharmMetadata } from '../../metadata.ts'
import type { PebbleClient, PebbleRequest } from '../../pebble/client.ts'
import { hookEnvironment } from '../context/environment.ts'
import type { FakePebble } from '../pebble/fake-pebble.ts'
import type { CharmRunner, HookWorld, ScenarioCharm } from './run.ts'

/**
 * Runs a charm in this process: a hook takes about a millisecond, and breakpoints work. What only a process has (environment, arguments,
 * real sockets) is not tested: see {@link throughDispatch}.
 *
 * @example
 * const charm = inProcess(feastUi)
 * const outcome = await runScenario(charm, newState(), { name: 'update-status' })
 */
export function inProcess<Metadata extends CharmMetadata, Observed>(charm: Charm<Metadata, Observed>): ScenarioCharm {
  const run: CharmRunner = async (world) => {
    const errors: string[] = []
    const exit = await dispatch(
      charm,
      hostOf(world, (line) => errors.push(line)),
    )
    return { exit, stdout: '', stderr: errors.map((line) => `${line}\n`).join('') }
  }
  return { metadata: charm.metadata, run, actions: Object.keys(charm.actions ?? {}) }
}

const place = {
  charmDir: '/var/lib/juju/agents/unit/charm',
  toolDir: '/var/lib/juju/tools/unit',
  path: '/usr/bin:/bin',
  socket: '/var/lib/juju/agents/unit/agent.socket',
  contextId: 'context',
  jujuVersion: '3.6.25',
  apiAddresses: '10.1.0.1:17070',
  cloudApiVersion: '1.31.0',
}

function hostOf(world: HookWorld, writeError: (line: string) => void): CharmHost {
  const kubernetes: Record<string, string> = world.kubernetes ? { CHARM_KUBERNETES_URL: 'http://kubernetes.invalid' } : {}
  return {
    env: { ...hookEnvironment(world.context, place), ...dispatchPath(world), ...kubernetes },
    runTool: async ({ tool, args, stdin = '', files = {} }) => world.runTool({ tool, args, stdin, files, directory: place.charmDir }),
    connectPebble: async (container) => pebbleClient(world, container),
    connectKubernetes: async () => kubernetesClient(world),
    writeError,
  }
}

/** `JUJU_DISPATCH_PATH`, which Juju sets when it runs `dispatch`. */
export function dispatchPath({ context }: HookWorld): { readonly JUJU_DISPATCH_PATH: string } {
  return { JUJU_DISPATCH_PATH: `${context.hook.action ? 'actions' : 'hooks'}/${context.hookName}` }
}

function pebbleClient(world: HookWorld, container: string): PebbleClient {
  const socketPath = `/charm/containers/${container}/pebble.socket`
  const pebble = world.pebbles.get(container)
  return {
    socketPath,
    options: () => {
      throw charmError('CHARM_PEBBLE_UNREACHABLE', [socketPath, 'the fake Pebble has no websockets in process'])
    },
    send: async (request) => {
      if (!pebble) throw charmError('CHARM_PEBBLE_UNREACHABLE', [socketPath, `connect ENOENT ${socketPath}`])
      const { status, type, body } = answer(pebble, request)
      world.trace.push({ kind: 'pebble', container, method: request.method, path: request.path, status })
      return { status, type, bytes: body }
    },
  }
}

function answer(
  pebble: FakePebble,
  { method, path, query = {}, json, body, accept = '' }: PebbleRequest,
): ReturnType<FakePebble['handle']> {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))
  const bytes = json === undefined ? Buffer.from(body?.bytes ?? []) : Buffer.from(JSON.stringify(json))
  const contentType = json === undefined ? (body?.type ?? '') : 'application/json'
  return pebble.handle({ method, path, query: new URLSearchParams(given), contentType, accept, body: bytes })
}

function kubernetesClient(world: HookWorld): KubernetesClient {
  const { kubernetes } = world
  return createKubernetesClient(async (request) => {
    if (!kubernetes) throw charmError('CHARM_KUBERNETES_ABSENT', ['this scenario has no cluster'])
    const answered = await kubernetes.handle(request)
    world.trace.push({ kind: 'kubernetes', method: request.method, path: request.path, status: answered.status })
    return answered
  })
}
