import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { findLeaks, inProcess, type ScenarioCharm, Simulation, settledState, throughDispatch } from '../../src/testing/index.ts'
import { sample } from './sample/charm.ts'
import { database } from './sample/database.ts'

const pair: readonly [string, string] = ['sample:db', 'pg:database']

const hooksOf = (simulation: Simulation, unit: string, from = 0): string[] =>
  simulation.records.slice(from).flatMap((record) => (record.unit === unit ? [record.name] : []))

const deploy = (given: { readonly units?: number; readonly seed?: number } = {}): Simulation => {
  const simulation = new Simulation({ seed: given.seed ?? 1 })
  simulation.controller.deploy('pg', inProcess(database))
  simulation.controller.deploy('sample', inProcess(sample), { units: given.units ?? 1 })
  return simulation
}

const related = async (given: { readonly units?: number; readonly seed?: number } = {}): Promise<Simulation> => {
  const simulation = deploy(given)
  simulation.controller.integrate(...pair)
  await simulation.settle()
  return simulation
}

const fileOf = (simulation: Simulation, unit: string): string | undefined =>
  simulation.pod(unit).containers.get('app')?.pebble.state().files['/etc/sample.conf']

const statusOf = (simulation: Simulation, unit: string): string | undefined => simulation.model.units[unit]?.status.status

/** A charm that is a list of tool calls for each hook; the first that fails fails the hook. `ID` stands for the first secret's. */
const byTools = (calls: Readonly<Record<string, readonly (readonly string[])[]>>): ScenarioCharm => ({
  metadata: { name: 'by-tools' },
  run: async ({ context, runTool }) => {
    const id = context.model.secrets[0]?.id ?? ''
    const exits = (calls[context.hookName] ?? []).map(
      ([tool = '', ...args]) => runTool({ tool, args: args.map((arg) => (arg === 'ID' ? id : arg)) }).exit,
    )
    return { exit: exits.find((exit) => exit !== 0) ?? 0, stdout: '', stderr: '' }
  },
})

/** Owns a secret, never reads it, and changes it when the timer fires. */
const keeper = {
  install: [
    ['secret-add', '--label', 'own', 'password=first'],
    ['status-set', 'active'],
  ],
  'update-status': [['secret-set', 'ID', 'password=second']],
}

describe('a simulation', () => {
  test('deploys in the order of Juju', async () => {
    const simulation = deploy({ units: 2 })
    await simulation.settle()
    const after = ['install', 'peers-relation-created']
    expect(hooksOf(simulation, 'sample/0').slice(0, 6)).toEqual([...after, 'leader-elected', 'app-pebble-ready', 'config-changed', 'start'])
    expect(hooksOf(simulation, 'sample/1').slice(0, 6)).toEqual([
      ...after,
      'leader-settings-changed',
      'app-pebble-ready',
      'config-changed',
      'start',
    ])
    expect(hooksOf(simulation, 'sample/1').slice(6)).toEqual(['peers-relation-joined', 'peers-relation-changed'])
    expect(statusOf(simulation, 'sample/0')).toBe('blocked')
  })

  test('brings data from one application to the other', async () => {
    const simulation = await related()
    expect(fileOf(simulation, 'sample/0')).toBe('user: sample-sample\n')
    expect(statusOf(simulation, 'sample/0')).toBe('active')
    expect(simulation.model.secrets.map(({ owner, label, grants }) => ({ owner, label, grants }))).toEqual([
      {
        owner: { kind: 'application', name: 'pg' },
        label: 'user.1',
        grants: [{ target: 'application-sample', scope: 'relation-sample.db#pg.database' }],
      },
    ])
  })

  test('shows a remote unit to the charm only when it has joined', async () => {
    const simulation = await related()
    const lists = simulation.records.flatMap(({ unit, name, trace }) =>
      unit === 'sample/0'
        ? trace.flatMap((entry) => (entry.kind === 'tool' && entry.tool === 'relation-list' ? [`${name} ${entry.stdout.trim()}`] : []))
        : [],
    )
    expect(lists.filter((line) => line.startsWith('db-relation-created')).join()).not.toContain('pg/0')
  })

  test('tells every unit that has read a secret of its new revision, the owner’s too', async () => {
    const simulation = await related()
    const before = simulation.records.length
    simulation.controller.configure('pg', { password: 'second-password' })
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['secret-changed'])
    expect(hooksOf(simulation, 'pg/0', before).slice(0, 2)).toEqual(['config-changed', 'secret-changed'])
  })

  test('tells the owner of a revision that nobody tracks any more', async () => {
    const simulation = new Simulation()
    simulation.controller.deploy('keeper', byTools(keeper))
    await simulation.settle()
    simulation.updateStatus('keeper/0')
    await simulation.settle()
    expect(hooksOf(simulation, 'keeper/0').slice(-2)).toEqual(['update-status', 'secret-remove'])
    expect(simulation.records.at(-1)?.hook.secret).toMatchObject({ revision: 1 })
    expect(simulation.model.secrets.map(({ revisions }) => revisions.map(({ revision }) => revision))).toEqual([[1, 2]])
  })

  test('keeps what is Juju’s when a pod is lost, and nothing else', async () => {
    const simulation = await related()
    const before = simulation.records.length
    simulation.losePod('sample/0')
    expect(fileOf(simulation, 'sample/0')).toBeUndefined()
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['upgrade-charm', 'config-changed', 'start', 'app-pebble-ready'])
    expect(fileOf(simulation, 'sample/0')).toBe('user: sample-sample\n')
    // The other side hears of the new address.
    expect(hooksOf(simulation, 'pg/0', before)).toEqual(['database-relation-changed'])
  })

  test('stops a charm whose pod ends in good order', async () => {
    const simulation = await related()
    const before = simulation.records.length
    simulation.losePod('sample/0', { graceful: true })
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['stop', 'upgrade-charm', 'config-changed', 'start', 'app-pebble-ready'])
  })

  test('forgets, as Juju does, a secret that changed while there was no pod', async () => {
    const simulation = await related()
    simulation.controller.configure('pg', { password: 'second-password' })
    await simulation.settle()
    const before = simulation.records.length
    simulation.controller.configure('pg', { password: 'third-password' })
    while (await simulation.step('pg/0'));
    simulation.losePod('sample/0')
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).not.toContain('secret-changed')
  })

  test('starts a container anew with what its image brings', async () => {
    const simulation = await related()
    const before = simulation.records.length
    simulation.restartContainer('sample/0', 'app')
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['app-pebble-ready'])
    expect(fileOf(simulation, 'sample/0')).toBe('user: sample-sample\n')
  })

  test('takes a unit down, and gives its leadership to another', async () => {
    const simulation = await related({ units: 2 })
    const before = simulation.records.length
    simulation.controller.removeUnit('sample/0')
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before).toSorted()).toEqual([
      'db-relation-broken',
      'db-relation-departed',
      // It resigned, so it is a follower that has not heard of the settings yet.
      'leader-settings-changed',
      'peers-relation-departed',
      'remove',
      'stop',
    ])
    expect(hooksOf(simulation, 'sample/0', before).slice(-2)).toEqual(['stop', 'remove'])
    expect(hooksOf(simulation, 'sample/1', before)).toEqual(expect.arrayContaining(['peers-relation-departed', 'leader-elected']))
    expect(simulation.units).toEqual(['pg/0', 'sample/1'])
    expect(simulation.model.relations.map(({ units }) => units)).toEqual([['sample/1'], expect.arrayContaining(['pg/0', 'sample/1'])])
  })

  test('takes a relation away when the last unit has left it', async () => {
    const simulation = await related()
    const before = simulation.records.length
    simulation.controller.removeRelation(...pair)
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['db-relation-departed', 'db-relation-broken'])
    expect(simulation.controller.findRelation(...pair)).toBeUndefined()
    expect(statusOf(simulation, 'sample/0')).toBe('blocked')
    expect(simulation.model.secrets).toEqual([])
  })

  test('takes a whole application away', async () => {
    const simulation = await related({ units: 2 })
    simulation.controller.removeApplication('sample')
    await simulation.settle()
    expect(Object.keys(simulation.model.applications)).toEqual(['pg'])
    expect(simulation.units).toEqual(['pg/0'])
    expect(simulation.model.relations).toEqual([])
  })

  test('elects another leader', async () => {
    const simulation = await related({ units: 2 })
    const before = simulation.records.length
    simulation.controller.setLeader('sample', 'sample/1')
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/1', before)).toEqual(['leader-elected'])
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['leader-settings-changed'])
  })

  test('tries a failed hook again, without what it had written', async () => {
    const simulation = new Simulation()
    simulation.controller.deploy('keeper', byTools(keeper))
    simulation.toolFailures.push(1)
    expect(await simulation.step('keeper/0')).toMatchObject({ name: 'install', failure: 'exit status 1' })
    expect(await simulation.step('keeper/0')).toBeNull()
    expect(simulation.agent('keeper/0').task).toEqual({ step: 'failed', hook: { kind: 'install' } })
    expect(simulation.model.secrets).toEqual([])
    await simulation.settle()
    expect(hooksOf(simulation, 'keeper/0').slice(0, 2)).toEqual(['install', 'install'])
    expect(simulation.model.secrets).toHaveLength(1)
  })

  test('leaves a unit in error whose hook never succeeds', async () => {
    const broken: ScenarioCharm = { metadata: { name: 'broken' }, run: async () => ({ exit: 1, stdout: '', stderr: 'no' }) }
    const simulation = new Simulation()
    simulation.controller.deploy('broken', broken)
    await simulation.settle({ retries: 3 })
    expect(hooksOf(simulation, 'broken/0')).toEqual(['install', 'install', 'install', 'install'])
    expect(simulation.model.units['broken/0']?.status).toEqual({ status: 'maintenance', message: 'installing charm software' })
  })

  test('sets the statuses that are Juju’s to set', async () => {
    const silent: ScenarioCharm = { metadata: { name: 'silent' }, run: async () => ({ exit: 0, stdout: '', stderr: '' }) }
    const simulation = new Simulation()
    simulation.controller.deploy('silent', silent)
    const statuses = [simulation.model.units['silent/0']?.status]
    while (await simulation.step('silent/0')) statuses.push(simulation.model.units['silent/0']?.status)
    simulation.losePod('silent/0', { graceful: true })
    await simulation.step('silent/0')
    statuses.push(simulation.model.units['silent/0']?.status)
    expect(statuses.map((status) => `${status?.status} ${status?.message}`)).toEqual([
      'waiting installing agent',
      'maintenance installing charm software',
      'maintenance installing charm software',
      'maintenance installing charm software',
      'unknown ',
      'maintenance ',
    ])
  })

  test('runs actions and keeps their results', async () => {
    const simulation = await related()
    simulation.queue('sample/0', { kind: 'action', action: { name: 'greet', id: '1', params: { name: 'you' } } })
    const record = await simulation.step('sample/0')
    expect(record?.action).toMatchObject({ status: 'completed', results: { greeting: 'hello, you' } })
    expect(simulation.busy()).toEqual([])
  })

  test('brings another revision of a charm with new pods', async () => {
    const simulation = await related()
    const before = simulation.records.length
    const seen: string[] = []
    const next = inProcess(sample)
    const newer: ScenarioCharm = {
      ...next,
      run: (world) => {
        seen.push(world.context.hookName)
        return next.run(world)
      },
    }
    simulation.refresh('sample', newer)
    await simulation.settle()
    expect(hooksOf(simulation, 'sample/0', before)).toEqual(['stop', 'upgrade-charm', 'config-changed', 'start', 'app-pebble-ready'])
    expect(seen).toEqual(['upgrade-charm', 'config-changed', 'start', 'app-pebble-ready'])
  })

  test('runs a real dispatch as well, to the same end', async () => {
    const program = join(import.meta.dirname, 'sample', 'dispatch.ts')
    const command = [process.execPath, '--conditions=source', program] as const
    const throughProcess = throughDispatch({ metadata: sample.metadata, charmDir: import.meta.dirname, command })
    const ends = []
    for (const charm of [inProcess(sample), throughProcess]) {
      const simulation = new Simulation()
      simulation.controller.deploy('pg', inProcess(database))
      simulation.controller.deploy('sample', charm)
      simulation.controller.integrate(...pair)
      await simulation.settle()
      ends.push({ state: settledState(simulation), hooks: hooksOf(simulation, 'sample/0') })
    }
    expect(ends[1]).toEqual(ends[0])
    expect(ends[0]?.hooks).toContain('db-relation-changed')
  }, 60_000)

  test('is the same for the same seed', async () => {
    const names = async (seed: number): Promise<string[]> =>
      (await related({ units: 3, seed })).records.map(({ unit, name }) => `${unit} ${name}`)
    expect(await names(5)).toEqual(await names(5))
    expect(await names(5)).not.toEqual(await names(6))
  })

  test('has each hook’s trace, log and output, in which no secret is found', async () => {
    const simulation = await related()
    expect(simulation.records.flatMap((record) => findLeaks(record, ['first-password']))).toEqual([])
    expect(simulation.records.every(({ trace }) => trace.length > 0)).toBe(true)
  })

  test('refuses what Juju refuses', () => {
    const simulation = deploy()
    const { controller } = simulation
    expect(() => controller.deploy('pg', inProcess(database))).toThrow('cannot deploy "pg": application already exists')
    expect(() => controller.integrate('sample:nothing', 'pg:database')).toThrow(
      'cannot relate "sample:nothing": the charm has no such endpoint',
    )
    expect(() => controller.integrate('sample:config', 'pg:database')).toThrow('cannot relate "sample:config" with "pg:database"')
    expect(() => controller.removeRelation(...pair)).toThrow('there is none')
    controller.integrate(...pair)
    expect(() => controller.integrate(...pair)).toThrow('cannot relate "sample:db pg:database": relation already exists')
    expect(() => controller.setLeader('pg', 'sample/0')).toThrow('cannot let "sample/0" lead "pg": it is not its unit')
  })
})
