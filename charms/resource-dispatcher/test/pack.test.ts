import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runScenario, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { canChangeRoot, runInBareRoot } from '../../../house/bare-root.ts'
import { measureIdle } from '../../../house/idle-hook.ts'
import { packCharm, sizeLimit } from '../../pack.ts'
import { metadata } from '../src/metadata.ts'
import { reference, run, settle } from './reference.ts'

let folder = ''
let bytes = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-'))
  const packed = await packCharm('resource-dispatcher', { architecture: 'amd64', out: folder, folder: join(folder, 'charm') })
  bytes = packed.bytes
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

test('packed, it runs with nothing else on PATH, through real sockets of Pebble and of the API server', async () => {
  const charm = throughDispatch({ metadata, charmDir: join(folder, 'charm'), path: '/nonexistent' })
  const outcome = await runScenario(charm, reference(), { name: 'config-changed' })
  expect([outcome.failure, outcome.stderr]).toEqual([null, ''])
  expect(outcome.state.unitStatus).toEqual({ name: 'active', message: '' })
  const { state } = await run(reference(), { name: 'config-changed' })
  expect(outcome.state.containers[0]?.files).toEqual(state.containers[0]?.files)
  expect(outcome.state.relations).toEqual(state.relations)
  expect(outcome.state.kubernetes?.objects).toEqual(state.kubernetes?.objects)
})

test('it stays under sixty megabytes', () => {
  process.stdout.write(`resource-dispatcher: ${(bytes / 1e6).toFixed(1)} MB\n`)
  expect(bytes).toBeLessThan(sizeLimit)
})

test('a hook over real sockets costs its process at most 250 ms of processor and 100 MiB', async () => {
  const state = await settle(reference())
  const { milliseconds, mebibytes } = await measureIdle({ metadata, charmDir: join(folder, 'charm'), state, folder, milliseconds: 250 })
  process.stdout.write(`a hook over real sockets: ${milliseconds.toFixed(0)} ms of processor, ${mebibytes.toFixed(0)} MiB\n`)
  expect(milliseconds).toBeLessThan(250)
  expect(mebibytes).toBeLessThan(100)
})

test.skipIf(!canChangeRoot)('it runs in a root folder that holds a shell and the libraries of its base, and nothing else', async () => {
  const outcome = await runInBareRoot({ charmDir: join(folder, 'charm'), root: join(folder, 'root'), app: 'resource-dispatcher' })
  expect(outcome).toMatchObject({ exit: 0, errors: '' })
  expect(outcome.said).toContain('waiting -- ')
})
