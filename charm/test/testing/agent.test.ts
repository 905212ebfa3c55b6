import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Agent, HookContext, installTools, type Model, newApplication, newUnit, startAgent } from '../../src/testing/index.ts'

const model: Model = {
  name: 'm',
  uuid: 'deadbeef-0bad-400d-8000-4b1d0d06f00d',
  type: 'caas',
  cloud: null,
  applications: { ui: newApplication('ui', { leader: 'ui/0', config: { name: 'é😀\n', large: 'x'.repeat(300_000) } }) },
  units: { 'ui/0': newUnit('ui/0') },
  relations: [],
  secrets: [],
}

interface Called {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
}

describe.each(['perl', 'node'] as const)('hook tools on PATH, through %s', (interpreter) => {
  let folder: string
  let agent: Agent
  let context: HookContext

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agent-'))
    installTools(join(folder, 'tools'), { interpreter })
    context = new HookContext({ holder: { model }, unit: 'ui/0', hook: { kind: 'update-status' } })
    agent = await startAgent({ socketPath: join(folder, 'socket'), findContext: (id) => (id === 'one' ? context : undefined) })
  })

  afterAll(async () => {
    await agent[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const env = (): Record<string, string> => ({
    PATH: `${join(folder, 'tools')}:/usr/bin:/bin`,
    JUJU_AGENT_SOCKET_ADDRESS: agent.socketPath,
    JUJU_CONTEXT_ID: 'one',
  })

  const call = async (
    args: readonly string[],
    given: { readonly stdin?: string; readonly env?: Record<string, string> } = {},
  ): Promise<Called> => {
    const [tool = '', ...rest] = args
    const child = spawn(tool, rest, { env: { ...env(), ...given.env }, cwd: folder, stdio: 'pipe' })
    child.stdin.on('error', () => undefined)
    if (given.stdin !== undefined) child.stdin.end(given.stdin)
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    return { exit, stdout, stderr }
  }

  test('give exit code and both streams, byte for byte', async () => {
    expect(await call(['config-get', 'name'])).toEqual({ exit: 0, stdout: 'é😀\n\n', stderr: '' })
    expect(await call(['relation-ids'])).toEqual({ exit: 2, stdout: '', stderr: 'ERROR no endpoint name specified\n' })
    expect(await call(['open-port', '80', '--format=x'])).toEqual({
      exit: 0,
      stdout: '',
      stderr: '--format flag deprecated for command "open-port"',
    })
  })

  test('carry much data both ways', async () => {
    expect((await call(['config-get', 'large'])).stdout).toBe(`${'x'.repeat(300_000)}\n`)
    await call(['state-set', '--file', '-'], { stdin: JSON.stringify({ a: 'y'.repeat(60_000) }) })
    expect((await call(['state-get', 'a'])).stdout).toBe(`${'y'.repeat(60_000)}\n`)
  })

  test('pass arguments whole: empty ones, line breaks, any characters', async () => {
    await call(['status-set', 'active', '--', ' a\nb "c" $d \\ é '])
    await call(['state-set', 'empty='])
    expect((await call(['state-get', 'empty', '--format=json'])).stdout).toBe('""\n')
    expect(context.unit.status.message).toBe(' a\nb "c" $d \\ é ')
  })

  test('read standard input only when the tool does: an open one blocks nothing', async () => {
    expect((await call(['is-leader'])).stdout).toBe('True\n')
  })

  test('start relative files where the hook runs', async () => {
    await writeFile(join(folder, 'state.yaml'), 'from: file\n')
    expect((await call(['state-set', '--file', 'state.yaml'])).exit).toBe(0)
    expect((await call(['state-get', 'from'])).stdout).toBe('file\n')
  })

  test('run side by side', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => call(['is-leader', '--format=json'])))
    expect(new Set(answers.map(({ stdout }) => stdout))).toEqual(new Set(['true\n']))
  })

  test('say what is wrong when there is no hook, or no agent', async () => {
    expect(await call(['is-leader'], { env: { JUJU_CONTEXT_ID: 'two' } })).toMatchObject({
      exit: 1,
      stderr: 'ERROR bad request: unknown context "two"\n',
    })
    expect(await call(['is-leader'], { env: { JUJU_AGENT_SOCKET_ADDRESS: join(folder, 'nobody') } })).toMatchObject({ exit: 1, stdout: '' })
  })
})

test('a call through the Perl client costs at most 5 ms of processor time', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'agent-'))
  installTools(join(folder, 'tools'), { interpreter: 'perl' })
  const context = new HookContext({ holder: { model }, unit: 'ui/0', hook: { kind: 'update-status' } })
  const agent = await startAgent({ socketPath: join(folder, 'socket'), findContext: () => context })
  const calls = 40
  const script = `i=0; while [ $i -lt ${calls} ]; do relation-ids db --format=json || exit 1; i=$((i+1)); done; times`
  const env = { PATH: `${join(folder, 'tools')}:/usr/bin:/bin`, JUJU_AGENT_SOCKET_ADDRESS: agent.socketPath, JUJU_CONTEXT_ID: 'one' }
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script], { env })
  await agent[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })

  const lines = stdout.trim().split('\n')
  expect(lines.filter((line) => line === '[]')).toHaveLength(calls)
  // The second line of `times` is what the children took: user and system, as 0m0.123000s.
  const seconds = [...(lines.at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest))
  expect(seconds).toHaveLength(2)
  expect((1000 * seconds.reduce((sum, each) => sum + each, 0)) / calls).toBeLessThan(5)
})
