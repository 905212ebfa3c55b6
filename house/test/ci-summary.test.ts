import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../tree.ts'

type Status = 'passed' | 'failed' | 'skipped'

/** A test file of a report: its own status, and those of its tests. */
const file = (status: Status, ...tests: readonly Status[]): unknown => ({
  name: '/x/a.test.ts',
  status,
  assertionResults: tests.map((each) => ({ status: each })),
})

const summarise = async (reports: Readonly<Record<string, readonly unknown[]>>, ...failedSteps: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-house-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [step, testResults] of Object.entries(reports)) await writeFile(join(folder, `${step}.json`), JSON.stringify({ testResults }))
  return new Promise<{ code: number; lines: readonly string[] }>((settle) => {
    const child = execFile(process.execPath, [join(root, 'house/ci-summary.ts'), folder, ...failedSteps], (_, stdout) =>
      settle({ code: child.exitCode ?? -1, lines: stdout.trimEnd().split('\n') }),
    )
  })
}

test.each([
  ['all that passed', { test: [file('passed', 'passed', 'passed')], conformance: [file('passed', 'passed')] }, [], 0, '3 passed, 0 failed'],
  ['what failed', { test: [file('failed', 'passed', 'failed'), file('passed', 'passed')] }, ['test'], 1, '2 passed, 1 failed'],
  ['what was left out as neither', { test: [file('passed', 'passed', 'skipped')] }, [], 0, '1 passed, 0 failed'],
  ['a file that could not be loaded', { test: [file('failed'), file('passed', 'passed')] }, ['test'], 1, '1 passed, 1 failed'],
  ['a step without tests', { test: [file('passed', 'passed')] }, ['check'], 1, '1 passed, 1 failed'],
  ['a run that failed beside its tests', { test: [file('passed', 'passed')] }, ['test'], 1, '1 passed, 1 failed'],
  ['nothing at all as a failure', {}, [], 1, '0 passed, 0 failed'],
])('the summary counts %s', async (_, reports, failedSteps, code, last) => {
  const summary = await summarise(reports, ...failedSteps)
  expect([summary.code, summary.lines.at(-1)]).toEqual([code, last])
})

test('the summary names what could not run', async () => {
  const { lines } = await summarise({ test: [file('failed')] }, 'test', 'check')
  expect(lines).toEqual(['could not run /x/a.test.ts', 'step "check" failed', '0 tests were not run on this machine', '0 passed, 2 failed'])
})
