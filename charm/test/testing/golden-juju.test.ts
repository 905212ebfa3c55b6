import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

import { formatGoldenReport, runGoldenJuju } from '../../src/testing/golden-juju.ts'

const recordings = join(import.meta.dirname, 'golden', 'juju')

describe('the fake hook tools', () => {
  test('answer as the real ones of Juju 3.6.25 in all 821 recorded hooks', () => {
    const report = runGoldenJuju(recordings)
    expect(formatGoldenReport(report)).toBe('hook tools: 821 scenarios passed, 0 failed')
  })
})

describe('the runner of recordings', () => {
  const changed = mkdtempSync(join(tmpdir(), 'golden-changed-'))
  afterAll(() => rmSync(changed, { recursive: true, force: true }))

  const runWith = (file: string, from: string, to: string): ReturnType<typeof runGoldenJuju> => {
    for (const name of ['worlds.json', file]) cpSync(join(recordings, name), join(changed, name))
    const text = readFileSync(join(changed, file), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(changed, file), text.replace(from, to))
    const report = runGoldenJuju(changed)
    rmSync(join(changed, file))
    return report
  }

  test.each([
    ['one byte of standard output', 'is-leader.json', '"stdout": "True\\n"', '"stdout": "True"', 'steps.0.stdout'],
    ['one byte of standard error', 'is-leader.json', 'not defined: --nope', 'not defined: nope', 'steps.0.stderr'],
    ['an exit code', 'is-leader.json', '"exit": 2', '"exit": 1', 'steps.0.exit'],
    ['a value that the hook sends at its end', 'state-set.json', '"charm-state": {"a": "1"', '"charm-state": {"a": "2"', 'end.calls'],
    ['a change that cannot wait', 'status-set.json', '"info": "msg"', '"info": "other"', 'steps.0.immediate'],
    ['a log line', 'juju-log.json', '"message": "hello"', '"message": "hallo"', 'steps.0.log'],
    ['a variable of the environment', 'env.json', 'JUJU_SLA=unsupported', 'JUJU_SLA=', 'env'],
    ['a context that Juju refuses', 'env.json', 'unknown relation id: 99', 'unknown relation id: 98', 'context_error'],
    ['a tool that reads standard input', 'state-set.json', '"stdin_read": true', '"stdin_read": false', 'steps.0.stdin_read'],
  ])('sees %s', (_, file, from, to, path) => {
    const { failed } = runWith(file, from, to)
    expect(failed).toHaveLength(1)
    expect(failed[0]?.differences.map((difference) => difference.path)).toEqual([path])
  })
})
