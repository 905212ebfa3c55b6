import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newRandom } from '@charmed-feast/charm/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ModelState } from '../../src/index.ts'
import { type Ended, ending, type Family, familyOf, leftOf, listen, processesOf, readModel, start, until } from './program.ts'

// KILLS says how many moments, KILL_SEED which: 10 here, 50 by hand (docs/reference/long-tests.md).
const kills = Number(process.env.KILLS ?? 10)
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
const random = newRandom(seed)

let place: string
let state: string
let child: ChildProcess

/** A home and a folder for temporary files of its own: what is put there is seen. */
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, HOME: join(place, 'home'), TMPDIR: join(place, 'tmp') })

const up = (): void => {
  child = start('cli/main.ts', ['up', '--state', state], environment())
}

const settled = async (): Promise<void> => {
  const output = listen(child)
  await output.says('Integration provider')
  expect(output.said()).not.toContain(' failed: ')
}

/** Freezes it, looks at what it has, and kills it: nothing of that may be left. */
const kill = async (): Promise<void> => {
  const ended = once(child, 'exit')
  child.kill('SIGSTOP')
  const family: Family = await familyOf(child.pid ?? 0)
  child.kill('SIGKILL')
  await ended
  await until(async () => (await leftOf(family)).length === 0 && (await processesOf(state)).length === 0)
}

const killAfter = async (ms: number): Promise<void> => {
  up()
  child.stdout?.resume()
  await new Promise((resolve) => setTimeout(resolve, ms))
  expect([child.exitCode, child.signalCode]).toEqual([null, null])
  await kill()
}

/** Every secret that stands in the model's file, with its content. */
const secretsOf = async (): Promise<ReadonlyMap<string, unknown>> => {
  const text = await readFile(join(state, 'model/model.json'), 'utf8').catch(() => null)
  const { model } = text === null ? { model: { secrets: [] } } : (JSON.parse(text) as Pick<ModelState, 'model'>)
  return new Map(model.secrets.map(({ id, revisions }) => [id, revisions.at(-1)?.content]))
}

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'kill-'))
  // PostgreSQL's account may pass, so that its data lies in here too when we are root.
  await chmod(place, 0o755)
  state = join(place, 'state')
  for (const name of ['home', 'tmp', 'state']) await mkdir(join(place, name), { mode: 0o755 })
  for (const name of ['home', 'tmp', 'state']) await chmod(join(place, name), 0o755)
})

afterAll(async () => {
  child.kill('SIGKILL')
  await until(async () => (await processesOf(state)).length === 0)
  await rm(place, { recursive: true })
})

test(`killed at ${kills} random moments it goes on where it was, and leaves no process, no port and no file elsewhere (seed ${seed})`, async () => {
  // While it deploys, each time a little further.
  const seen = new Map<string, unknown>()
  for (let count = 0; count < kills / 2; count += 1) {
    await killAfter(500 + random.below(8_000))
    for (const [id, content] of await secretsOf()) seen.set(id, content)
  }
  const began = performance.now()
  up()
  await settled()
  const long = performance.now() - began
  const expected = await readModel(state)
  const secrets = await secretsOf()
  expect([...seen].filter(([id, content]) => JSON.stringify(secrets.get(id)) !== JSON.stringify(content))).toEqual([])
  await kill()
  // While it takes up what is there, and when it has.
  for (let count = 1; count < kills / 2; count += 1) {
    await killAfter(random.below(Math.round(long * 1.2)))
    expect(await readModel(state)).toEqual(expected)
  }
  up()
  await settled()
  expect(await readModel(state)).toEqual(expected)

  const { exit, err }: Ended = await ending(start('cli/main.ts', ['down', '--state', state], environment()))
  expect([exit, err]).toEqual([0, ''])
  await until(async () => child.exitCode !== null)
  expect([child.exitCode, await processesOf(state)]).toEqual([0, []])
  const elsewhere = await Promise.all(['home', 'tmp'].map((name) => readdir(join(place, name))))
  expect([elsewhere, (await readdir(place)).sort()]).toEqual([
    [[], []],
    ['home', 'state', 'tmp'],
  ])

  up()
  await settled()
  expect(await readModel(state)).toEqual(expected)
}, 3_600_000)
