import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runScenario, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { canChangeRoot, runInBareRoot } from '../../../house/bare-root.ts'
import { measureIdle } from '../../../house/idle-hook.ts'
import { packCharm, sizeLimit } from '../../pack.ts'
import { metadata } from '../src/metadata.ts'
import { filesOf, reference, settle } from './reference.ts'

let folder = ''
let bytes = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
  const packed = await packCharm('feast-ui', { architecture: 'amd64', out: folder, folder: join(folder, 'charm') })
  bytes = packed.bytes
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('packed, it runs with nothing else on PATH, through a real socket of Pebble', async () => {
  const charm = throughDispatch({ metadata, charmDir: join(folder, 'charm'), path: '/nonexistent' })
  const outcome = await runScenario(charm, reference(), { name: 'pebble-ready', container: 'feast-ui' })
  expect([outcome.failure, outcome.stderr]).toEqual([null, ''])
  expect(outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
  const inProcess = await settle(reference(), { name: 'pebble-ready', container: 'feast-ui' })
  expect(filesOf(outcome.state)).toEqual(filesOf(inProcess))
  expect(outcome.state.relations).toEqual(inProcess.relations)
})

test('it stays under sixty megabytes', () => {
  process.stdout.write(`feast-ui: ${(bytes / 1e6).toFixed(1)} MB\n`)
  expect(bytes).toBeLessThan(sizeLimit)
})

test('an idle hook costs its process at most 250 ms of processor and 100 MiB', async () => {
  const state = await settle(reference(), { name: 'pebble-ready', container: 'feast-ui' })
  const cost = await measureIdle({ metadata, charmDir: join(folder, 'charm'), state, folder, milliseconds: 250 })
  process.stdout.write(`idle hook: ${Math.round(cost.milliseconds)} ms, ${Math.round(cost.mebibytes)} MiB\n`)
  expect(cost.milliseconds).toBeLessThan(250)
  expect(cost.mebibytes).toBeLessThan(100)
})

test.skipIf(!canChangeRoot)('it runs in a root folder that holds a shell and the libraries of its base, and nothing else', async () => {
  const outcome = await runInBareRoot({ charmDir: join(folder, 'charm'), root: join(folder, 'root'), app: 'feast-ui' })
  expect(outcome).toMatchObject({ exit: 0, errors: '' })
  expect(outcome.said).toContain('blocked -- [feast-configuration] Missing relation: feast-configuration')
})
