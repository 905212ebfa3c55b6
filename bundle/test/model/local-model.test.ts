import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type LocalModel, openLocalModel } from '../../src/model/local-model.ts'
import type { HookRecord } from '../../src/model/run-hook.ts'
import { freshFolder } from '../postgres/checkout.ts'
import { failing, wordCharms } from './charms.ts'

const namesOf = (records: readonly HookRecord[], unit: string): readonly string[] =>
  records.filter((record) => record.unit === unit).map(({ name }) => name)

const statusOf = (model: LocalModel, unit: string): string => {
  const { status, message } = model.model.units[unit]?.status ?? { status: 'gone', message: '' }
  return `${status} ${message}`.trim()
}

const wordOf = (model: LocalModel, unit = 'taker/0'): string | undefined => model.state.units[unit]?.containers.taker?.files['/word']

const related = async (options: Partial<Parameters<typeof openLocalModel>[0]> = {}): Promise<LocalModel> => {
  const model = openLocalModel({ charms: wordCharms, ...options })
  model.deploy({ application: 'giver', charm: 'giver' })
  model.deploy({ application: 'taker', charm: 'taker' })
  model.integrate('giver', 'taker')
  await model.settle()
  return model
}

test('a deployment settles: hooks in Juju’s order, a secret granted and read, a file written, nothing left to do', async () => {
  const model = openLocalModel({ charms: wordCharms })
  model.deploy({ application: 'giver', charm: 'giver' })
  model.deploy({ application: 'taker', charm: 'taker' })
  model.integrate('giver:word', 'taker:word')
  const records = await model.settle()
  expect(namesOf(records, 'giver/0').slice(0, 5)).toEqual(['install', 'word-relation-created', 'leader-elected', 'config-changed', 'start'])
  expect(namesOf(records, 'taker/0').slice(0, 6)).toEqual([
    'install',
    'word-relation-created',
    'leader-elected',
    'taker-pebble-ready',
    'config-changed',
    'start',
  ])
  expect(records.filter(({ failure }) => failure !== null)).toEqual([])
  expect([statusOf(model, 'giver/0'), statusOf(model, 'taker/0')]).toEqual(['active', 'active'])
  expect(wordOf(model)).toBe('hello')
  expect(await model.settle()).toEqual([])
})

test('another revision of a secret reaches its reader by secret-changed, and by nothing else', async () => {
  const model = await related()
  model.setConfig('giver', { word: 'servus' })
  const records = await model.settle()
  expect(namesOf(records, 'taker/0')).toEqual(['secret-changed'])
  expect(namesOf(records, 'giver/0')).toEqual(['config-changed'])
  expect(wordOf(model)).toBe('servus')
})

test('the timer of update-status runs one hook for each unit', async () => {
  const model = await related()
  model.updateStatus()
  const records = await model.settle()
  expect(records.map(({ unit, name, changed }) => [unit, name, changed])).toEqual([
    ['giver/0', 'update-status', false],
    ['taker/0', 'update-status', false],
  ])
})

test('a relation ends: departed, broken, and with it what was granted over it', async () => {
  const model = await related()
  model.removeRelation('giver', 'taker')
  expect(() => model.integrate('giver', 'taker')).toThrow('still ends')
  const records = await model.settle()
  expect(namesOf(records, 'taker/0')).toEqual(['word-relation-departed', 'word-relation-broken'])
  expect(model.model.relations).toEqual([])
  expect(model.model.secrets).toEqual([])
  expect(statusOf(model, 'taker/0')).toBe('blocked no word')
  model.integrate('giver', 'taker')
  await model.settle()
  expect([model.model.relations[0]?.id, statusOf(model, 'taker/0')]).toEqual([2, 'active'])
})

test('units come and go, and leadership with them', async () => {
  const model = await related()
  model.addUnit('giver')
  expect(namesOf(await model.settle(), 'giver/1').slice(0, 4)).toEqual([
    'install',
    'word-relation-created',
    'leader-settings-changed',
    'config-changed',
  ])
  model.removeUnit('giver/0')
  const records = await model.settle()
  expect(namesOf(records, 'giver/0')).toEqual(['word-relation-departed', 'word-relation-broken', 'stop', 'remove'])
  // The one that leads now makes the databag its own.
  expect(namesOf(records, 'taker/0')).toEqual(['word-relation-departed', 'word-relation-changed'])
  expect(namesOf(records, 'giver/1')).toContain('leader-elected')
  expect([model.unitsOf('giver'), model.model.applications.giver?.leader]).toEqual([['giver/1'], 'giver/1'])
  model.setConfig('giver', { word: 'grüezi' })
  await model.settle()
  expect(wordOf(model)).toBe('grüezi')
  model.addUnit('giver')
  expect(model.unitsOf('giver')).toEqual(['giver/1', 'giver/2'])
})

test('a lost pod comes back with its files', async () => {
  const model = await related()
  model.losePod('taker/0')
  expect(wordOf(model)).toBeUndefined()
  const records = await model.settle()
  expect(namesOf(records, 'taker/0')).toEqual(['upgrade-charm', 'taker-pebble-ready', 'config-changed', 'start'])
  expect(wordOf(model)).toBe('hello')
})

test('actions answer, and one that fails fails alone', async () => {
  const model = await related()
  expect(await model.runAction('taker/leader', 'greet', { name: 'alice' })).toMatchObject({
    status: 'completed',
    results: { greeting: 'hello alice' },
  })
  expect(await model.runAction('taker/0', 'stumble')).toMatchObject({ status: 'failed', message: 'stumbled' })
  await expect(model.runAction('taker/0', 'dance')).rejects.toThrow('allowed: greet, stumble')
  await expect(model.runAction('taker/7', 'greet')).rejects.toThrow('cannot find unit "taker/7"')
  expect(await model.settle()).toEqual([])
})

test('a hook that fails leaves nothing behind, holds up its unit, and succeeds when it runs again', async () => {
  const failures = new Map([['word-relation-created', 1]])
  const charms = { ...wordCharms, giver: failing(wordCharms.giver ?? raise(), failures) }
  const model = await related({ charms })
  expect(model.state.units['giver/0']?.uniter.failed?.kind).toBe('relation-created')
  expect(model.model.secrets).toEqual([])
  const records = await model.settle()
  expect(namesOf(records, 'giver/0')[0]).toBe('word-relation-created')
  expect([wordOf(model), model.state.units['giver/0']?.uniter.failed]).toEqual(['hello', null])
})

describe('what cannot be is refused with what is allowed', () => {
  const cases: readonly (readonly [string, (model: LocalModel) => void])[] = [
    [
      'cannot deploy charm "other": this model does not have it; allowed: giver, taker',
      (model) => model.deploy({ application: 'a', charm: 'other' }),
    ],
    ['cannot deploy application "giver": it is deployed already', (model) => model.deploy({ application: 'giver', charm: 'giver' })],
    ['cannot deploy application "A/0"', (model) => model.deploy({ application: 'A/0', charm: 'giver' })],
    ['cannot integrate "giver taker": they are related already', (model) => model.integrate('giver', 'taker')],
    ['cannot integrate "giver giver": no endpoints', (model) => model.integrate('giver', 'giver')],
    ['cannot set option "word": its type is string', (model) => model.setConfig('giver', { word: 1 })],
    ['cannot set option "wort": the charm has none of this name; allowed: word', (model) => model.setConfig('giver', { wort: 'a' })],
    ['cannot find application "nobody": it is not deployed; allowed: giver, taker', (model) => model.addUnit('nobody')],
    ['cannot find unit "giver/9"', (model) => model.removeUnit('giver/9')],
    ['cannot find relation "giver nobody"', (model) => model.removeRelation('giver', 'nobody')],
  ]
  test.each(cases)('%s', async (message, change) => {
    const model = await related()
    expect(() => change(model)).toThrow(message)
    expect(await model.settle()).toEqual([])
  })

  test('a second relation where one is allowed', async () => {
    const model = await related()
    model.deploy({ application: 'other', charm: 'giver' })
    expect(() => model.integrate('other', 'taker')).toThrow('taker:word allows 1 relation at most')
  })
})

describe('the state file', () => {
  test('is whole, for its owner alone, and a model opened from it has nothing to do', async () => {
    const file = join(await freshFolder(), 'state', 'model.json')
    const model = await related({ file })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(join(file, '..'))).toEqual(['model.json'])
    const again = openLocalModel({ charms: wordCharms, file })
    expect(again.state).toEqual(model.state)
    expect(await again.settle()).toEqual([])
    again.setConfig('giver', { word: 'moin' })
    expect(namesOf(await again.settle(), 'taker/0')).toEqual(['secret-changed'])
    expect(wordOf(again)).toBe('moin')
  })

  test('lets a model that died after any hook go on: each run ends as one that never died', async () => {
    const whole = await related()
    const file = join(await freshFolder(), 'model.json')
    let hooks = 0
    const model = openLocalModel({ charms: wordCharms, file })
    model.deploy({ application: 'giver', charm: 'giver' })
    model.deploy({ application: 'taker', charm: 'taker' })
    model.integrate('giver', 'taker')
    for (let left = true; left; ) {
      class Died extends Error {}
      const dying = openLocalModel({ charms: wordCharms, file, onHook: () => raise(new Died()) })
      left = await dying.settle().then(
        () => false,
        (error: unknown) => error instanceof Died || raise(error),
      )
      if (left) hooks += 1
    }
    const end = openLocalModel({ charms: wordCharms, file })
    expect(hooks).toBeGreaterThan(15)
    expect([wordOf(end), statusOf(end, 'giver/0'), statusOf(end, 'taker/0')]).toEqual(['hello', 'active', 'active'])
    expect(end.model.relations.map(({ units }) => [...units].sort())).toEqual(whole.model.relations.map(({ units }) => [...units].sort()))
  })

  test.each([
    ['{', 'it is not JSON'],
    ['7', 'it is not a state'],
    ['{"format":2}', 'its format is 2; allowed: 1'],
  ])('%s is refused', async (text, why) => {
    const file = join(await freshFolder(), 'model.json')
    await writeFile(file, text)
    await chmod(file, 0o600)
    expect(() => openLocalModel({ charms: wordCharms, file })).toThrow(why)
    expect(await readFile(file, 'utf8')).toBe(text)
  })
})

function raise(error: unknown = new Error('not there')): never {
  throw error
}
