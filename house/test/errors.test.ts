import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ErrorRow, errorPageProblems, readErrorTable } from '../error-page.ts'
import { readSources, root } from '../tree.ts'

/** The charm's errors have a page of their own: who reads it is the operator of a model. */
const pageOf = (module: string): string => (module.startsWith('charm') ? 'charm-errors.md' : 'errors.md')

test('every error is explained, with its status, and none that is gone', async () => {
  const modules = (await readSources()).map(({ path }) => path).filter((path) => path.endsWith('/src/errors.ts'))
  expect(modules).toEqual(
    expect.arrayContaining(['bundle/src/errors.ts', 'charm/src/errors.ts', 'cli/src/errors.ts', 'store/src/errors.ts']),
  )
  const tables = new Map<string, ErrorRow[]>()
  for (const module of modules) {
    const rows = readErrorTable((await import(join(root, module))) as Record<string, unknown>)
    expect([module, rows.length > 0]).toEqual([module, true])
    tables.set(pageOf(module), [...(tables.get(pageOf(module)) ?? []), ...rows])
  }
  for (const [name, table] of tables) {
    const page = await readFile(join(root, 'docs/reference', name), 'utf8')
    expect(errorPageProblems(`docs/reference/${name}`, page, table)).toEqual([])
  }
})

const page = `
| code | status | what it means | what to do |
| --- | --- | --- | --- |
| \`STORE_VIEW_GONE\` | 404 | it is gone | look for it |
`

describe('a page', () => {
  const row = { code: 'STORE_VIEW_GONE', status: 404 }

  test('that explains what is thrown is in order', () => {
    expect(errorPageProblems('errors.md', page, [row])).toEqual([])
  })

  test.each([
    [
      'lacks a code',
      page,
      [row, { code: 'STORE_NEW', status: 400 }],
      'errors.md lacks STORE_NEW: add | `STORE_NEW` | 400 | what it means | what to do |',
    ],
    ['has another status', page, [{ ...row, status: 410 }], 'errors.md says "404" for STORE_VIEW_GONE: its status is 410'],
    ['explains what is gone', page, [], 'errors.md explains STORE_VIEW_GONE, which no code throws any more'],
    ['has a code twice', page + page, [row], 'errors.md has STORE_VIEW_GONE twice'],
    [
      'leaves the cure empty',
      page.replace('look for it', ' '),
      [row],
      'errors.md does not explain STORE_VIEW_GONE: | `STORE_VIEW_GONE` | 404 | what it means | what to do |',
    ],
    [
      'promises an explanation',
      page.replace('look for it', 'TODO'),
      [row],
      'errors.md does not explain STORE_VIEW_GONE: | `STORE_VIEW_GONE` | 404 | what it means | what to do |',
    ],
  ])('that %s is found', (_, text, table, problem) => {
    expect(errorPageProblems('errors.md', text, table)).toEqual([problem])
  })

  test('of a table without a status has no such column', () => {
    const text = '| `CHARM_GONE` | it is gone | nothing |'
    expect(errorPageProblems('charm.md', text, [{ code: 'CHARM_GONE', status: undefined }])).toEqual([])
    expect(errorPageProblems('charm.md', '| `CHARM_GONE` | it is gone |', [{ code: 'CHARM_GONE', status: undefined }])).toHaveLength(1)
  })
})

test('a table is told from everything else that a module exports', () => {
  const errors = { STORE_A: { status: 400, message: () => 'a' }, STORE_B: { exit: 2, message: () => 'b' }, STORE_C: { message: () => 'c' } }
  const module = { errors, StoreError: class extends Error {}, storeError: () => undefined, empty: {}, limits: { SMALL_ONE: 1 } }
  expect(readErrorTable(module)).toEqual([
    { code: 'STORE_A', status: 400 },
    { code: 'STORE_B', status: 2 },
    { code: 'STORE_C', status: undefined },
  ])
})
