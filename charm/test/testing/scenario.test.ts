import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import {
  countCalls,
  inProcess,
  losePod,
  newState,
  type Outcome,
  runScenario,
  type ScenarioCharm,
  type State,
  throughDispatch,
} from '../../src/testing/index.ts'
import { sample } from './sample/charm.ts'

const program = join(import.meta.dirname, 'sample', 'dispatch.ts')

const ways: readonly (readonly [string, ScenarioCharm])[] = [
  ['in process', inProcess(sample)],
  [
    'through dispatch',
    throughDispatch({
      metadata: sample.metadata,
      charmDir: import.meta.dirname,
      command: [process.execPath, '--conditions=source', program],
      actions: ['greet'],
    }),
  ],
]

const uri = 'secret:9m4e2mr0ui3e8a215n4g'

const related: State = newState({
  app: 'sample',
  relations: [
    { id: 7, endpoint: 'db', interface: 'postgresql_client', remoteApp: 'pg', remoteAppData: { 'secret-user': uri } },
    { id: 8, endpoint: 'config', interface: 'sample-config', remoteApp: 'ui' },
    { id: 9, endpoint: 'peers', interface: 'sample-peers', kind: 'peer' },
  ],
  secrets: [{ id: uri, content: { username: 'alice', password: 'pw' } }],
  containers: [{ name: 'app' }],
})

describe.each(ways)('a scenario run %s', (_, charm) => {
  test('gives the state that the hook left', async () => {
    const { failure, state, unitStatusHistory } = await runScenario(charm, related, { name: 'relation-changed', relation: 7, unit: 0 })
    expect(failure).toBeNull()
    expect(state.unitStatus).toEqual({ name: 'active', message: '' })
    expect(unitStatusHistory).toEqual([{ name: 'active', message: '' }])
    expect(state.relations.map(({ id, localAppData, localUnitData }) => ({ id, localAppData, localUnitData }))).toEqual([
      { id: 7, localAppData: { database: 'sample' }, localUnitData: {} },
      { id: 8, localAppData: { greeting: 'hello' }, localUnitData: {} },
      { id: 9, localAppData: {}, localUnitData: {} },
    ])
    expect(state.ports).toEqual([{ protocol: 'tcp', port: 8080 }])
    expect(state.secrets).toEqual([{ id: uri, label: 'db.user', owner: null, content: { username: 'alice', password: 'pw' }, revision: 1 }])
  })

  test('gives what was done to the container', async () => {
    const { containers, state } = await runScenario(charm, related, { name: 'pebble-ready', container: 'app' })
    expect(containers.app?.operations).toEqual([
      { op: 'push', path: '/etc/sample.conf' },
      { op: 'add-layer', label: 'app' },
      { op: 'replan' },
    ])
    expect(containers.app?.services).toEqual({ app: { startup: 'enabled', current: 'active' } })
    expect(state.containers[0]?.files).toEqual({ '/etc/sample.conf': 'user: alice\n' })
  })

  test('leaves nothing to do for the next hook, but after a lost pod all in the container', async () => {
    const { state } = await runScenario(charm, related, { name: 'pebble-ready', container: 'app' })
    const idle = await runScenario(charm, state, { name: 'update-status' })
    expect(idle.state).toEqual(state)
    expect(idle.trace.filter((entry) => entry.kind === 'tool' && /-(set|add|remove|grant)$|-port$/.test(entry.tool))).toEqual([])
    const again = await runScenario(charm, losePod(state), { name: 'pebble-ready', container: 'app' })
    expect(again.containers.app?.operations).toHaveLength(3)
    expect(again.state.relations).toEqual(state.relations)
  })

  test('keeps a container that does not answer as it was', async () => {
    const silent: State = {
      ...related,
      containers: [{ name: 'app', canConnect: false, layers: {}, serviceStatuses: {}, files: { '/a': 'b' } }],
    }
    const { containers, state } = await runScenario(charm, silent, { name: 'config-changed' })
    expect(containers).toEqual({})
    expect(state.containers).toEqual(silent.containers)
  })

  test('tracks the newest revision of a secret once it was refreshed', async () => {
    const rotated: State = {
      ...related,
      secrets: [
        {
          id: uri,
          label: 'db.user',
          owner: null,
          content: { username: 'alice' },
          revision: 1,
          latestContent: { username: 'bob' },
          latestRevision: 2,
        },
      ],
    }
    const { state } = await runScenario(charm, rotated, { name: 'secret-changed', secret: uri })
    expect(state.secrets).toEqual([{ id: uri, label: 'db.user', owner: null, content: { username: 'bob' }, revision: 2 }])
  })

  test('writes to the cluster with the objects that were there before', async () => {
    const cluster: State = {
      ...related,
      config: { 'cluster-object': 'alice' },
      kubernetes: { objects: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'alice' } }], errors: [] },
    }
    const { kubernetes } = await runScenario(charm, cluster, { name: 'config-changed' })
    expect(kubernetes?.writes).toEqual([{ verb: 'apply', apiVersion: 'v1', kind: 'ConfigMap', namespace: 'alice', name: 'sample' }])
    expect(kubernetes?.changed).toMatchObject([{ kind: 'ConfigMap', data: { greeting: 'hello' } }])
  })

  test('runs an action and keeps its results', async () => {
    const { action } = await runScenario(charm, related, { name: 'action', action: { name: 'greet', params: { name: 'Ada' } } })
    expect(action).toEqual({ action: '1', status: 'completed', message: '', results: { greeting: 'hello, Ada' }, log: ['greeting'] })
  })

  test('does not let a follower write what only the leader may', async () => {
    const { failure, state } = await runScenario(charm, { ...related, leader: false }, { name: 'config-changed' })
    expect(failure).toBeNull()
    expect(state.relations[0]?.localAppData).toEqual({})
  })

  test('drops what a failed hook wrote, and keeps what cannot be taken back', async () => {
    const refused = { exit: 1, stdout: '', stderr: 'ERROR no\n', stdinRead: false }
    const intercept = ({ tool }: { readonly tool: string }): typeof refused | undefined => (tool === 'relation-set' ? refused : undefined)
    const { failure, exit, state, containers } = await runScenario(charm, related, { name: 'config-changed' }, { intercept })
    expect([failure, exit]).toEqual(['exit status 1', 1])
    expect(state.ports).toEqual([])
    expect(state.relations).toEqual(related.relations)
    expect(containers.app?.operations).toHaveLength(3)
  })

  test('traces every call, for budgets', async () => {
    const { trace } = await runScenario(charm, related, { name: 'update-status' })
    const { tools, pebble } = countCalls(trace)
    expect(trace.filter((entry) => entry.kind === 'tool' && entry.tool !== 'juju-log')).toHaveLength(tools)
    expect(tools).toBeGreaterThan(3)
    expect(pebble).toBeGreaterThan(3)
  })
})

test('in process and through dispatch a charm asks and leaves the same', async () => {
  const outcomes: Outcome[] = []
  for (const [, charm] of ways) outcomes.push(await runScenario(charm, related, { name: 'config-changed' }))
  const [left, right] = outcomes.map(({ state, trace, unitStatusHistory }) => ({ state, unitStatusHistory, calls: trace.map(nameOf) }))
  expect(left).toEqual(right)
})

/** Paths of secret files are random. */
function nameOf(entry: Outcome['trace'][number]): string {
  return entry.kind === 'tool' ? `${entry.tool} ${entry.args.join(' ')}` : `${entry.method} ${entry.path}`
}
