import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'

import { compareTrees } from '../../src/testing/golden/compare.ts'
import { checkIntended } from '../../src/testing/golden/intended.ts'
import { actualTree, expectedTree } from '../../src/testing/golden/tree.ts'
import {
  type CharmRunner,
  type Deviation,
  type Fixture,
  formatGoldenCharmReport,
  type GoldenOptions,
  type GoldenResult,
  meaningOf,
  readFixtures,
  runGolden,
  runScenario,
} from '../../src/testing/index.ts'
import { replay } from './golden-replay.ts'

const charms = join(import.meta.dirname, '..', '..', '..', 'charms')

describe('what a Python charm left can be left by another charm, and is then equal', () => {
  test.each([
    ['feast-integrator', 218],
    ['feast-ui', 216],
    ['resource-dispatcher', 190],
  ])('%s: all %i recordings', async (charm, count) => {
    const fixtures = readFixtures(join(charms, charm, 'test', 'golden'))
    const wrong: unknown[] = []
    let asserted = 0
    for (const fixture of fixtures) {
      const outcome = await runScenario(replay(fixture), fixture.state, fixture.event)
      const compared = compareTrees(fixture, expectedTree(fixture), actualTree(outcome))
      const intended = fixture.knownDefect === undefined ? checkIntended(outcome, fixture) : []
      asserted += compared.asserted
      if (compared.differences.length + intended.length > 0) wrong.push({ name: fixture.name, ...compared, intended })
    }
    expect(wrong).toEqual([])
    expect(fixtures).toHaveLength(count)
    expect(asserted).toBeGreaterThan(count * 10)
  })
})

describe('the runner', () => {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'))
  afterEach(() => rmSync(join(folder, 'one.json'), { force: true }))

  const read = (charm: string, name: string): Fixture => {
    const found = readFixtures(join(charms, charm, 'test', 'golden')).find((fixture) => fixture.name === name)
    if (!found) throw new Error(`no recording "${name}"`)
    return found
  }
  const plain = read('feast-ui', 'lifecycle-app-called-feast-ambient')

  /** Runs one recording; the charm leaves what `left` says. */
  const judge = async (recorded: Fixture, left: Fixture = recorded, options: Partial<GoldenOptions> = {}): Promise<GoldenResult> => {
    writeFileSync(join(folder, 'one.json'), JSON.stringify(recorded))
    const { results } = await runGolden({ directory: folder, charm: replay(left), ...options })
    if (!results[0]) throw new Error('nothing ran')
    return results[0]
  }

  const withConfig = (fixture: Fixture, change: (text: string) => string): Fixture => ({
    ...fixture,
    expect: {
      ...fixture.expect,
      relations: (fixture.expect.relations ?? []).map((each) => ({
        ...each,
        localAppData: { config: change(each.localAppData.config ?? '') },
      })),
    },
  })

  test('calls a recording equal when all is the same', async () => {
    const { verdict, asserted, problems } = await judge(plain)
    expect([verdict, problems]).toEqual(['equal', []])
    expect(asserted).toBeGreaterThan(30)
  })

  test('does not mind the layout of JSON and YAML', async () => {
    const spread = withConfig(plain, (text) => JSON.stringify(JSON.parse(text), null, 2))
    expect((await judge(plain, spread)).verdict).toBe('equal')
  })

  test.each<readonly [string, (fixture: Fixture) => Fixture, string]>([
    [
      'a databag value',
      (fixture) => withConfig(fixture, (text) => text.replace('8888', '8889')),
      'relations.4.localAppData.config.http_routes',
    ],
    [
      'a status',
      (fixture) => ({ ...fixture, expect: { ...fixture.expect, unitStatus: { name: 'waiting', message: '' } } }),
      'unitStatus.name',
    ],
    ['a port', (fixture) => ({ ...fixture, expect: { ...fixture.expect, ports: [] } }), 'ports'],
    ['an outcome', (fixture) => ({ ...fixture, expect: { ...fixture.expect, outcome: 'hook-failed' } }), 'outcome'],
    [
      'a key that is not recorded',
      (fixture) => withConfig(fixture, (text) => text.replace('{', '{"more":1,')),
      'relations.4.localAppData.config.more',
    ],
  ])('sees %s', async (_, change, path) => {
    const { verdict, differences } = await judge(plain, change(plain))
    expect(verdict).toBe('failing')
    expect(differences.map((difference) => difference.path)).toContain(path)
  })

  test('asserts nothing under what may differ', async () => {
    const free: Fixture = { ...plain, mayDiffer: ['relations.4.localAppData'] }
    expect(
      (
        await judge(
          free,
          withConfig(free, () => 'other'),
        )
      ).verdict,
    ).toBe('equal')
    expect(
      (
        await judge(
          { ...plain, mayDiffer: ['*'] },
          withConfig(plain, () => 'other'),
        )
      ).free,
    ).toBe(true)
  })

  const port: Deviation = {
    name: 'other port',
    reason: 'for this test',
    when: ({ charm }) => charm === 'feast-ui',
    paths: ({ state }) => state.relations.map(({ id }) => ['relations', String(id), 'localAppData', 'config', 'listeners', '0', 'port']),
    value: () => 443,
  }

  test('lets a deviation change exactly one value', async () => {
    const other = withConfig(plain, (text) => text.replaceAll('"port":80,', '"port":443,'))
    expect(await judge(plain, other, { deviations: [port] })).toMatchObject({ verdict: 'failing' })
    const both = withConfig(plain, (text) => text.replace('"listeners":[{"port":80', '"listeners":[{"port":443'))
    expect(await judge(plain, both, { deviations: [port] })).toMatchObject({ verdict: 'deviating', deviations: ['other port'] })
    expect(await judge(plain, plain, { deviations: [port] })).toMatchObject({ verdict: 'failing' })
  })

  test('reports a rule that speaks of no recording', async () => {
    writeFileSync(join(folder, 'one.json'), JSON.stringify(plain))
    const report = await runGolden({ directory: folder, charm: replay(plain), deviations: [{ ...port, when: () => false }] })
    expect(report.unused).toEqual(['other port'])
    expect(formatGoldenCharmReport('feast-ui', report)).toContain('the rule "other port" speaks of no recording')
  })

  const defect: Fixture = { ...plain, knownDefect: 'it is wrong', shouldInstead: 'it should be right', defectPaths: ['unitStatus'] }

  test('wants an assertion of ours where the Python charm is wrong', async () => {
    expect((await judge(defect)).problems).toEqual(['nothing is asserted of what should be instead: it should be right'])
    const right = { name: 'right', when: (fixture: Fixture) => fixture.shouldInstead === 'it should be right', check: () => [] }
    expect((await judge(defect, defect, { defects: [right] })).verdict).toBe('equal')
    const wrong = { ...right, check: () => ['no'] }
    expect((await judge(defect, defect, { defects: [wrong] })).problems).toEqual(['right: no'])
  })

  const saying = (args: readonly string[], tool = 'juju-log'): GoldenOptions['charm'] => {
    const inner = replay(plain)
    const run: CharmRunner = (world) => {
      world.runTool({ tool, args })
      return inner.run(world)
    }
    return { ...inner, run }
  }

  test.each([
    ['a log line', 'juju-log', ['the password is pw-20-registry'], 'the log says "pw-20-registry"'],
    ['a log line, in base64', 'juju-log', [Buffer.from('pw-20-registry').toString('base64')], 'the log says "pw-20-registry"'],
    ['a status', 'status-set', ['waiting', 'pw-20-registry'], 'a status says "pw-20-registry"'],
    ['an argument', 'relation-set', ['-r', '4', 'k=pw-20-registry'], 'an argument of a hook tool says "pw-20-registry"'],
  ])('finds a credential in %s', async (_, tool, args, problem) => {
    const { problems } = await judge(plain, plain, { charm: saying(args, tool) })
    expect(problems).toContain(problem)
  })

  test('wants no more than two statuses a hook', async () => {
    const chatty: CharmRunner = (world) => {
      for (const word of ['one', 'two']) world.runTool({ tool: 'status-set', args: ['maintenance', word] })
      return replay(plain).run(world)
    }
    const { problems } = await judge(plain, plain, { charm: { ...replay(plain), run: chatty } })
    expect(problems).toEqual(["the unit's status was set 3 times"])
  })

  test('wants the published document to mean what is intended', async () => {
    const store = read('feast-ui', 'configuration-arrives-1')
    const other = JSON.parse(JSON.stringify(store).replaceAll('relation_id_10', 'somebody')) as Fixture
    const { problems } = await judge({ ...store, mayDiffer: ['containers'] }, other)
    expect(problems.join()).toContain('feature_store.yaml means')
  })
})

describe('the meaning of a text', () => {
  test('of a Secret is the same with data and with stringData', () => {
    const plainly = meaningOf('{"kind":"Secret","stringData":{"feature_store.yaml":"a: 1\\n"}}')
    const encoded = meaningOf(`{"kind":"Secret","data":{"feature_store.yaml":"${Buffer.from('a: 1\n').toString('base64')}"}}`)
    expect(plainly).toEqual(encoded)
    expect(plainly).toEqual({ kind: 'Secret', stringData: { 'feature_store.yaml': { a: 1 } } })
  })

  test('of a feature store sets TLS aside and takes the URL apart', () => {
    const text = 'project: p\nregistry: {path: "postgresql://u%40:p@h:1/d?sslmode=require"}\nonline_store: {host: h, sslmode: prefer}\n'
    expect(meaningOf(text)).toEqual({
      project: 'p',
      registry: { path: { scheme: 'postgresql', user: 'u@', password: 'p', host: 'h', port: '1', database: 'd' } },
      online_store: { host: 'h' },
    })
  })

  test('of a plain text is the text', () => {
    expect(meaningOf('h:5432')).toBe('h:5432')
    expect(meaningOf('')).toBe('')
  })
})
