import { type Server, startServer } from '@charmed-feast/server'
import { loadConfig, openStore } from '@charmed-feast/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { deviating, impossible, tested } from '../src/cell-note.ts'
import { type FeastServer, startFeastServer } from '../src/feast-server.ts'
import { runPython, runPythonFile } from '../src/python.ts'
import { ask, comparable, restDifferences } from '../src/rest-compare.ts'
import { restRequests } from '../src/rest-requests.ts'

/** A request, and both answers from a little before the place where they part. */
interface Difference {
  readonly path: string
  readonly feast: string
  readonly ours: string
}

const requests = restRequests(20_261_124, 600)
const open: AsyncDisposable[] = []
/** What differs: asked once, looked at by several tests. */
let found: readonly Difference[]
let feast: FeastServer
let ours: Server

beforeAll(async () => {
  const { url: _, adminUrl: __, ...parts } = await testDatabase()
  for (const project of ['demo', 'second'])
    await runPythonFile('0.67.0', 'every_kind.py', { input: { ...parts, project, materialize: project === 'demo' } })
  feast = await startFeastServer('0.67.0', { ...parts, project: 'demo' })
  const repository = { repoPath: feast.folder, environment: {} }
  const store = await openStore({ folder: feast.folder, env: {} })
  ours = await startServer({ store, config: await loadConfig(repository), port: 0 })
  open.push(feast, store, ours)
  found = await differing()
}, 400_000)

afterAll(async () => {
  for (const each of open.reverse()) await each[Symbol.asyncDispose]()
})

/** Requests whose answers differ, with the place where they first do. */
const differing = async (): Promise<readonly Difference[]> => {
  const differences: Difference[] = []
  for (const { path, compare } of requests) {
    const [theirs, own] = [comparable(await ask(feast.url, path), compare), comparable(await ask(ours.url, path), compare)]
    if (theirs === own) continue
    const at = Math.max(0, [...theirs].findIndex((letter, index) => letter !== own[index]) - 80)
    differences.push({ path, feast: theirs.slice(at, at + 240), ours: own.slice(at, at + 240) })
  }
  return differences
}

describe('the REST registry API beside that of Feast 0.67', () => {
  test('answers generated requests with the same JSON, as sets, but for differences that are written down', () => {
    const unexplained = found.filter(({ path }) => !restDifferences.some((difference) => difference.path.test(path)))
    expect(unexplained).toEqual([])
    expect(found.length).toBeLessThanOrEqual(requests.length * 0.05)
    deviating({ version: '0.67.0', operation: 'rest' }, 'answers of the REST registry that rest.md lists', { rows: found.length })
    tested({ version: '0.67.0', operation: 'rest' }, { rows: requests.length - found.length })
  })

  test('is asked for enough, and for enough that is there', async () => {
    expect(new Set(requests.map(({ path }) => path)).size).toBeGreaterThanOrEqual(300)
    const statuses = await Promise.all(requests.slice(0, 200).map(async ({ path }) => (await ask(ours.url, path)).status))
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(100)
    expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([])
  })

  test('answers every path with the prefix and without it', async () => {
    const [bare, prefixed] = await Promise.all(
      ['', '/api/v1'].map(async (prefix) => (await fetch(`${ours.url}${prefix}/entities?project=demo`)).text()),
    )
    expect(bare).toBe(prefixed)
    expect(bare).toContain('"driver"')
  })

  test.each(restDifferences)('needs the difference that is written down for $path', ({ path }) => {
    expect(found.some((each) => path.test(each.path))).toBe(true)
  })
})

test('Feast 0.49.0 has no registry over REST', async () => {
  const asked = "import importlib.util, json; print(json.dumps(importlib.util.find_spec('feast.api') is not None))"
  expect(await runPython('0.49.0', asked)).toBe(false)
  impossible({ version: '0.49.0', operation: 'rest' }, 'its registry answers over gRPC alone')
})
