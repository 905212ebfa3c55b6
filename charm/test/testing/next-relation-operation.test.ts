import { describe, expect, test } from 'vitest'

import { type AgentHook, newAgentState, nextOperation } from '../../src/testing/index.ts'
import {
  type Case,
  created,
  everything,
  failed,
  known,
  plain,
  queued,
  quiet,
  relation,
  run,
  secretHook,
  self,
  settled,
  unitHook,
} from './sample/agent.ts'

const action: AgentHook = { kind: 'action', action: { name: 'check', id: '1', params: {} } }

const uninstalled = { installed: false, started: false, config: null, ...queued('install') }

const relations: readonly Case[] = [
  [
    'the unit enters all new relations at once',
    {},
    { leader: true, relations: [relation(3), relation(5)] },
    { kind: 'enter-scopes', relations: [3, 5] },
  ],
  ['not before install', uninstalled, { relations: [relation(3)] }, plain('install')],
  ['nor one that is dying or suspended', {}, { relations: [relation(3, { life: 'dying' }), relation(5, { suspended: true })] }, null],
  [
    'created comes before leadership',
    { relations: { 3: known({ created: false }) } },
    { leader: true, relations: [relation(3)] },
    created(3),
  ],
  [
    'created of each, before anything else of any',
    { relations: { 3: known(), 5: known({ created: false }) } },
    { relations: [relation(3, { members: { 'pg/0': 1 } }), relation(5)] },
    created(5),
  ],
  [
    'joined comes for a unit that is new',
    { relations: { 3: known() } },
    { relations: [relation(3, { members: { 'pg/0': 7 } })] },
    run(unitHook('relation-joined', 3, 'pg/0', 7)),
  ],
  [
    'changed follows joined',
    { relations: { 3: known({ members: { 'pg/0': 7 }, changedPending: 'pg/0' }) } },
    { relations: [relation(3, { members: { 'pg/0': 7, 'pg/1': 0 } })] },
    run(unitHook('relation-changed', 3, 'pg/0', 7)),
  ],
  [
    'even when the relation is dying',
    { relations: { 3: known({ members: { 'pg/0': 7 }, changedPending: 'pg/0' }) } },
    { relations: [relation(3, { life: 'dying' })] },
    run(unitHook('relation-changed', 3, 'pg/0', 0)),
  ],
  [
    'units come by name, as text',
    { relations: { 3: known() } },
    { relations: [relation(3, { members: { 'pg/2': 0, 'pg/10': 0 } })] },
    run(unitHook('relation-joined', 3, 'pg/10', 0)),
  ],
  [
    'changed comes for a databag that changed',
    { relations: { 3: known({ members: { 'pg/0': 7 } }) } },
    { relations: [relation(3, { members: { 'pg/0': 9 } })] },
    run(unitHook('relation-changed', 3, 'pg/0', 9)),
  ],
  [
    'and not for one that did not',
    { relations: { 3: known({ members: { 'pg/0': 7 } }) } },
    { relations: [relation(3, { members: { 'pg/0': 7 } })] },
    null,
  ],
  [
    'application data comes before joined',
    { relations: { 3: known() } },
    { relations: [relation(3, { members: { 'pg/0': 0 }, applications: { pg: 2 } })] },
    run({ kind: 'relation-changed', relation: 3, remoteApplication: 'pg', version: 2 }),
  ],
  [
    'application data that was never written brings nothing',
    { relations: { 3: known({ applications: {} }) } },
    { relations: [relation(3)] },
    null,
  ],
  [
    'departed comes before application data',
    { relations: { 3: known({ members: { 'pg/0': 7 } }) } },
    { relations: [relation(3, { applications: { pg: 2 } })] },
    run({ ...unitHook('relation-departed', 3, 'pg/0', 7), departingUnit: 'pg/0' }),
  ],
  [
    'the other side leaves a dying relation',
    { relations: { 3: known({ members: { 'pg/0': 7 } }) } },
    { relations: [relation(3, { life: 'dying', members: { 'pg/0': 7 } })] },
    run({ ...unitHook('relation-departed', 3, 'pg/0', 7), departingUnit: 'pg/0' }),
  ],
  [
    'when our application goes, we leave',
    { relations: { 3: known({ members: { 'pg/0': 7 } }) } },
    { applicationLife: 'dying', relations: [relation(3, { life: 'dying' })] },
    run({ ...unitHook('relation-departed', 3, 'pg/0', 7), departingUnit: self }),
  ],
  [
    'broken comes when all have departed',
    { relations: { 3: known() } },
    { relations: [relation(3, { life: 'dying', members: { 'pg/0': 1 } })] },
    run({ kind: 'relation-broken', relation: 3, remoteApplication: 'pg' }),
  ],
  [
    'a suspended relation breaks too',
    { relations: { 3: known() } },
    { relations: [relation(3, { suspended: true })] },
    run({ kind: 'relation-broken', relation: 3, remoteApplication: 'pg' }),
  ],
  ['broken comes once', {}, { relations: [relation(3, { life: 'dying' })] }, null],
  [
    'a relation that goes before it was created only breaks',
    { relations: { 3: known({ created: false }) } },
    { relations: [relation(3, { life: 'dying' })] },
    run({ kind: 'relation-broken', relation: 3, remoteApplication: 'pg' }),
  ],
  [
    'the first relation with something to say wins',
    { relations: { 3: known(), 5: known() } },
    { relations: [relation(5, { applications: { pg: 1 } }), relation(3, { applications: { pg: 1 } })] },
    run({ kind: 'relation-changed', relation: 5, remoteApplication: 'pg', version: 1 }),
  ],
  [
    'peers join each other',
    { relations: { 1: known({ applications: { feast: 0 } }) } },
    { relations: [relation(1, { peer: true, remoteApplication: 'feast', applications: { feast: 0 }, members: { 'feast/0': 1 } })] },
    run(unitHook('relation-joined', 1, 'feast/0', 1)),
  ],
  [
    'relations wait for a failed hook',
    { relations: { 3: known() }, ...failed({ kind: 'config-changed' }) },
    { relations: [relation(3, { applications: { pg: 1 } })] },
    null,
  ],
]

const secrets: readonly Case[] = [
  [
    'secret-changed comes with a revision that was not told',
    {},
    { consumedSecrets: [{ id: 'a', latest: 2, label: 'db' }] },
    secretHook('secret-changed', 'a', { label: 'db', revision: 2 }),
  ],
  ['and once', { consumedSecrets: { a: 2 } }, { consumedSecrets: [{ id: 'a', latest: 2, label: 'db' }] }, null],
  [
    'secrets come before configuration and relations',
    {},
    { ...everything, relations: [], consumedSecrets: [{ id: 'a', latest: 2, label: '' }] },
    secretHook('secret-changed', 'a', { label: '', revision: 2 }),
  ],
  [
    'expired comes first',
    {},
    { expiredSecrets: [{ id: 'a', revision: 1 }], secretRotations: ['b'], consumedSecrets: [{ id: 'c', latest: 2, label: '' }] },
    secretHook('secret-expired', 'a', { revision: 1 }),
  ],
  ['then rotate', {}, { secretRotations: ['b'], consumedSecrets: [{ id: 'c', latest: 2, label: '' }] }, secretHook('secret-rotate', 'b')],
  [
    'then changed, by id',
    {},
    {
      consumedSecrets: [
        { id: 'd', latest: 2, label: '' },
        { id: 'c', latest: 3, label: '' },
      ],
      deletedSecrets: ['e'],
    },
    secretHook('secret-changed', 'c', { label: '', revision: 3 }),
  ],
  [
    'a secret that is gone is forgotten',
    { consumedSecrets: { e: 1 } },
    { deletedSecrets: ['e'], obsoleteSecrets: [{ id: 'f', revision: 1 }] },
    { kind: 'forget-secrets', ids: ['e'] },
  ],
  [
    'secret-remove comes for each obsolete revision, oldest first',
    {},
    {
      obsoleteSecrets: [
        { id: 'f', revision: 2 },
        { id: 'f', revision: 1 },
      ],
    },
    secretHook('secret-remove', 'f', { revision: 1 }),
  ],
  [
    'and once for each',
    { obsoleteSecrets: { f: [1] } },
    {
      obsoleteSecrets: [
        { id: 'f', revision: 1 },
        { id: 'f', revision: 2 },
      ],
    },
    secretHook('secret-remove', 'f', { revision: 2 }),
  ],
  [
    'secrets wait for install',
    { started: false, installed: false },
    { consumedSecrets: [{ id: 'a', latest: 2, label: '' }] },
    plain('install'),
  ],
  ['and for a queued hook', queued('start'), { consumedSecrets: [{ id: 'a', latest: 2, label: '' }] }, plain('start')],
]

const actionsAndStorage: readonly Case[] = [
  ['an action comes before configuration', {}, { config: 'c2', actions: [action] }, { kind: 'run-action', hook: action }],
  ['after secrets', {}, { actions: [action], secretRotations: ['a'] }, secretHook('secret-rotate', 'a')],
  ['even while a hook has failed', failed({ kind: 'start' }), { actions: [action] }, { kind: 'run-action', hook: action }],
  ['not while one is queued', queued('start'), { actions: [action] }, plain('start')],
  [
    'storage is attached when it is there',
    {},
    { storage: [{ id: 'data/0', life: 'alive', attached: true }] },
    run({ kind: 'storage-attached', storage: 'data/0' }),
  ],
  ['not earlier', {}, { storage: [{ id: 'data/0', life: 'alive', attached: false }] }, null],
  ['and once', { storage: ['data/0'] }, { storage: [{ id: 'data/0', life: 'alive', attached: true }] }, null],
  [
    'it is detached when it goes',
    { storage: ['data/0'] },
    { storage: [{ id: 'data/0', life: 'dying', attached: true }] },
    run({ kind: 'storage-detaching', storage: 'data/0' }),
  ],
  [
    'and with the unit, before stop',
    { storage: ['data/0'] },
    { life: 'dying', storage: [{ id: 'data/0', life: 'alive', attached: true }] },
    run({ kind: 'storage-detaching', storage: 'data/0' }),
  ],
  [
    'on machines install waits for storage',
    newAgentState(1),
    { modelType: 'iaas', storage: [{ id: 'data/0', life: 'alive', attached: false }] },
    null,
  ],
  [
    'which is attached before it',
    newAgentState(1),
    { modelType: 'iaas', storage: [{ id: 'data/0', life: 'alive', attached: true }] },
    run({ kind: 'storage-attached', storage: 'data/0' }),
  ],
  ['on Kubernetes install comes first', newAgentState(1), { storage: [{ id: 'data/0', life: 'alive', attached: true }] }, plain('install')],
]

const tables = { relations, secrets, 'actions and storage': actionsAndStorage }

describe.each(Object.entries(tables))('%s', (_, cases) => {
  test.each(cases)('%s', (_, state, view, next) => {
    expect(nextOperation({ ...settled, ...state }, { ...quiet, ...view }, self)).toEqual(next)
  })
})
