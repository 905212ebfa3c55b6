import { describe, expect, test } from 'vitest'
import { commitStep, failStep } from '../../src/model/commit-step.ts'
import { nextStep } from '../../src/model/resolver.ts'
import {
  newRelationMemory,
  newUniter,
  type RelationMemory,
  type RelationView,
  type Snapshot,
  type Step,
  type Uniter,
} from '../../src/model/uniter.ts'

// Cases of charm-compat §1.4: what a unit's agent sees and remembers, and the hook that comes next.

const id = (letter: string): string => `${letter.repeat(19)}0`

const view = (given: Partial<RelationView> & { readonly id: number }): RelationView => ({
  remoteApplication: 'pg',
  peer: false,
  life: 'alive',
  suspended: false,
  inScope: true,
  applicationVersion: 0,
  members: {},
  ...given,
})

const world = (given: Partial<Omit<Snapshot, 'secrets'>> & { readonly secrets?: Partial<Snapshot['secrets']> } = {}): Snapshot => ({
  unit: 'ui/0',
  life: 'alive',
  charmRevision: 0,
  configHash: 'a',
  leader: false,
  leaderSettings: 0,
  relations: [],
  containers: {},
  actions: [],
  storage: {},
  updateStatus: 0,
  ...given,
  secrets: { expired: [], consumed: [], obsolete: [], ...given.secrets },
})

/** An agent whose unit runs and has nothing to do. */
const running = (given: Partial<Uniter> = {}): Uniter =>
  newUniter({ installed: true, started: true, queued: null, configHash: 'a', leaderSettings: 0, ...given })

const knows = (relation: number, given: Partial<RelationMemory> = {}): Pick<Uniter, 'relations'> => ({
  relations: { [relation]: { ...newRelationMemory, created: true, ...given } },
})

const print = (step: Step | null): string => {
  if (step === null) return 'nothing'
  if (step.kind === 'resign') return 'resign'
  if (step.kind !== 'hook') return `${step.kind} ${step.relation}`
  const { kind, relation, remoteUnit, departingUnit, workload, secret, storage, action } = step.hook
  const parts = [kind, relation, remoteUnit, departingUnit && `leaving ${departingUnit}`, workload, storage, action?.name]
  const named = secret && [secret.uri.slice(7, 8), secret.revision]
  return [...parts, ...(named ?? [])].filter((part) => part !== undefined).join(' ')
}

const action = { name: 'check', id: '1', params: {} }
const secretView = (letter: string, revision: number) => ({ id: id(letter), label: '', revision })
const db = (given: Partial<RelationView> = {}): Partial<Snapshot> => ({ relations: [view({ id: 1, ...given })] })

type Case = readonly [when: string, seen: Snapshot, uniter: Uniter, next: string]

const lifecycle: readonly Case[] = [
  ['a new unit', world(), newUniter(), 'install'],
  [
    'a new unit that leads, with relations, configuration and a container',
    world({ leader: true, ...db(), containers: { ui: 'x' } }),
    newUniter(),
    'install',
  ],
  ['a new unit with storage', world({ storage: { 'data/0': 'alive' } }), newUniter(), 'storage-attached data/0'],
  ['storage is attached', world({ storage: { 'data/0': 'alive' } }), newUniter({ storage: ['data/0'] }), 'install'],
  ['a new unit with an action waiting', world({ actions: [action] }), newUniter(), 'install'],
  ['installed, leads', world({ leader: true }), newUniter({ installed: true, queued: null }), 'leader-elected'],
  ['installed, follows', world(), newUniter({ installed: true, queued: null }), 'leader-settings-changed'],
  ['installed, elected', world({ leader: true }), newUniter({ installed: true, queued: null, leader: true }), 'config-changed'],
  ['start is queued', world(), running({ started: false, queued: { kind: 'start' } }), 'start'],
  ['start is queued, a relation waits', world(db()), running({ started: false, queued: { kind: 'start' } }), 'start'],
  [
    'start is queued, the configuration changed',
    world({ configHash: 'b' }),
    running({ started: false, queued: { kind: 'start' } }),
    'start',
  ],
  ['start is queued, leadership comes', world({ leader: true }), running({ started: false, queued: { kind: 'start' } }), 'start'],
  ['start is queued, an action waits', world({ actions: [action] }), running({ started: false, queued: { kind: 'start' } }), 'start'],
  ['all is said', world(), running(), 'nothing'],
  ['the configuration changed', world({ configHash: 'b' }), running(), 'config-changed'],
  ['the timer fired', world({ updateStatus: 1 }), running(), 'update-status'],
  [
    'the timer fired and a relation waits',
    world({ ...db({ applicationVersion: 1 }), updateStatus: 1 }),
    running(knows(1)),
    'relation-changed 1',
  ],
  [
    'the configuration changed and a relation waits',
    world({ ...db({ applicationVersion: 1 }), configHash: 'b' }),
    running(knows(1)),
    'config-changed',
  ],
  ['dead', world({ life: 'dead', configHash: 'b' }), running(), 'nothing'],
]

const upgrade: readonly Case[] = [
  ['a new charm', world({ charmRevision: 1 }), running(), 'upgrade-charm'],
  [
    'a new charm and everything else',
    world({ charmRevision: 1, leader: true, configHash: 'b', ...db({ inScope: false }), containers: { ui: 'x' } }),
    running(),
    'upgrade-charm',
  ],
  ['a new charm before install', world({ charmRevision: 1 }), newUniter(), 'install'],
  ['a new charm while start is queued', world({ charmRevision: 1 }), running({ started: false, queued: { kind: 'start' } }), 'start'],
  ['a new charm for a dying unit', world({ charmRevision: 1, life: 'dying' }), running(), 'stop'],
  ['upgraded', world(), running({ queued: { kind: 'config-changed' } }), 'config-changed'],
  ['the pod was lost', world({ containers: { ui: 'y' } }), running({ charmRevision: -1, started: false }), 'upgrade-charm'],
]

const leadership: readonly Case[] = [
  ['elected', world({ leader: true }), running(), 'leader-elected'],
  ['lost', world(), running({ leader: true }), 'resign'],
  ['lost while a hook failed', world(), running({ leader: true, failed: { kind: 'update-status' } }), 'resign'],
  ['elected while a hook failed', world({ leader: true }), running({ failed: { kind: 'update-status' } }), 'nothing'],
  ['elected while dying', world({ leader: true, life: 'dying' }), running(), 'stop'],
  ['leader settings changed, follows', world({ leaderSettings: 2 }), running(), 'leader-settings-changed'],
  ['leader settings changed, leads', world({ leader: true, leaderSettings: 2 }), running({ leader: true }), 'nothing'],
  ['relations come before leadership', world({ leader: true, ...db() }), running(), 'relation-created 1'],
]

const pebble: readonly Case[] = [
  ['a container is up', world({ containers: { ui: 'x' } }), running(), 'pebble-ready ui'],
  ['two containers are up: by name', world({ containers: { ui: 'x', db: 'y' } }), running(), 'pebble-ready db'],
  ['known boot', world({ containers: { ui: 'x' } }), running({ bootIds: { ui: 'x' } }), 'nothing'],
  ['another boot', world({ containers: { ui: 'z' } }), running({ bootIds: { ui: 'x' } }), 'pebble-ready ui'],
  ['nobody answers', world({ containers: { ui: null } }), running(), 'nothing'],
  ['before install', world({ containers: { ui: 'x' } }), newUniter(), 'install'],
  ['while start is queued', world({ containers: { ui: 'x' } }), running({ started: false, queued: { kind: 'start' } }), 'pebble-ready ui'],
  ['while a hook failed', world({ containers: { ui: 'x' } }), running({ failed: { kind: 'start' } }), 'nothing'],
  ['after leadership', world({ leader: true, containers: { ui: 'x' } }), running(), 'leader-elected'],
  ['before configuration', world({ configHash: 'b', containers: { ui: 'x' } }), running(), 'pebble-ready ui'],
]

const consumed = (...views: readonly ReturnType<typeof secretView>[]) => ({ secrets: { consumed: views } })
const secrets: readonly Case[] = [
  ['a newer revision', world(consumed(secretView('a', 2))), running({ secretRevisions: { [id('a')]: 1 } }), 'secret-changed a'],
  ['the same revision', world(consumed(secretView('a', 2))), running({ secretRevisions: { [id('a')]: 2 } }), 'nothing'],
  ['two: by URI', world(consumed(secretView('b', 2), secretView('a', 2))), running(), 'secret-changed a'],
  [
    'expired comes first',
    world({ secrets: { ...consumed(secretView('a', 2)).secrets, expired: [secretView('c', 1)] } }),
    running(),
    'secret-expired c 1',
  ],
  ['expired was told', world({ secrets: { expired: [secretView('c', 1)] } }), running({ expired: [`${id('c')}/1`] }), 'nothing'],
  [
    'changed comes before remove',
    world({ secrets: { ...consumed(secretView('b', 2)).secrets, obsolete: [secretView('a', 1)] } }),
    running(),
    'secret-changed b',
  ],
  [
    'obsolete revisions ascend',
    world({ secrets: { obsolete: [secretView('a', 10), secretView('a', 9)] } }),
    running(),
    'secret-remove a 9',
  ],
  ['obsolete was told', world({ secrets: { obsolete: [secretView('a', 9)] } }), running({ obsolete: [`${id('a')}/9`] }), 'nothing'],
  ['secrets before actions', world({ ...consumed(secretView('a', 2)), actions: [action] }), running(), 'secret-changed a'],
  ['no secrets while dying', world({ ...consumed(secretView('a', 2)), life: 'dying' }), running(), 'stop'],
  [
    'no secrets while start is queued',
    world(consumed(secretView('a', 2))),
    running({ started: false, queued: { kind: 'start' } }),
    'start',
  ],
]

const actionsAndStorage: readonly Case[] = [
  ['an action', world({ actions: [action] }), running(), 'action check'],
  ['an action while a hook failed', world({ actions: [action] }), running({ failed: { kind: 'start' }, retry: true }), 'action check'],
  ['an action before configuration', world({ actions: [action], configHash: 'b' }), running(), 'action check'],
  ['storage goes', world({ storage: { 'data/0': 'dying' } }), running({ storage: ['data/0'] }), 'storage-detaching data/0'],
  [
    'the unit goes with its storage',
    world({ storage: { 'data/0': 'alive' }, life: 'dying' }),
    running({ storage: ['data/0'] }),
    'storage-detaching data/0',
  ],
]

const two = { relations: [view({ id: 10 }), view({ id: 9 })] }
const relations: readonly Case[] = [
  [
    'unknown relations: scopes first',
    world({ relations: [view({ id: 10, inScope: false }), view({ id: 9, inScope: false })] }),
    running(),
    'enter-scope 9',
  ],
  ['entered: created, by number and not by text', world(two), running(), 'relation-created 9'],
  ['one is created', world(two), running(knows(9)), 'relation-created 10'],
  ['before install', world(db({ inScope: false })), newUniter(), 'install'],
  ['suspended', world(db({ inScope: false, suspended: true })), running(), 'nothing'],
  ['ended before it was known', world(db({ life: 'dying' })), running(), 'leave-scope 1'],
  ['unknown while dying', world({ ...db({ inScope: false }), life: 'dying' }), running(), 'stop'],
  ['application data before units', world(db({ applicationVersion: 1, members: { 'pg/0': 1 } })), running(knows(1)), 'relation-changed 1'],
  ['version 0 is no data', world(db()), running(knows(1)), 'nothing'],
  ['a unit joins', world(db({ members: { 'pg/0': 1 } })), running(knows(1)), 'relation-joined 1 pg/0'],
  [
    'units join in the order of their names',
    world(db({ members: { 'pg/2': 1, 'pg/10': 1 } })),
    running(knows(1)),
    'relation-joined 1 pg/10',
  ],
  [
    'changed follows joined at once',
    world(db({ applicationVersion: 2, members: { 'pg/0': 1, 'pg/1': 1 } })),
    running(knows(1, { members: { 'pg/0': 1 }, changedPending: 'pg/0' })),
    'relation-changed 1 pg/0',
  ],
  [
    'changed follows joined even when the unit is gone',
    world(db()),
    running(knows(1, { members: { 'pg/0': 1 }, changedPending: 'pg/0' })),
    'relation-changed 1 pg/0',
  ],
  ['unit data changed', world(db({ members: { 'pg/0': 3 } })), running(knows(1, { members: { 'pg/0': 1 } })), 'relation-changed 1 pg/0'],
  [
    'joined comes before changed',
    world(db({ members: { 'pg/0': 3, 'pg/1': 1 } })),
    running(knows(1, { members: { 'pg/0': 1 } })),
    'relation-joined 1 pg/1',
  ],
  [
    'a unit departs',
    world(db({ applicationVersion: 4 })),
    running(knows(1, { members: { 'pg/0': 1 } })),
    'relation-departed 1 pg/0 leaving pg/0',
  ],
  [
    'the relation ends: units depart first',
    world(db({ life: 'dying', members: { 'pg/0': 1 } })),
    running(knows(1, { members: { 'pg/0': 1 } })),
    'relation-departed 1 pg/0 leaving pg/0',
  ],
  ['the relation ends: broken', world(db({ life: 'dying', members: { 'pg/0': 1 } })), running(knows(1)), 'relation-broken 1'],
  ['the relation is suspended: broken', world(db({ suspended: true })), running(knows(1)), 'relation-broken 1'],
  [
    'the unit ends: it departs',
    world({ ...db({ members: { 'pg/0': 1 } }), life: 'dying' }),
    running(knows(1, { members: { 'pg/0': 1 } })),
    'relation-departed 1 pg/0 leaving ui/0',
  ],
  [
    'the unit ends: broken before stop',
    world({ ...db({ members: { 'pg/0': 1 } }), life: 'dying' }),
    running(knows(1)),
    'relation-broken 1',
  ],
  ['the unit ends: stop', world({ life: 'dying' }), running(), 'stop'],
  ['the unit ends: remove', world({ life: 'dying' }), running({ started: false }), 'remove'],
  ['the unit ends: no more', world({ life: 'dying' }), running({ started: false, removed: true }), 'nothing'],
  ['peers never break', world({ ...db({ peer: true, members: { 'ui/1': 1 } }), life: 'dying' }), running(knows(1)), 'stop'],
  [
    'peers come last',
    world({ relations: [view({ id: 1, peer: true, members: { 'ui/1': 1 } }), view({ id: 2, members: { 'pg/0': 1 } })] }),
    running({ relations: { ...knows(1).relations, ...knows(2).relations } }),
    'relation-joined 2 pg/0',
  ],
]

const failures: readonly Case[] = [
  ['a hook failed', world({ configHash: 'b' }), running({ failed: { kind: 'config-changed' } }), 'nothing'],
  ['its time has come', world({ configHash: 'b' }), running({ failed: { kind: 'update-status' }, retry: true }), 'update-status'],
  ['a failed hook holds up a new charm', world({ charmRevision: 1 }), running({ failed: { kind: 'start' } }), 'nothing'],
  ['a failed hook holds up the end', world({ life: 'dying' }), running({ failed: { kind: 'start' } }), 'nothing'],
]

const groups = { lifecycle, upgrade, leadership, pebble, secrets, 'actions and storage': actionsAndStorage, relations, failures }

for (const [name, cases] of Object.entries(groups)) {
  describe(name, () => {
    test.each(cases)('%s', (_, seen, uniter, next) => {
      expect(print(nextStep(seen, uniter))).toBe(next)
    })
  })
}

test('the table has the sixty cases that the design asks for, each with a name of its own', () => {
  const names = Object.entries(groups).flatMap(([group, cases]) => cases.map(([when]) => `${group}: ${when}`))
  expect(names.length).toBeGreaterThanOrEqual(60)
  expect(new Set(names).size).toBe(names.length)
})

/** All hooks of a unit in a world that stays as it is. */
const runAll = (seen: Snapshot, uniter: Uniter): readonly string[] => {
  const steps: string[] = []
  for (let memory = uniter, step = nextStep(seen, memory); step && steps.length < 50; step = nextStep(seen, memory)) {
    steps.push(print(step))
    memory = commitStep(step, seen, memory)
  }
  return steps
}

describe('hooks follow one another', () => {
  test('of a first unit with a database', () => {
    const seen = world({ leader: true, containers: { ui: 'x' }, ...db({ applicationVersion: 1, members: { 'pg/0': 1 } }) })
    expect(runAll(seen, newUniter())).toEqual([
      'install',
      'relation-created 1',
      'leader-elected',
      'pebble-ready ui',
      'config-changed',
      'start',
      'relation-changed 1',
      'relation-joined 1 pg/0',
      'relation-changed 1 pg/0',
    ])
  })

  test('of a lost pod', () => {
    const seen = world({ leader: true, containers: { ui: 'y' }, ...db() })
    const lost = running({ leader: true, charmRevision: -1, started: false, bootIds: { ui: 'x' }, ...knows(1) })
    expect(runAll(seen, lost)).toEqual(['upgrade-charm', 'pebble-ready ui', 'config-changed', 'start'])
  })

  test('of a unit that goes', () => {
    const seen = world({ life: 'dying', leader: true, ...db({ members: { 'pg/0': 1, 'pg/1': 1 } }) })
    const memory = running({ leader: true, ...knows(1, { members: { 'pg/0': 1, 'pg/1': 1 } }) })
    expect(runAll(seen, memory)).toEqual([
      'relation-departed 1 pg/0 leaving ui/0',
      'relation-departed 1 pg/1 leaving ui/0',
      'relation-broken 1',
      'stop',
      'remove',
    ])
  })

  test('a hook that failed runs again and goes on where it was', () => {
    const seen = world({ leader: true })
    const step = nextStep(seen, newUniter())
    if (step === null) throw new Error('no step')
    const failed = failStep(step, newUniter())
    expect(runAll(seen, failed)).toEqual([])
    expect(runAll(seen, { ...failed, retry: true })).toEqual(['install', 'leader-elected', 'config-changed', 'start'])
  })
})
