import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { CheckRecord } from '../src/check/check.ts'
import { type Ended, ending, listen, processesOf } from './cli/program.ts'
import { root } from './postgres/checkout.ts'

/*
 * What stands in docs/howto/on-one-machine.md is run as it stands there, by a shell: `npm start` is what package.json says it is, `charmed-feast` what the
 * page says it is, both with a state folder of ours.
 */

let place: string
let blocks: readonly (readonly string[])[]
let bundle: ChildProcess

const linesOf = (block: string): readonly string[] => block.split('\n').filter((line) => line.trim() !== '')

const shell = (line: string): ChildProcess => {
  // In one step: a shell that waits would get our signal in its place.
  const command = line.replace(/^npm start(?: --)?/, () => startCommand).replace(/^/, 'exec ')
  const path = [join(place, 'bin'), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return spawn('sh', ['-c', command], {
    cwd: root,
    env: { ...process.env, PATH: path, TMPDIR: join(place, 'tmp') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

let startCommand = ''

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'page-'))
  await mkdir(join(place, 'bin'))
  await mkdir(join(place, 'tmp'))
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly scripts: { readonly start: string } }
  startCommand = `${scripts.start} --state ${join(place, 'state')}`
  const page = await readFile(join(root, 'docs/howto/on-one-machine.md'), 'utf8')
  const [, program = ''] = /`charmed-feast` is `([^`]+)`/.exec(page) ?? []
  await writeFile(join(place, 'bin/charmed-feast'), `#!/bin/sh\nexec ${program} --state ${join(place, 'state')} "$@"\n`, { mode: 0o755 })
  blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => linesOf(block))
}, 60_000)

afterAll(async () => {
  bundle.kill('SIGKILL')
  await rm(place, { recursive: true })
})

const interrupt = async (child: ChildProcess): Promise<unknown> => {
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  return ended
}

test('npm start, and every command of the tour while it runs', async () => {
  const [[first = ''] = [], tour = []] = blocks
  expect(first).toMatch(/^npm start +#/)
  bundle = shell(first)
  await listen(bundle).says('What to try')
  const said: Record<string, Ended> = {}
  for (const line of tour) said[line] = await ending(shell(line))
  expect(Object.entries(said).filter(([, { exit }]) => exit !== 0)).toEqual([])
  expect(said['charmed-feast notebook -n alice -- npx feast feature-views list']?.out).toContain('driver_hourly_stats')
  expect(said['charmed-feast run feast-integrator/leader check']?.out).toContain('ok')
  expect(said['charmed-feast config feast-integrator registry-cache-ttl-seconds']?.out.trim()).toBe('30')
  expect(said['charmed-feast rotate-password online-store']?.out.trim()).toBe('rotated: 1')
  expect(said['charmed-feast logs feast-ui/0']?.out).toContain('ran "feast-ui-pebble-ready" hook')
  expect(said['charmed-feast status']?.out).toMatch(/^feast-integrator +active/m)
  expect(bundle.exitCode).toBe(0)
}, 300_000)

test('every other way to start it', async () => {
  const [[, ...others] = []] = blocks
  expect(others.map((line) => line.split(/ +#/)[0])).toEqual([
    'npm start -- --exit',
    'npm start -- --exit --json',
    'npm start -- --ephemeral',
  ])
  const [exit = '', json = '', ephemeral = ''] = others
  const records = await ending(shell(json))
  const checks = records.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CheckRecord)
  expect([records.exit, checks.length > 15, checks.filter(({ ok }) => !ok)]).toEqual([0, true, []])
  const plain = await ending(shell(exit))
  expect([plain.exit, plain.out.match(/^ {2}ok /gm)?.length, plain.out.includes('FAIL')]).toEqual([0, checks.length, false])
  bundle = shell(ephemeral)
  await listen(bundle).says('What to try')
  expect(await interrupt(bundle)).toEqual([0, null])
  expect(await processesOf(place)).toEqual([])
}, 300_000)

test('the table names every command that there is, and no other', async () => {
  const { commands } = await import('../src/control/command.ts')
  const page = await readFile(join(root, 'docs/howto/on-one-machine.md'), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) => [...(row.split(/ \| /)[0] ?? '').matchAll(/`([a-z-]+)/g)].map(([, name]) => name))
  const hidden = ['access']
  expect([...new Set(named)].sort()).toEqual([...Object.keys(commands).filter((name) => !hidden.includes(name)), 'notebook', 'up'].sort())
})
