import { describe, expect, test } from 'vitest'

import type { Desired } from '../src/desired.ts'
import { active, blocked, type Charm, type CharmMetadata, charmError, defineCharm, type Hook, maintenance, waiting } from '../src/index.ts'
import { baseModel, refusing, runCharm } from './juju.ts'

const metadata = {
  name: 'feast-ui',
  requires: { db: { interface: 'postgresql_client' } },
  peers: { peers: { interface: 'peers' } },
  config: { label: { type: 'string', default: 'z' }, missing: { type: 'int' }, late: { type: 'boolean', default: true } },
} as const satisfies CharmMetadata

/** A charm that wants the same whatever it sees. */
const wanting = (desired: Desired<typeof metadata>): Charm<typeof metadata, null> =>
  defineCharm({ metadata, observe: async () => null, reconcile: () => desired })

/** A charm that tells what it saw in its status. */
const telling = (observe: (hook: Hook<typeof metadata>) => Promise<unknown>): Charm<typeof metadata, unknown> =>
  defineCharm({ metadata, observe, reconcile: (seen) => ({ unitStatus: [active(JSON.stringify(seen))] }) })

const seen = async (
  observe: (hook: Hook<typeof metadata>) => Promise<unknown>,
  options: Parameters<typeof runCharm>[1] = {},
): Promise<unknown> => {
  const { context, exit } = await runCharm(telling(observe), options)
  expect(exit).toBe(0)
  return JSON.parse(context.unit.status.message)
}

const db = { endpoint: 'db', id: 1, name: 'db:1' } as const

describe('observing', () => {
  test('gives the parts of a relation that were asked for, without Juju’s own keys', async () => {
    const parts = ['app', 'remoteApp', 'remoteUnits', 'localApp', 'localUnit'] as const
    expect(await seen((hook) => hook.relations('db', parts))).toEqual([
      {
        ...db,
        app: 'pg',
        remoteApp: { endpoints: 'pg-primary:5432' },
        remoteUnits: { 'pg/0': { state: 'ready' } },
        localApp: { database: 'feast' },
        localUnit: { mine: '1' },
      },
    ])
  })

  test('asks for nothing that was not wanted, and once however often it is', async () => {
    const { lines } = await runCharm(
      telling(async (hook) => {
        await hook.relations('db', ['remoteApp'])
        await hook.relations('db', ['remoteApp', 'app'])
        return [await hook.isLeader(), await hook.isLeader(), await hook.config(), await hook.config()]
      }),
    )
    expect(lines().filter((line) => !line.startsWith('status') && !line.startsWith('juju-log'))).toEqual([
      'relation-ids db --format=json',
      'relation-list --format=json --app -r db:1',
      'relation-get --format=json -r db:1 --app - pg',
      'is-leader --format=json',
      'config-get --format=json',
    ])
  })

  test('does not ask for what a unit that does not lead may not read', async () => {
    const observe = async (hook: Hook<typeof metadata>): Promise<unknown> => [
      await hook.relations('db', ['localApp']),
      await hook.relations('peers', ['localApp']),
    ]
    expect(await seen(observe, { unit: 'feast-ui/1' })).toEqual([
      [{ ...db, localApp: null }],
      [{ endpoint: 'peers', id: 3, name: 'peers:3', localApp: { cluster: 'a' } }],
    ])
  })

  test('does not show the relation that breaks', async () => {
    expect(await seen((hook) => hook.relations('db'), { hook: { kind: 'relation-broken', relation: 1, remoteApplication: 'pg' } })).toEqual(
      [],
    )
    expect(
      await seen((hook) => hook.relations('db'), {
        hook: { kind: 'relation-departed', relation: 1, remoteUnit: 'pg/0', departingUnit: 'pg/0' },
      }),
    ).toEqual([db])
  })

  test('reads a relation that died meanwhile as empty', async () => {
    const interfere = ({ tool }: { readonly tool: string }) =>
      tool === 'relation-get' ? refusing('invalid value "db:1" for option -r: relation not found', 2) : null
    expect(await seen((hook) => hook.relations('db', ['remoteApp', 'localUnit']), { interfere })).toEqual([
      { ...db, remoteApp: {}, localUnit: {} },
    ])
  })

  test('knows every declared option, with its default where Juju has no value yet', async () => {
    expect(await seen((hook) => hook.config())).toEqual({ label: 'a', late: true })
  })

  test('gives null for a secret that was not granted, when that is asked', async () => {
    expect(await seen((hook) => hook.findSecret({ id: 'secret:000000000000000000g0' }))).toBeNull()
  })
})

describe('writing', () => {
  const relation = db
  const desired: Desired<typeof metadata> = {
    ports: ['8888/tcp', '53/udp'],
    relations: [{ relation, app: { database: 'feast', extra: 'x', gone: null }, unit: { mine: null, b: '2', a: '1' } }],
    version: '1.0',
    unitStatus: [active(), waiting('w')],
    applicationStatus: [maintenance('m')],
  }

  test('comes in one order: ports, relation data, version, statuses; one call for each', async () => {
    const { writes, calls, exit, log } = await runCharm(wanting(desired), { hook: { kind: 'config-changed' } })
    expect(exit).toBe(0)
    expect(writes()).toEqual([
      'open-port 53/udp',
      'open-port 8888/tcp',
      'relation-set -r db:1 --app --file -',
      'relation-set -r db:1 --file -',
      'application-version-set -- 1.0',
      'status-set --application=False waiting -- w',
      'status-set --application=True maintenance -- m',
    ])
    expect(calls.flatMap(({ stdin }) => stdin ?? [])).toEqual(['{"extra":"x"}\n', '{"a":"1","b":"2","mine":""}\n'])
    expect(log().length).toBe(1)
    expect(log()[0]).toContain('set app data of db:1 (extra)')
  })

  test('of what is so already does not happen, and nothing is logged', async () => {
    const unit = baseModel.units['feast-ui/0']
    if (unit === undefined) throw new Error('no unit')
    const model = { ...baseModel, units: { ...baseModel.units, 'feast-ui/0': { ...unit, status: { status: 'active', message: '' } } } }
    const settled = wanting({
      ports: [],
      relations: [{ relation, app: { database: 'feast', gone: null }, unit: { mine: '1' } }],
      version: '1.0',
      unitStatus: [active()],
    })
    const { writes, log, exit } = await runCharm(settled, { model })
    expect({ exit, writes: writes(), log: log() }).toEqual({ exit: 0, writes: [], log: [] })
  })

  test('of what was left out does not happen, and is not even looked at', async () => {
    expect((await runCharm(wanting({}))).lines()).toEqual([])
  })

  test('of the application’s things is passed over on a unit that does not lead', async () => {
    const { writes, exit } = await runCharm(wanting(desired), { unit: 'feast-ui/1' })
    expect(exit).toBe(0)
    expect(writes()).toEqual([
      'open-port 53/udp',
      'open-port 8888/tcp',
      'relation-set -r db:1 --file -',
      'status-set --application=False waiting -- w',
    ])
  })

  test('to a relation that is gone is nothing to worry about', async () => {
    const interfere = ({ tool }: { readonly tool: string }) =>
      tool === 'relation-set' ? refusing('invalid value "db:1" for option -r: relation not found', 2) : null
    expect((await runCharm(wanting(desired), { interfere })).exit).toBe(0)
  })

  test('closes ports that nobody wants any more', async () => {
    const unit = baseModel.units['feast-ui/0']
    if (unit === undefined) throw new Error('no unit')
    const ports = { '': [{ from: 80, to: 80, protocol: 'tcp' }] }
    const model = { ...baseModel, units: { ...baseModel.units, 'feast-ui/0': { ...unit, ports } } }
    expect((await runCharm(wanting({ ports: ['8888/tcp'] }), { model })).writes()).toEqual(['close-port 80/tcp', 'open-port 8888/tcp'])
  })

  test('tells the version in hooks that may bring one, and not in update-status', async () => {
    const version = wanting({ version: '1.0' })
    expect((await runCharm(version, { hook: { kind: 'upgrade-charm' } })).writes()).toEqual(['application-version-set -- 1.0'])
    expect((await runCharm(version, { hook: { kind: 'update-status' } })).writes()).toEqual([])
  })
})

describe('failing', () => {
  test('a read that fails gives waiting with the reason, exit 0, and touches nothing else', async () => {
    const charm = defineCharm({
      metadata,
      observe: (hook) => hook.config(),
      reconcile: () => ({ ports: ['1/tcp'], unitStatus: [active()] }),
    })
    const { exit, writes, log, errors } = await runCharm(charm, {
      interfere: ({ tool }) => (tool === 'config-get' ? refusing('connection lost') : null),
    })
    expect({ exit, errors }).toEqual({ exit: 0, errors: [] })
    expect(writes()).toEqual([
      'status-set --application=False waiting -- cannot run hook tool "config-get": connection lost; tried again in the next hook',
    ])
    expect(log()).toEqual(['WARNING update-status: cannot run hook tool "config-get": connection lost'])
  })

  test('a read that only the writers need fails before the first write', async () => {
    const desired: Desired<typeof metadata> = { ports: ['1/tcp'], relations: [{ relation: db, unit: { a: '1' } }], unitStatus: [active()] }
    const { exit, writes } = await runCharm(wanting(desired), {
      interfere: ({ tool }) => (tool === 'relation-get' ? refusing('connection lost') : null),
    })
    expect(exit).toBe(0)
    expect(writes().length).toBe(1)
    expect(writes()[0]).toContain('status-set --application=False waiting')
  })

  test.each(['open-port', 'relation-set', 'application-version-set', 'status-set'])('a %s that fails makes the hook fail', async (tool) => {
    const desired: Desired<typeof metadata> = {
      ports: ['1/tcp'],
      relations: [{ relation: db, unit: { a: '1' } }],
      version: '1',
      unitStatus: [active()],
    }
    const { exit, log, errors } = await runCharm(wanting(desired), {
      hook: { kind: 'start' },
      interfere: (call) => (call.tool === tool ? refusing('no') : null),
    })
    expect(exit).toBe(1)
    expect(log()).toEqual([`ERROR start: cannot run hook tool "${tool}": no`])
    expect(errors).toEqual([`ERROR start: cannot run hook tool "${tool}": no`])
  })

  test('a bug in the charm is logged with its stack, and makes the hook fail', async () => {
    const charm = defineCharm({
      metadata,
      observe: async () => null,
      reconcile: () => {
        throw new TypeError('a bug')
      },
    })
    const { exit, log, writes } = await runCharm(charm)
    expect(exit).toBe(1)
    expect(log()[0]).toMatch(/^ERROR update-status: TypeError: a bug\n\s+at /)
    expect(writes()).toEqual([])
  })

  test('a log that cannot be written, too', async () => {
    const { exit, errors } = await runCharm(wanting({ ports: ['1/tcp'] }), {
      interfere: ({ tool }) => (tool === 'juju-log' ? refusing('no') : null),
    })
    expect(exit).toBe(1)
    expect(errors.join('\n')).toContain('cannot run hook tool "juju-log": no')
  })

  test('no Juju, no hook', async () => {
    const { exit, errors, calls } = await runCharm(wanting({}), { env: { JUJU_UNIT_NAME: '' } })
    expect(exit).toBe(1)
    expect(errors).toEqual(['ERROR cannot read Juju variable "JUJU_UNIT_NAME": it is not set; is this process run by Juju?'])
    expect(calls).toEqual([])
  })

  test('hooks in which Juju allows next to nothing are passed over', async () => {
    expect((await runCharm(wanting({ ports: ['1/tcp'] }), { hook: { kind: 'collect-metrics' } })).calls).toEqual([])
  })
})

describe('secrecy', () => {
  test('a password from a databag is in no status, no log line, no argument and no error', async () => {
    const relation = baseModel.relations[0]
    if (relation === undefined) throw new Error('no relation')
    const model = {
      ...baseModel,
      relations: [{ ...relation, applicationData: { ...relation.applicationData, pg: { password: 'p@ss word' } } }],
    }
    const charm = defineCharm({
      metadata,
      observe: (hook) => hook.relations('db', ['remoteApp']),
      reconcile: ([database]) => {
        const password = database?.remoteApp.password ?? ''
        return {
          relations: [{ relation: db, app: { copy: password } }],
          unitStatus: [blocked(`cannot connect with ${password} or postgresql://u:${encodeURIComponent(password)}@h`)],
        }
      },
    })
    const { calls, log, context, errors } = await runCharm(charm, { model })
    expect(context.unit.status.message).toBe('cannot connect with *** or postgresql://u:***@h')
    const outside = JSON.stringify([calls.map(({ tool, args }) => [tool, ...args]), log(), errors])
    expect(outside).not.toMatch(/p@ss|p%40ss/)
  })

  test('the stack of a bug does not tell either', async () => {
    const charm = defineCharm({
      metadata,
      observe: async (hook) => hook.protect('hunter2'),
      reconcile: () => {
        throw new Error('cannot parse "hunter2"')
      },
    })
    const { log, errors } = await runCharm(charm)
    expect(`${log()}${errors}`).toContain('cannot parse \\"***\\"'.replaceAll('\\', ''))
    expect(`${log()}${errors}`).not.toContain('hunter2')
  })
})

describe('actions', () => {
  const action = (name: string, params: Readonly<Record<string, string>> = {}) =>
    ({ hook: { kind: 'action', action: { name, id: '7', params } } }) as const

  const charm = defineCharm({
    metadata,
    observe: async (hook) => hook.protect('hunter2'),
    reconcile: () => ({ relations: [{ relation: db, unit: { a: '1' } }] }),
    actions: {
      greet: async ({ params, set, log }) => {
        await log('greeting')
        await set({ greeting: `hello ${params.who}`, deep: { er: 'x' } })
      },
      sync: async ({ reconcile, set }) => {
        await reconcile()
        await set({ password: 'hunter2' })
      },
      give: async ({ fail }) => fail('out of bananas'),
      throw: async () => {
        throw charmError('CHARM_STATUS_INVALID', ['x'])
      },
      half: async ({ reconcile }) => {
        await reconcile()
        throw new Error('half done')
      },
    },
  })

  test('gets parameters, sets results, tells how it goes', async () => {
    const { context, exit } = await runCharm(charm, action('greet', { who: 'you' }))
    expect(exit).toBe(0)
    expect(context.actionResults).toEqual({ greeting: 'hello you', deep: { er: 'x' } })
    expect(context.actionFailed).toBe(false)
  })

  test('reconciles when it wants to, and its results are redacted', async () => {
    const { context, writes } = await runCharm(charm, action('sync'))
    expect(writes()[0]).toBe('relation-set -r db:1 --file -')
    expect(context.actionResults).toEqual({ password: '***' })
  })

  test('fails with its own words', async () => {
    const { context, exit } = await runCharm(charm, action('give'))
    expect({ exit, failed: context.actionFailed, message: context.actionMessage }).toEqual({
      exit: 0,
      failed: true,
      message: 'out of bananas',
    })
  })

  test('an error is its failure, and no failure of the unit', async () => {
    const { context, exit } = await runCharm(charm, action('throw'))
    expect(exit).toBe(0)
    expect(context.actionMessage).toContain('cannot set status "x"')
  })

  test('half of its writes are dropped: the process fails, for nothing else makes Juju drop them', async () => {
    expect((await runCharm(charm, action('half'))).exit).toBe(1)
  })

  test('one that the charm does not have says so', async () => {
    const { context } = await runCharm(charm, action('unheard-of'))
    expect(context.actionMessage).toContain('no such hook or action is known')
  })
})
