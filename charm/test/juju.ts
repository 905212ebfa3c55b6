import type { Charm } from '../src/charm.ts'
import type { Environment } from '../src/context.ts'
import { type CharmHost, dispatch } from '../src/dispatch.ts'
import type { RunTool, ToolCall, ToolResult } from '../src/hook-tool/run.ts'
import type { CharmMetadata } from '../src/metadata.ts'
import {
  type Hook,
  HookContext,
  type HookPlace,
  hookEnvironment,
  type Model,
  type ModelHolder,
  newApplication,
  newUnit,
  runTool,
} from '../src/testing/index.ts'

/** The model that most tests begin with: feast-ui leads, is related to pg by `db` and to itself by `peers`. */
export const baseModel: Model = {
  name: 'kubeflow',
  uuid: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
  type: 'caas',
  cloud: null,
  applications: {
    'feast-ui': newApplication('feast-ui', { leader: 'feast-ui/0', config: { label: 'a', count: 3, nothing: null, 'is-on': false } }),
    pg: newApplication('pg', { leader: 'pg/0' }),
  },
  units: {
    'feast-ui/0': newUnit('feast-ui/0', {
      status: { status: 'waiting', message: 'for db' },
      networks: {
        db: {
          interfaces: [{ macAddress: '', interfaceName: '', addresses: [{ hostname: '', value: '10.1.2.3', cidr: '' }] }],
          egressSubnets: ['10.152.183.9/32'],
          ingressAddresses: ['10.152.183.9'],
        },
      },
    }),
    'feast-ui/1': newUnit('feast-ui/1'),
    'pg/0': newUnit('pg/0'),
  },
  relations: [
    {
      id: 1,
      interface: 'postgresql_client',
      ends: [
        { application: 'feast-ui', endpoint: 'db', role: 'requirer' },
        { application: 'pg', endpoint: 'database', role: 'provider' },
      ],
      life: 'alive',
      suspended: false,
      units: ['feast-ui/0', 'feast-ui/1', 'pg/0'],
      applicationData: { pg: { endpoints: 'pg-primary:5432' }, 'feast-ui': { database: 'feast' } },
      unitData: {
        'feast-ui/0': { 'egress-subnets': '10.1.2.3/32', 'ingress-address': '10.1.2.3', 'private-address': '10.1.2.3', mine: '1' },
        'feast-ui/1': {},
        'pg/0': { 'ingress-address': '10.1.2.4', state: 'ready' },
      },
    },
    {
      id: 3,
      interface: 'peers',
      ends: [{ application: 'feast-ui', endpoint: 'peers', role: 'peer' }],
      life: 'alive',
      suspended: false,
      units: ['feast-ui/0', 'feast-ui/1'],
      applicationData: { 'feast-ui': { cluster: 'a' } },
      unitData: { 'feast-ui/0': {}, 'feast-ui/1': {} },
    },
  ],
  secrets: [],
}

/** One hook in which tools can be called. */
export interface JujuHook {
  readonly context: HookContext
  readonly run: RunTool
  /** All calls so far, oldest first. */
  readonly calls: ToolCall[]
  /** The same as lines: tool and arguments. */
  readonly lines: () => readonly string[]
}

/**
 * Begins a hook in process, with tools that answer as Juju 3.6.25's do.
 *
 * @example
 * const { run, lines } = beginHook()
 */
export const beginHook = ({
  model = baseModel,
  unit = 'feast-ui/0',
  hook = { kind: 'update-status' },
}: {
  readonly model?: Model
  readonly unit?: string
  readonly hook?: Hook
} = {}): JujuHook => {
  const holder: ModelHolder = { model }
  let secrets = 0
  const newSecretId = (): string => {
    secrets += 1
    return `n${String(secrets).padStart(18, '0')}0`
  }
  const context = new HookContext({ holder, unit, hook, newSecretId })
  const calls: ToolCall[] = []
  const run: RunTool = async (call) => {
    calls.push(call)
    return runTool(context, call)
  }
  return { context, run, calls, lines: () => calls.map(({ tool, args }) => [tool, ...args].join(' ')) }
}

/** What a charm left behind in one hook. */
export interface CharmRun extends JujuHook {
  readonly exit: number
  /** What could not be logged. */
  readonly errors: readonly string[]
  /** Log lines, as `LEVEL text`. */
  readonly log: () => readonly string[]
  /** Calls that write, in order, without `juju-log`. */
  readonly writes: () => readonly string[]
}

const readers = /^(?:[a-z-]+-(?:get|ids|list)|relation-model-get|secret-info-get|is-leader|opened-ports|goal-state|juju-log)$/

const place: HookPlace = {
  charmDir: '/charm',
  toolDir: '/tools',
  path: '/usr/bin',
  socket: '/charm/agent.socket',
  contextId: 'feast-ui/0-1',
  jujuVersion: '3.6.25',
  apiAddresses: '10.1.0.1:17070',
  cloudApiVersion: '1.31.0',
}

/** How {@link runCharm} runs a charm. */
export interface CharmRunOptions extends Pick<CharmHost, 'connectPebble' | 'connectKubernetes'> {
  readonly model?: Model
  readonly unit?: string
  readonly hook?: Hook
  readonly env?: Environment
  /** Answers in place of a tool; null lets the tool answer. */
  readonly interfere?: (call: ToolCall) => ToolResult | null
}

/**
 * Runs a charm for one hook, in process.
 *
 * @example
 * const { exit, writes } = await runCharm(charm, { hook: { kind: 'install' } })
 */
export const runCharm = async <Metadata extends CharmMetadata, Observed>(
  charm: Charm<Metadata, Observed>,
  { env = {}, interfere = () => null, connectPebble, connectKubernetes, ...options }: CharmRunOptions = {},
): Promise<CharmRun> => {
  const begun = beginHook(options)
  const errors: string[] = []
  const runTool: RunTool = async (call) => {
    const answer = interfere(call)
    if (answer === null) return begun.run(call)
    begun.calls.push(call)
    return answer
  }
  const exit = await dispatch(charm, {
    env: {
      ...hookEnvironment(begun.context, place),
      JUJU_DISPATCH_PATH: `${begun.context.hook.action ? 'actions' : 'hooks'}/${begun.context.hookName}`,
      ...env,
    },
    runTool,
    writeError: (line) => errors.push(line),
    ...(connectPebble === undefined ? {} : { connectPebble }),
    ...(connectKubernetes === undefined ? {} : { connectKubernetes }),
  })
  return {
    ...begun,
    exit,
    errors,
    log: () => begun.context.log.map(({ level, message }) => `${level} ${message}`),
    writes: () => begun.lines().filter((line) => !readers.test(line.split(' ')[0] ?? '')),
  }
}

/** A refusal of a tool, with Juju's exit code and words. */
export const refusing = (words: string, exit = 1): ToolResult => ({ exit, stdout: '', stderr: `ERROR ${words}\n` })
