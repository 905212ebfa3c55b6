import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { startPebble } from '../real/pebble-daemon.ts'
import { exchange } from './sample/pebble-exchange.ts'

test('the recorded answers, which the fake Pebble gives, are those of the real one', async () => {
  await using pebble = await startPebble()
  const folder = join(pebble.folder, 'w')
  await mkdir(folder)
  const recorded: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'pebble.json'), 'utf8'))
  expect(await exchange(pebble.client, folder)).toEqual(recorded)
}, 240_000)
