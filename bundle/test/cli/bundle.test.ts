import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unitFolder } from '../../src/pod/pods.ts'
import { type Ended, ending, type Listener, listen, processesOf, readModel, start, until } from './program.ts'

const run = (...args: readonly string[]): Promise<Ended> => ending(start('cli/main.ts', args))

/** Waits until somebody answers: a service is started a moment before it listens. */
const answerOf = async (url: string): Promise<Response> => {
  let response: Response | undefined
  await until(async () => {
    response = await fetch(url).catch(() => undefined)
    return response !== undefined
  })
  return response ?? Response.error()
}

/** Files and folders below that somebody else could read, PostgreSQL's own and those of containers left out: a folder above shuts them in. */
const readableByOthers = async (folder: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const own = entries.filter(({ parentPath, name }) => !/\/(?:postgres|root)(?:\/|$)/.test(`${parentPath}/${name}`.slice(folder.length)))
  const found = await Promise.all(
    own
      .filter((entry) => !entry.isSymbolicLink())
      .map(async ({ parentPath, name }) => [`${parentPath}/${name}`, (await stat(`${parentPath}/${name}`)).mode & 0o077] as const),
  )
  return found.filter(([, mode]) => mode !== 0).map(([path]) => path)
}

describe('a bundle', () => {
  let state: string
  let child: ChildProcess
  let output: Listener
  const command = (...words: readonly string[]): Promise<Ended> => run(...words, '--state', state)
  /** Where a unit is, as `status` says it. */
  const addressOf = async (unit: string): Promise<string> => {
    const line = (await command('status')).out.split('\n').find((each) => each.startsWith(unit)) ?? ''
    return / (127\.\d+\.\d+\.\d+)/.exec(line)?.[1] ?? `no address: ${line}`
  }
  const begin = async (): Promise<void> => {
    child = start('cli/main.ts', ['up', '--state', state])
    output = listen(child)
    await output.says('Integration provider')
  }

  beforeAll(async () => {
    state = await mkdtemp(join(tmpdir(), 'feast-'))
    expect((await run('status', '--state', state)).out).toContain('nothing is deployed')
    expect((await run('config', 'feast-ui', '--state', state)).err).toContain('charmed-feast up starts it')
    await begin()
  }, 300_000)

  afterAll(async () => {
    child.kill('SIGKILL')
    await until(async () => (await processesOf(state)).length === 0)
    await rm(state, { recursive: true })
  })

  test('deploys: every unit is active', async () => {
    const { out } = await command('status')
    for (const unit of ['feast-integrator', 'feast-ui', 'resource-dispatcher', 'offline-store', 'online-store', 'registry']) {
      expect(out).toMatch(new RegExp(`^${unit}/0\\* +active +idle `, 'm'))
    }
    expect(output.said()).not.toContain(' failed')
  }, 60_000)

  test('runs what the charms describe: the UI and the hook server answer at their units’ own addresses', async () => {
    const page = await answerOf(`http://${await addressOf('feast-ui/0')}:8888/`)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<base href="/feast/">')])
    expect(await (await answerOf(`http://${await addressOf('resource-dispatcher/0')}:8080/health`)).json()).toEqual({ status: 'ok' })
  }, 60_000)

  test('scales: a second unit of the UI answers at an address of its own, and goes again', async () => {
    expect(await command('add-unit', 'feast-ui')).toMatchObject({ exit: 0, err: '' })
    expect((await command('status')).out).toMatch(/^feast-ui\/1 +active +idle /m)
    const second = await addressOf('feast-ui/1')
    expect((await answerOf(`http://${second}:8888/health`)).status).toBe(200)
    expect(await command('remove-unit', 'feast-ui/1')).toMatchObject({ exit: 0, err: '' })
    expect((await command('status')).out).not.toContain('feast-ui/1')
    await expect(fetch(`http://${second}:8888/health`)).rejects.toThrow('fetch failed')
  }, 120_000)

  test('shows and sets options, runs actions, and refuses with words', async () => {
    expect((await command('config', 'feast-integrator', 'project')).out.trim()).toBe('driver_stats')
    expect((await command('config', 'feast-integrator', 'registry-cache-ttl-seconds=soon')).err).toContain('its type is int')
    expect((await command('config', 'feast-integrator', 'registry-cache-ttl-seconds=30')).exit).toBe(0)
    expect((await command('run', 'feast-integrator/leader', 'get-feature-store-yaml')).out).toContain('cache_ttl_seconds: 30')
    expect((await command('run', 'feast-integrator/0', 'dance')).err).toContain('allowed: ')
    expect((await command('integrate', 'feast-ui')).err).toContain('charmed-feast integrate APPLICATION')
    expect((await command('logs', 'feast-ui/0')).out).toContain('ran "feast-ui-pebble-ready" hook')
  }, 120_000)

  test('rotates a password: the old one is refused, and the UI runs with the new file', async () => {
    const file = join(state, 'run', unitFolder(await addressOf('feast-ui/0')), 'root/feast-ui/home/ubuntu/feature_store.yaml')
    const before = await readFile(file, 'utf8')
    expect((await command('rotate-password', 'registry')).out.trim()).toBe('rotated: 1')
    expect(await readFile(file, 'utf8')).not.toBe(before)
    expect((await answerOf(`http://${await addressOf('feast-ui/0')}:8888/health`)).status).toBe(200)
  }, 120_000)

  test('keeps everything to its owner', async () => {
    expect((await stat(join(state, 'run'))).mode & 0o777).toBe(0o700)
    expect(await readableByOthers(state)).toEqual([])
  })

  test('killed, it leaves no process; up again, databags and secrets are what they were, and the UI answers', async () => {
    const before = await readModel(state)
    child.kill('SIGKILL')
    await until(async () => (await processesOf(state)).length === 0)
    await begin()
    expect(await readModel(state)).toEqual(before)
    expect((await answerOf(`http://${await addressOf('feast-ui/0')}:8888/health`)).status).toBe(200)
  }, 300_000)

  test('down ends it in order', async () => {
    const ended = once(child, 'exit')
    expect(await command('down')).toMatchObject({ exit: 0, err: '' })
    expect(await ended).toEqual([0, null])
    expect(await processesOf(state)).toEqual([])
    expect((await command('status')).out).toMatch(/^feast-ui\/0\* +active /m)
  }, 60_000)

  test('up --exit ends with 1 when a unit is not active, and names it', async () => {
    await begin()
    const log = await readFile(join(state, 'postgres/postgres.log'), 'utf8')
    expect(log.slice(log.lastIndexOf('starting PostgreSQL'))).toContain('database system was shut down at')
    // What was published once is migrated by an action, not by an option: the unit is blocked.
    expect((await command('config', 'feast-integrator', 'entity-key-serialization-version=2')).exit).toBe(0)
    const ended = once(child, 'exit')
    await command('down')
    await ended
    const { exit, out } = await command('up', '--exit')
    expect([exit, out]).toEqual([1, expect.stringMatching(/^feast-integrator\/0 is blocked: /m)])
  }, 300_000)
})

test.each([
  [['dance'], 2, 'charmed-feast up'],
  [['status', '--nope'], 2, "'--nope'"],
])('%j is refused with words', async (args, exit, words) => {
  const ended = await run(...args)
  expect([ended.exit, ended.err.includes(words)]).toEqual([exit, true])
})
