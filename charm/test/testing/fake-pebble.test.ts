import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import {
  addLayer,
  createPebbleClient,
  getSystemInfo,
  listServices,
  type PebbleClient,
  replan,
  startServices,
} from '../../src/pebble/index.ts'
import { FakePebble, type FakePebbleOptions, servePebble } from '../../src/testing/index.ts'
import { exchange, type PebbleExchange } from './sample/pebble-exchange.ts'
import { pebbleSteps } from './sample/pebble-steps.ts'

const recorded: readonly PebbleExchange[] = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'pebble.json'), 'utf8'))

let folder: string
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fake-'))
})

afterAll(() => rm(folder, { recursive: true }))

const serve = async (
  options: FakePebbleOptions,
): Promise<AsyncDisposable & { readonly fake: FakePebble; readonly client: PebbleClient }> => {
  count += 1
  const fake = new FakePebble(options)
  const socket = join(folder, String(count))
  const server = await servePebble(fake, socket)
  return { fake, client: createPebbleClient(socket), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

describe('the fake Pebble', () => {
  let answers: readonly PebbleExchange[]

  beforeAll(async () => {
    await using pebble = await serve({ files: { '/w/x': '' } })
    pebble.fake.files.remove('/w/x', false)
    answers = await exchange(pebble.client, '/w')
  })

  test('was asked everything that the real one was', () => {
    expect(pebbleSteps.length).toBeGreaterThan(120)
    expect(answers.map(({ what }) => what)).toEqual(recorded.map(({ what }) => what))
  })

  test.each(recorded.map((each, index) => [each.what, index] as const))('answers as the real one did: %s', (_, index) => {
    expect(answers[index]).toEqual(recorded[index])
  })
})

test('a scenario lets a replan fail: nothing starts, and the change says why', async () => {
  const replanError = 'cannot perform the following tasks:\n- Start service "ui" (cannot start service: exited quickly with code 1)'
  await using pebble = await serve({ replanError })
  await addLayer(pebble.client, 'ui', { services: { ui: { override: 'replace', command: 'x', startup: 'enabled' } } })
  await expect(replan(pebble.client)).rejects.toThrow('exited quickly with code 1')
  expect((await listServices(pebble.client))[0]?.current).toBe('inactive')
  await startServices(pebble.client, ['ui'])
  expect((await listServices(pebble.client))[0]?.current).toBe('active')
})

test('a scenario says what runs, since when, and under which boot', async () => {
  const layers = { ui: { services: { ui: { override: 'replace', command: 'x', startup: 'enabled' } } } }
  const clock = (): Date => new Date('2026-02-03T04:05:06Z')
  await using pebble = await serve({ layers, serviceStatuses: { ui: 'active' }, bootId: 'b1', clock })
  expect(await getSystemInfo(pebble.client)).toEqual({ version: 'v1.32.1', bootId: 'b1' })
  expect(await listServices(pebble.client)).toEqual([
    { name: 'ui', startup: 'enabled', current: 'active', currentSince: '2026-02-03T04:05:06.000Z' },
  ])
})
