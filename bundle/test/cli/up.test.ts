import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import type { ModelState } from '../../src/index.ts'
import { freshFolder, root } from '../postgres/checkout.ts'

interface Ended {
  readonly exit: number | null
  readonly out: string
  readonly err: string
}

const run = async (...args: readonly string[]): Promise<Ended> => {
  const child = spawn(process.execPath, ['--conditions=source', join(root, 'bundle/src/cli/main.ts'), ...args])
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [exit, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { exit, out, err }
}

const readModel = (text: string): ModelState['model'] => (JSON.parse(text) as ModelState).model

test('up deploys, status shows it, and up again has nothing but a look to take', async () => {
  const state = await freshFolder()
  expect((await run('status', '--state', state)).out).toContain('nothing is deployed')
  const first = await run('up', '--exit', '--state', state)
  expect([first.exit, first.err]).toEqual([0, ''])
  expect(first.out).toContain('feast-integrator/0: leader-elected')
  const status = await run('status', '--state', state)
  for (const unit of ['feast-integrator', 'feast-ui', 'resource-dispatcher', 'offline-store', 'online-store', 'registry']) {
    expect(status.out).toMatch(new RegExp(`^${unit}/0\\* +active +idle `, 'm'))
  }
  expect(first.out.trimEnd().endsWith(status.out.trimEnd())).toBe(true)
  const file = join(state, 'model/model.json')
  const kept = { model: readModel(await readFile(file, 'utf8')) }
  const again = await run('up', '--exit', '--state', state)
  const hooks = again.out.split('\n').filter((line) => /^[a-z-]+\/0: /.test(line))
  // Containers have started anew; else nobody has more to do than to look.
  expect(hooks.toSorted()).toEqual(
    [
      ...['feast-ui/0: feast-ui-pebble-ready', 'resource-dispatcher/0: resource-dispatcher-pebble-ready'],
      ...Object.keys(kept.model.units).map((unit) => `${unit}: update-status`),
    ].toSorted(),
  )
  const { relations, secrets } = readModel(await readFile(file, 'utf8'))
  expect({ relations, secrets }).toEqual({ relations: kept.model.relations, secrets: kept.model.secrets })
  expect([(await stat(file)).mode & 0o777, (await stat(join(state, 'model'))).mode & 0o777]).toEqual([0o600, 0o700])
}, 300_000)

test.each([
  [['dance'], 2, 'charmed-feast up'],
  [['status', '--nope'], 2, "'--nope'"],
])('%j is refused with words', async (args, exit, words) => {
  const ended = await run(...args)
  expect([ended.exit, ended.err.includes(words)]).toEqual([exit, true])
})
