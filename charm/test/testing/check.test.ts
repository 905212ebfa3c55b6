import { describe, expect, test } from 'vitest'

import { checkState, inProcess, newState, runScenario, type ScenarioEvent, type State, type StateInput } from '../../src/testing/index.ts'
import { sample } from './sample/charm.ts'

const charm = inProcess(sample)
const uri = 'secret:9m4e2mr0ui3e8a215n4g'
const db = { id: 7, endpoint: 'db', interface: 'postgresql_client' } as const
const idle: ScenarioEvent = { name: 'update-status' }

const problemsOf = (given: StateInput, event: ScenarioEvent = idle): readonly string[] => checkState(newState(given), event, charm)

describe('a state that Juju could never show is refused', () => {
  test.each<readonly [string, StateInput, ScenarioEvent, string]>([
    ['an application name with capitals', { app: 'Sample' }, idle, '"Sample" cannot be an application\'s name'],
    ['a model name with a blank', { model: { name: 'a b' } }, idle, '"a b" cannot be a model\'s name'],
    ['a port that is none', { ports: [{ protocol: 'tcp', port: 70000 }] }, idle, '70000 is no port'],
    ['a status that is none', { unitStatus: { name: 'happy', message: '' } }, idle, '"happy" is no status'],
    ['an unknown endpoint', { relations: [{ ...db, endpoint: 'nope' }] }, idle, 'the charm has no endpoint "nope"'],
    [
      'another interface',
      { relations: [{ ...db, interface: 'mysql' }] },
      idle,
      'endpoint "db" has interface "postgresql_client", not "mysql"',
    ],
    ['one id for two relations', { relations: [db, db] }, idle, 'two relations have the same id'],
    [
      'more relations than the limit',
      { relations: [1, 2].map((id) => ({ id, endpoint: 'config', interface: 'sample-config' })) },
      idle,
      'endpoint "config" has 2 relations, its limit is 1',
    ],
    [
      'a unit that is its own peer',
      { relations: [{ id: 1, endpoint: 'peers', interface: 'sample-peers', kind: 'peer', remoteUnitsData: { 0: {} } }] },
      idle,
      'the unit is its own peer in relation 1',
    ],
    ['an unknown option', { config: { nope: 1 } }, idle, 'the charm has no option "nope"'],
    ['an option of another type', { config: { port: '80' } }, idle, 'option "port" is of type int'],
    ['half a number for an integer', { config: { port: 1.5 } }, idle, 'option "port" is of type int'],
    ['an impossible secret id', { secrets: [{ id: 'secret:xyz', content: {} }] }, idle, '"secret:xyz" cannot be a secret\'s URI'],
    [
      'two secrets with one label',
      {
        secrets: [
          { id: uri, label: 'a', content: {} },
          { id: 'secret:abcd000000000000000g', label: 'a', content: {} },
        ],
      },
      idle,
      'two secrets have the same label',
    ],
    [
      'an older latest revision',
      { secrets: [{ id: uri, content: {}, revision: 3, latestContent: {}, latestRevision: 2 }] },
      idle,
      `the latest revision of "${uri}" is not newer than the tracked one`,
    ],
    ['an unknown container', { containers: [{ name: 'nope' }] }, idle, 'the charm has no container "nope"'],
    ['an unknown event', {}, { name: 'explode' }, '"explode" is no event of Juju'],
    ['an unknown action', {}, { name: 'action', action: { name: 'nope' } }, 'the charm has no action "nope"'],
    ['leader-elected on a follower', { leader: false }, { name: 'leader-elected' }, 'leader-elected comes to the leader only'],
    ['an event of no relation', {}, { name: 'relation-changed', relation: 7 }, 'relation 7 of the event is not in the state'],
    ['a joined event without a unit', { relations: [db] }, { name: 'relation-joined', relation: 7 }, 'relation-joined names a remote unit'],
    [
      'a unit that has not joined',
      { relations: [db] },
      { name: 'relation-changed', relation: 7, unit: 3 },
      'unit 3 of the event has not joined relation 7',
    ],
    [
      'a unit in relation-created',
      { relations: [db] },
      { name: 'relation-created', relation: 7, unit: 0 },
      'relation-created names no remote unit',
    ],
    [
      'a peer relation that breaks',
      { relations: [{ id: 1, endpoint: 'peers', interface: 'sample-peers', kind: 'peer' }] },
      { name: 'relation-broken', relation: 1 },
      'a peer relation never breaks',
    ],
    [
      'an event of a silent container',
      { containers: [{ name: 'app', canConnect: false }] },
      { name: 'pebble-ready', container: 'app' },
      'nobody answers in container "app", so no event can come from it',
    ],
    [
      'a check that is not there',
      { containers: [{ name: 'app' }] },
      { name: 'pebble-check-failed', container: 'app', check: 'up' },
      'check "up" is not in container "app"',
    ],
    [
      'an event of a secret that is not there',
      {},
      { name: 'secret-changed', secret: uri },
      `secret "${uri}" of the event is not in the state`,
    ],
    [
      "a rotation of somebody else's secret",
      { secrets: [{ id: uri, content: {} }] },
      { name: 'secret-rotate', secret: uri },
      'secret-rotate comes to the owner only',
    ],
    ['storage that is not there', {}, { name: 'storage-attached', storage: 'data/0' }, 'storage "data/0" is not in the state'],
  ])('%s', (_, given, event, problem) => {
    expect(problemsOf(given, event)).toEqual([problem])
  })

  test('by an error that says all of it, before the charm runs', async () => {
    const state: State = newState({ config: { nope: 1, port: 'x' } })
    await expect(runScenario(charm, state, idle)).rejects.toThrow(
      'cannot run "update-status": the charm has no option "nope"; option "port" is of type int',
    )
  })
})

test('a state that Juju can show is let through', () => {
  const given: StateInput = {
    app: 'sample',
    relations: [db, { id: 8, endpoint: 'peers', interface: 'sample-peers', kind: 'peer', remoteUnitsData: { 1: {} } }],
    secrets: [{ id: uri, label: 'db.user', content: { username: 'a' }, latestContent: { username: 'b' } }],
    containers: [{ name: 'app', checks: [{ name: 'up', status: 'down', failures: 3, threshold: 3 }] }],
    config: { port: 80, greeting: 'hi' },
  }
  const events: readonly ScenarioEvent[] = [
    idle,
    { name: 'leader-elected' },
    { name: 'relation-changed', relation: 7 },
    { name: 'relation-departed', relation: 7, unit: 0, departingUnit: 0 },
    { name: 'relation-broken', relation: 7 },
    { name: 'pebble-check-failed', container: 'app', check: 'up' },
    { name: 'secret-changed', secret: uri },
    { name: 'action', action: { name: 'greet' } },
  ]
  expect(events.flatMap((event) => problemsOf(given, event))).toEqual([])
})
