import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import { documentationProblems, isDocumented, readExported } from '../documented.ts'
import { readSources, root, type SourceFile } from '../tree.ts'

interface Manifest {
  readonly workspaces?: readonly string[]
  readonly exports?: Readonly<Record<string, string | { readonly source?: string }>>
}

const readManifest = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest

/** The files that packages let others import, as their `exports` say. An example is read, not imported: its names speak for themselves. */
const readEdges = async (): Promise<readonly string[]> => {
  const { workspaces = [] } = await readManifest('.')
  const packages = workspaces.filter((folder) => !folder.startsWith('examples/'))
  const edges = packages.map(async (folder) => {
    const { exports = {} } = await readManifest(folder)
    const targets = Object.values(exports).map((target) => (typeof target === 'string' ? target : (target.source ?? '')))
    return targets.filter((target) => target.endsWith('.ts')).map((target) => posix.join(folder, target))
  })
  return (await Promise.all(edges)).flat()
}

test('every public name has a doc comment', async () => {
  const files = await readSources()
  const edges = await readEdges()
  expect(edges).toContain('store/src/index.ts')
  expect(readExported(files.find(({ path }) => path === 'store/src/index.ts')?.text ?? '').length).toBeGreaterThan(50)
  expect(documentationProblems(files, edges)).toEqual([])
})

const edge = 'cli/src/index.ts'
const around = (index: string, source: string): readonly SourceFile[] => [
  { path: edge, text: index },
  { path: 'cli/src/table.ts', text: source },
]

describe('a public name', () => {
  test.each([
    ['/** Writes a table. */\nexport const write = 1', []],
    ['/** Writes a table. */\nexport async function write() {}', []],
    ['/**\n * Writes a table.\n */\nexport interface write {}', []],
    ['/** Writes a table. */\nconst write = 1\nexport { write }', []],
    ['export const write = 1', ['cli/src/table.ts: write is public (cli/src/index.ts) and has no doc comment']],
    ['// Writes a table.\nexport const write = 1', ['cli/src/table.ts: write is public (cli/src/index.ts) and has no doc comment']],
    ['/** */\nexport const write = 1', ['cli/src/table.ts: write is public (cli/src/index.ts) and has no doc comment']],
    [
      '/** Reads. */\nconst read = 1\nexport class write {}',
      ['cli/src/table.ts: write is public (cli/src/index.ts) and has no doc comment'],
    ],
    ['/** Writes more. */\nexport const writeMore = 1', ['cli/src/index.ts exports write: cli/src/table.ts does not declare it']],
  ])('%j', (source, problems) => {
    expect(documentationProblems(around("export { write } from './table.ts'", source), [edge])).toEqual(problems)
  })

  test('is followed through the files that hand it on', () => {
    const files = [
      ...around("export type { write } from './hand.ts'", 'export type write = 1'),
      { path: 'cli/src/hand.ts', text: "export { write } from './table.ts'" },
    ]
    expect(documentationProblems(files, [edge])).toEqual(['cli/src/table.ts: write is public (cli/src/index.ts) and has no doc comment'])
  })

  test('that the edge itself declares is looked at too', () => {
    expect(documentationProblems([{ path: edge, text: 'export const run = 1' }], [edge])).toHaveLength(1)
  })

  test('is not handed on by a star', () => {
    expect(documentationProblems([{ path: edge, text: "export * from './table.ts'" }], [edge])).toEqual([
      `${edge}: names are listed one by one`,
    ])
  })
})

test('names are read whatever way they are listed', () => {
  const text = `
export { a, type B, c as d } from './x.ts'
export type { E } from './y.ts'
export const f = 1
/* export const g = 1 */
`
  expect(readExported(text)).toEqual([
    { name: 'a', from: './x.ts' },
    { name: 'B', from: './x.ts' },
    { name: 'c', from: './x.ts' },
    { name: 'E', from: './y.ts' },
    { name: 'f' },
  ])
  expect(isDocumented('const $a = 1', '$a')).toBe(false)
})
