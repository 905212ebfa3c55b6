import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../tree.ts'

/** Runs tests with the reporter of `test:real`. */
const run = async (tests: string): Promise<{ readonly code: number; readonly stderr: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-house-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'a.test.js'), tests)
  const args = ['--root', folder, '--globals', '--reporter=default', `--reporter=${join(root, 'tools/no-skipped.ts')}`]
  return new Promise((settle) => {
    const child = execFile(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], (_, __, stderr) =>
      settle({ code: child.exitCode ?? -1, stderr }),
    )
  })
}

test('a run in which every test ran passes', async () => {
  expect((await run("test('a', () => {})")).code).toBe(0)
})

test('whatever did not run lets the run against the real things fail, and is named', async () => {
  const { code, stderr } = await run(`
    test('a', () => {})
    test.skip('b', () => {})
    describe.skip('g', () => { test('c', () => {}) })
    test.todo('d')
    test('e', ({ skip }) => skip())
  `)
  expect(code).toBe(1)
  expect(stderr.split('\n').filter((line) => line.startsWith('a.test.js'))).toEqual(
    ['b', 'g > c', 'd', 'e'].map((name) => `a.test.js: ${name}`),
  )
})
