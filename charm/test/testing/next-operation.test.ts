import { describe, expect, test } from 'vitest'

import { type AgentHook, newAgentState, nextOperation } from '../../src/testing/index.ts'
import { type Case, everything, failed, known, plain, queued, quiet, relation, run, self, settled, unitHook } from './sample/agent.ts'

const notice: AgentHook = { kind: 'pebble-custom-notice', workload: 'feast', notice: { id: '1', type: 'custom', key: 'a.b/c' } }

const lifecycle: readonly Case[] = [
  ['an agent at rest waits', {}, {}, null],
  ['install is first', { ...newAgentState(1), config: null }, { ...everything, leader: true, pebbles: { feast: 'b1' } }, plain('install')],
  ['after install comes config-changed', { started: false, config: null }, {}, plain('config-changed')],
  ['start is queued by the first config-changed', { started: false, ...queued('start') }, everything, plain('start')],
  ['a new charm comes before configuration, relations, timers', { relations: { 3: known() } }, everything, { kind: 'fetch-charm' }],
  ['upgrade-charm is queued by a new charm', { charm: 2, ...queued('upgrade-charm') }, everything, plain('upgrade-charm')],
  ['upgrade-charm queues config-changed, changed or not', queued('config-changed'), {}, plain('config-changed')],
  ['configuration comes before relations', { relations: { 3: known() } }, { ...everything, charm: 1 }, plain('config-changed')],
  [
    'relations come before update-status',
    { relations: { 3: known() } },
    { ...everything, charm: 1, config: 'c1' },
    run(unitHook('relation-joined', 3, 'pg/0', 0)),
  ],
  ['update-status is last', {}, { updateStatus: 1 }, plain('update-status')],
  ['a timer that fired once is answered once', { updateStatus: 1 }, { updateStatus: 1 }, null],
  ['a dead unit goes', {}, { life: 'dead' }, { kind: 'terminate' }],
  ['a unit that ran remove goes', { removed: true }, {}, { kind: 'terminate' }],
  ['a queued hook waits for nothing', queued('config-changed'), { updateStatus: 1, relations: [relation(3)] }, plain('config-changed')],
]

const teardown: readonly Case[] = [
  ['a dying unit stops', {}, { life: 'dying' }, plain('stop')],
  ['and is removed', { stopped: true }, { life: 'dying' }, plain('remove')],
  ['one that never started is only removed', { started: false }, { life: 'dying' }, plain('remove')],
  ['one that was never installed just goes', newAgentState(1), { life: 'dying' }, { kind: 'terminate' }],
  ['a dying unit looks at no configuration', {}, { life: 'dying', config: 'c2', charm: 2, updateStatus: 1 }, plain('stop')],
  [
    'it leaves its relations first',
    { relations: { 3: known() } },
    { life: 'dying', relations: [relation(3)] },
    run({ kind: 'relation-broken', relation: 3, remoteApplication: 'pg' }),
  ],
  [
    'it departs from each unit, being the one that leaves',
    { relations: { 3: known({ members: { 'pg/0': 4 } }) } },
    { life: 'dying', relations: [relation(3, { members: { 'pg/0': 4 } })] },
    run({ ...unitHook('relation-departed', 3, 'pg/0', 4), departingUnit: self }),
  ],
  ['it enters no new relation', {}, { life: 'dying', relations: [relation(3)] }, plain('stop')],
  ['it is elected no more', {}, { life: 'dying', leader: true }, plain('stop')],
  ['it resigns', { leader: true }, { life: 'dying', leader: true }, { kind: 'resign-leadership' }],
  [
    'a peer relation departs and never breaks',
    { relations: { 1: known() } },
    { life: 'dying', relations: [relation(1, { peer: true, remoteApplication: 'feast' })] },
    plain('stop'),
  ],
  ['a failed hook keeps a dying unit', failed({ kind: 'start' }), { life: 'dying' }, null],
  ['secrets move a dying unit no more', {}, { life: 'dying', consumedSecrets: [{ id: 'a', latest: 2, label: '' }] }, plain('stop')],
]

const pods: readonly Case[] = [
  ['an ending pod stops the charm', {}, { shutdown: true }, plain('stop')],
  ['and then ends', { stopped: true }, { shutdown: true }, { kind: 'shut-down' }],
  ['an ending pod runs no queued hook', queued('config-changed'), { shutdown: true }, plain('stop')],
  ['an ending pod retries no failed hook', failed({ kind: 'config-changed' }), { shutdown: true, retry: true }, plain('stop')],
  ['before start it just ends', { started: false, ...queued('start') }, { shutdown: true }, { kind: 'shut-down' }],
  ['a new pod unpacks the charm', { charmPresent: false, restarted: true }, { pebbles: { feast: 'b2' } }, { kind: 'fetch-charm' }],
  [
    'upgrade-charm comes before start and pebble-ready',
    { restarted: true, ...queued('upgrade-charm') },
    { pebbles: { feast: 'b2' } },
    plain('upgrade-charm'),
  ],
  ['config-changed too', { restarted: true, ...queued('config-changed') }, { pebbles: { feast: 'b2' } }, plain('config-changed')],
  ['start comes before pebble-ready', { restarted: true }, { pebbles: { feast: 'b2' } }, plain('start')],
  ['start comes again after a stop', { restarted: true, stopped: true }, {}, plain('start')],
]

const containers: readonly Case[] = [
  [
    'pebble-ready comes with a new boot id',
    { pebbles: { feast: 'b1' } },
    { pebbles: { feast: 'b2' } },
    run({ kind: 'pebble-ready', workload: 'feast' }),
  ],
  ['and once', { pebbles: { feast: 'b1' } }, { pebbles: { feast: 'b1' } }, null],
  ['containers come by name', {}, { pebbles: { z: 'b', a: 'b' } }, run({ kind: 'pebble-ready', workload: 'a' })],
  [
    'it may come before config-changed and start',
    { started: false, config: null },
    { pebbles: { feast: 'b1' } },
    run({ kind: 'pebble-ready', workload: 'feast' }),
  ],
  ['it waits for a queued hook', queued('start'), { pebbles: { feast: 'b1' } }, plain('start')],
  ['it waits for a failed hook', failed({ kind: 'start' }), { pebbles: { feast: 'b1' } }, null],
  [
    'a failed pebble-ready is passed over until the next poll',
    failed({ kind: 'pebble-ready', workload: 'feast' }),
    { updateStatus: 1 },
    { kind: 'skip-hook', hook: { kind: 'pebble-ready', workload: 'feast' } },
  ],
  [
    'with which it comes again',
    failed({ kind: 'pebble-ready', workload: 'feast' }),
    { pebbles: { feast: 'b1' } },
    run({ kind: 'pebble-ready', workload: 'feast' }),
  ],
  [
    'notices come after pebble-ready',
    {},
    { pebbles: { feast: 'b1' }, workloadEvents: [notice] },
    run({ kind: 'pebble-ready', workload: 'feast' }),
  ],
  ['and before configuration', {}, { config: 'c2', workloadEvents: [notice] }, run(notice)],
]

const leadership: readonly Case[] = [
  ['a leader is accepted first', {}, { leader: true, config: 'c2' }, { kind: 'accept-leadership' }],
  ['then elected', { leader: true, ...queued('leader-elected') }, { leader: true, config: 'c2' }, plain('leader-elected')],
  ['before configuration and start', { started: false, config: null }, { leader: true }, { kind: 'accept-leadership' }],
  ['not before install', { ...newAgentState(1) }, { leader: true }, plain('install')],
  ['not while a hook is queued', queued('start'), { leader: true }, plain('start')],
  ['not while a hook has failed', failed({ kind: 'start' }), { leader: true }, null],
  ['leadership is lost without a hook', { leader: true }, {}, { kind: 'resign-leadership' }],
  ['even while a hook has failed', { leader: true, ...failed({ kind: 'start' }) }, {}, { kind: 'resign-leadership' }],
  ['a follower hears of settings once', { leaderSettings: 0 }, { config: 'c2' }, plain('leader-settings-changed')],
  ['a leader does not', { leader: true, leaderSettings: 0 }, { leader: true }, null],
  ['a stopped unit does not', { stopped: true, leaderSettings: 0 }, {}, null],
]

const failures: readonly Case[] = [
  ['a failed hook waits', failed({ kind: 'config-changed' }), { ...everything }, null],
  ['until it is tried again', failed({ kind: 'config-changed' }), { ...everything, retry: true }, plain('config-changed')],
  ['a failed install is tried again', { ...newAgentState(1), ...failed({ kind: 'install' }) }, { retry: true }, plain('install')],
  [
    'as the hook that it was',
    failed(unitHook('relation-joined', 3, 'pg/0', 7)),
    { retry: true, relations: [] },
    run(unitHook('relation-joined', 3, 'pg/0', 7)),
  ],
]

const tables = { lifecycle, teardown, pods, containers, leadership, failures }

describe.each(Object.entries(tables))('%s', (_, cases) => {
  test.each(cases)('%s', (_, state, view, next) => {
    expect(nextOperation({ ...settled, ...state }, { ...quiet, ...view }, self)).toEqual(next)
  })
})
