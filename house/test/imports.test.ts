import { describe, expect, test } from 'vitest'
import { findCycles, importProblems, readImports, storeRooms } from '../imports.ts'
import { readSources, type SourceFile } from '../tree.ts'

/** Arrows that point the wrong way today, each with the reason why it still stands. One that is mended must leave this list. */
const known: Readonly<Record<string, string>> = {}

const file = (path: string, ...imports: readonly string[]): SourceFile => ({
  path,
  text: imports.map((name) => `import { it } from '${name}'\n`).join(''),
})

test('imports go one way', async () => {
  const problems = importProblems(await readSources())
  expect(problems.filter((problem) => !(problem in known))).toEqual([])
  expect(Object.keys(known).filter((problem) => !problems.includes(problem))).toEqual([])
})

test('the rooms of the store are in an order: none can come before what it imports', () => {
  const arrows = Object.entries(storeRooms).flatMap(([from, targets]) => targets.map((to) => ({ from, to })))
  expect(findCycles(arrows)).toEqual([])
})

describe('an import the wrong way is found', () => {
  test.each([
    [
      file('store/src/definition/entity.ts', '../registry/apply.ts'),
      'store/src/definition/entity.ts imports store/src/registry/apply.ts: definition may import errors',
    ],
    [
      file('store/src/postgres/pool.ts', '../definition/value.ts'),
      'store/src/postgres/pool.ts imports store/src/definition/value.ts: postgres may import errors',
    ],
    [
      file('store/src/config/load.ts', '../registry/sql.ts'),
      'store/src/config/load.ts imports store/src/registry/sql.ts: config may import errors, postgres, definition',
    ],
    [
      file('store/src/errors.ts', './definition/value.ts'),
      'store/src/errors.ts imports store/src/definition/value.ts: errors may import no room',
    ],
    [
      file('store/src/offline/offline.ts', '../store.ts'),
      'store/src/offline/offline.ts imports store/src/store.ts: offline may import errors, postgres, definition',
    ],
    [file('store/src/store.ts', './index.ts'), 'store/src/store.ts imports store/src/index.ts: store.ts may not import index.ts'],
    [
      file('store/src/novelty/novelty.ts', '../errors.ts'),
      'store/src/novelty/novelty.ts: room "novelty" is not in the list of house/imports.ts; say there what it may import',
    ],
    [
      file('charm/src/charm.ts', '@charmed-feast/store'),
      'charm/src/charm.ts imports @charmed-feast/store: charm may import no package of ours',
    ],
    [
      file('charms/feast-ui/src/charm.ts', '@charmed-feast/store'),
      'charms/feast-ui/src/charm.ts imports @charmed-feast/store: charms/feast-ui may import charm, charms/feast-integrator',
    ],
    [
      file('charms/feast-integrator/src/charm.ts', '@charmed-feast/feast-ui-charm'),
      'charms/feast-integrator/src/charm.ts imports @charmed-feast/feast-ui-charm: charms/feast-integrator may import charm',
    ],
    [
      file('ui/src/page/home.tsx', '../../../store/src/index.ts'),
      'ui/src/page/home.tsx imports store/src/index.ts: another package is imported by its name',
    ],
    [file('server/src/app.ts', '@charmed-feast/cli'), 'server/src/app.ts imports @charmed-feast/cli: server may import store'],
    [file('cli/src/main.ts', '@charmed-feast/stroe'), 'cli/src/main.ts imports @charmed-feast/stroe: no package of ours has this name'],
    [
      file('examples/driver-stats/features.ts', '../../store/src/index.ts'),
      'examples/driver-stats/features.ts imports store/src/index.ts: another package is imported by its name',
    ],
    [
      file('bundle/src/start.ts', '../../house/postgres.ts'),
      'bundle/src/start.ts imports house/postgres.ts: what ships imports no test and no house',
    ],
    [
      file('cli/src/main.ts', '../test/repository.ts'),
      'cli/src/main.ts imports cli/test/repository.ts: what ships imports no test and no house',
    ],
  ])('$0.path', (wrong, problem) => {
    expect(importProblems([wrong])).toEqual([problem])
  })

  test('a cycle of modules that need each other before they run', () => {
    const a = { path: 'cli/src/a.ts', text: "import { b } from './b.ts'" }
    const b = { path: 'cli/src/b.ts', text: "import './c.ts'" }
    const c = { path: 'cli/src/c.ts', text: "export { a } from './a.ts'" }
    expect(importProblems([a, b, c])).toEqual(['these import each other: cli/src/a.ts -> cli/src/b.ts -> cli/src/c.ts -> cli/src/a.ts'])
    expect(importProblems([a, { ...b, text: "import type { C } from './c.ts'" }, c])).toEqual([])
    expect(importProblems([a, { ...b, text: "const later = () => import('./c.ts')" }, c])).toEqual([])
  })
})

test('an import the right way is no problem', () => {
  const right = [
    file('store/src/materialize/materialize.ts', '../online/online.ts', '../offline/offline.ts', './window.ts', 'node:path', 'pg'),
    file('store/src/index.ts', './store.ts', './definition/entity.ts', './errors.ts'),
    file('charms/feast-ui/src/charm.ts', '@charmed-feast/charm', '@charmed-feast/feast-integrator-charm'),
    file('conformance/test/value.test.ts', '../../store/src/definition/value.ts', '../../store/test/cases.ts'),
    file('store/test/online/read.test.ts', '../../../house/postgres.ts', '../../src/online/read.ts'),
    file('house/postgres.ts', '../bundle/src/postgres/database.ts'),
  ]
  expect(importProblems(right)).toEqual([])
})

test('every form of an import is read, and what only looks like one is not', () => {
  const text = `
import a from './a.ts'
import type { B } from './b.ts'
import {
  c,
  type D,
} from './c.ts'
import * as e from "./e.ts"
import './f.ts'
export * from './g.ts'
export { h } from './h.ts'
const later = await import('./i.ts')
type J = import('./j.ts').J
// import k from './k.ts'
/* import l from './l.ts' */
/**
 * @example
 * import m from './m.ts'
 */
const n = \`import o from './o.ts'\`
export const from = 'not an import'
export type * from './p.ts'
`
  const kinds = { a: 'value', b: 'type', c: 'value', e: 'value', f: 'value', g: 'value', h: 'value', i: 'dynamic', j: 'dynamic', p: 'type' }
  expect(readImports(text)).toEqual(Object.entries(kinds).map(([name, kind]) => ({ name: `./${name}.ts`, kind })))
})
