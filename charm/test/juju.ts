import type { RunTool, ToolCall } from '../src/hook-tool/run.ts'
import { type Hook, HookContext, type Model, type ModelHolder, newApplication, newUnit, runTool } from '../src/testing/index.ts'

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
  const context = new HookContext({ holder, unit, hook, newSecretId: () => 'n0000000000000000010' })
  const calls: ToolCall[] = []
  const run: RunTool = async (call) => {
    calls.push(call)
    return runTool(context, call)
  }
  return { context, run, calls, lines: () => calls.map(({ tool, args }) => [tool, ...args].join(' ')) }
}
