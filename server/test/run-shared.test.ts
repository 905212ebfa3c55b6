import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fixture, openFixture } from './fixture.ts'

let fixture: Fixture
let second: string

beforeAll(async () => {
  fixture = await openFixture({ openings: { writes: true }, leaseSeconds: 2 })
  second = (await fixture.another({ openings: { writes: true } })).url
})
afterAll(async () => {
  await fixture[Symbol.asyncDispose]()
  expect(fixture.reported).toEqual([])
})

const patient = { timeout: 20_000 }
const hold = (): Promise<unknown> => fixture.sql('BEGIN; LOCK TABLE driver_stats IN ACCESS EXCLUSIVE MODE')
const letGo = (): Promise<unknown> => fixture.sql('COMMIT')

let hour = 0
beforeEach(() => {
  hour++
})

const start = async (url: string): Promise<string> => {
  const day = `2025-11-${String(hour).padStart(2, '0')}`
  const order = { project: 'rides', views: ['stats'], mode: 'range', start: `${day}T00:00:00Z`, end: `${day}T01:00:00Z`, dry_run: false }
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/v1/runs`, { method: 'POST', headers, body: JSON.stringify(order) })
  expect(response.status).toBe(201)
  return String(((await response.json()) as { readonly id: string }).id)
}
const runAt = async (url: string, id: string) => {
  const response = await fetch(`${url}/api/v1/runs/${id}`)
  return { etag: response.headers.get('etag'), run: (await response.json()) as Readonly<Record<string, unknown>> }
}
const stateAt = async (url: string, id: string) => (await runAt(url, id)).run.state

describe('two servers before one registry', () => {
  test('show the same runs under the same tags, whichever started them', async () => {
    const id = await start(second)
    await expect.poll(() => stateAt(fixture.server.url, id), patient).toBe('succeeded')
    const [here, there] = [await runAt(fixture.server.url, id), await runAt(second, id)]
    expect(there).toEqual(here)
    expect(here.etag).not.toBeNull()
  })

  test('cancel what the other works on, and tell of it in their events', async () => {
    await hold()
    const abort = new AbortController()
    const { body } = await fetch(`${second}/api/v1/events?project=rides`, { signal: abort.signal })
    const reader = (body ?? new ReadableStream<Uint8Array>()).pipeThrough(new TextDecoderStream()).getReader()
    let told = ''
    const until = async (part: string): Promise<void> => {
      while (!told.includes(part)) told += (await reader.read()).value ?? ''
    }
    const id = await start(fixture.server.url)
    await until(`"id":"${id}"`)
    await expect.poll(() => stateAt(second, id), patient).toBe('running')
    for (const url of [second, fixture.server.url]) expect(await stateAt(url, id)).toBe('running')
    expect((await fetch(`${second}/api/v1/runs/${id}`, { method: 'DELETE' })).status).toBe(202)
    await expect.poll(() => stateAt(fixture.server.url, id), patient).toBe('cancelled')
    await letGo()
    await until('"state":"cancelled"')
    abort.abort()
  })
})

/** A server of its own process, to be killed. */
const startProcess = async () => {
  const script = `import { loadConfig, openStore } from '@charmed-feast/store'
import { startServer } from '@charmed-feast/server'
const folder = ${JSON.stringify(fixture.folder)}
const store = await openStore({ folder, env: {} })
const config = await loadConfig({ repoPath: folder, environment: {} })
const { url } = await startServer({ store, config, port: 0, openings: { writes: true }, leaseSeconds: 2 })
console.log(url)`
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  return { child, url }
}

test('a run whose server is killed is gone on with by another, and lost by none', async () => {
  const { child, url } = await startProcess()
  await hold()
  // Whoever takes it works on it behind the lock; runs are started until the process that will be killed has one.
  const ids: string[] = []
  for (let turn = 0; turn < 3; turn++) ids.push(await start(url))
  await expect.poll(async () => (await Promise.all(ids.map((id) => stateAt(second, id)))).join(), patient).toBe('running,running,running')
  child.kill('SIGKILL')
  await once(child, 'exit')
  await letGo()
  for (const id of ids) await expect.poll(() => stateAt(second, id), patient).toBe('succeeded')
}, 60_000)

test('a run whose server is stopped waits for the next, with what it has done', async () => {
  const stopped = await fixture.another({ openings: { writes: true } })
  await hold()
  const ids: string[] = []
  for (let turn = 0; turn < 3; turn++) ids.push(await start(stopped.url))
  await expect.poll(async () => (await Promise.all(ids.map((id) => stateAt(second, id)))).join(), patient).toBe('running,running,running')
  const closing = stopped.close()
  await letGo()
  await closing
  for (const id of ids) await expect.poll(() => stateAt(second, id), patient).toBe('succeeded')
}, 60_000)
