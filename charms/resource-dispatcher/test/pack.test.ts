import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { runScenario, throughDispatch } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

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

test('a hook costs its process at most 100 MiB; what it costs of the processor is printed', async () => {
  const measured = join(folder, 'measured')
  await cp(join(folder, 'charm'), measured, { recursive: true })
  const usage = join(folder, 'usage.json')
  // The high-water mark of this process image: what getrusage says counts the parent's too.
  const report = `import { readFileSync, writeFileSync } from 'node:fs'
process.on('exit', () => {
  const kibibytes = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ ...process.resourceUsage(), kibibytes }))
})`
  await writeFile(join(measured, 'measure.mjs'), report)
  const dispatch = await readFile(join(measured, 'dispatch'), 'utf8')
  await writeFile(join(measured, 'dispatch'), dispatch.replace('"$here/node"', '"$here/node" --import "$here/measure.mjs"'))
  const charm = throughDispatch({ metadata, charmDir: measured, path: '/nonexistent' })
  const outcome = await runScenario(charm, await settle(reference()), { name: 'update-status' })
  expect(outcome.failure).toBeNull()
  const { userCPUTime, systemCPUTime, kibibytes } = JSON.parse(await readFile(usage, 'utf8'))
  const [milliseconds, mebibytes] = [(userCPUTime + systemCPUTime) / 1000, kibibytes / 1024]
  process.stdout.write(`a hook over real sockets: ${milliseconds.toFixed(0)} ms of processor, ${mebibytes.toFixed(0)} MiB\n`)
  expect(mebibytes).toBeLessThan(100)
})
