import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '@charmed-feast/server'
import { loadConfig, openStore } from '@charmed-feast/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../../house/postgres.ts'
import { type Browser, launchBrowser } from '../../ui/test/browser/browser.ts'
import { impossible, tested } from '../src/cell-note.ts'
import { type FeastPages, openFeastPages } from '../src/feast-page.ts'
import { repositoryYaml } from '../src/feast-server.ts'
import { runPython, runPythonFile } from '../src/python.ts'

/** Every page that Feast 0.67's UI has a route for, with each of its tabs, and words of its own that the page before it does not have. */
const pages = [
  ['/', 'Select one of the projects'],
  ['/p/demo', 'all of it'],
  ['/p/all', 'Label Views'],
  ['/p/demo/data-source', 'driver_stats_source'],
  ['/p/demo/data-source/driver_stats_source', 'Consuming Views'],
  ['/p/demo/data-source/driver_query', 'Consuming Views'],
  ['/p/demo/data-source/driver_file', '/tmp/driver.parquet'],
  ['/p/demo/data-source/driver_stream', 'driver_streamed'],
  ['/p/demo/data-source/driver_push', 'Consuming Views'],
  ['/p/demo/data-source/trip_request', 'distance'],
  ['/p/demo/entity', 'driver_id'],
  ['/p/demo/entity/driver', 'who drives'],
  ['/p/demo/features', 'conv_rate'],
  ['/p/demo/feature-view', 'driver_stats'],
  ['/p/demo/feature-view/driver_stats', 'Materialization Intervals'],
  ['/p/demo/feature-view/driver_stats/lineage', 'ranking'],
  ['/p/demo/feature-view/driver_stats/versions', 'No version history available.'],
  ['/p/demo/feature-view/driver_stats/curl-generator', '"driver_stats:conv_rate"'],
  ['/p/demo/feature-view/driver_pushed', 'driver_push'],
  ['/p/demo/feature-view/everywhere', 'Materialization Intervals'],
  ['/p/demo/feature-view/trip_score', 'inputs["conv_rate"] * inputs["distance"]'],
  ['/p/demo/feature-view/trip_score/versions', 'No version history available.'],
  ['/p/demo/feature-view/driver_streamed', 'return frame'],
  ['/p/demo/feature-view/driver_streamed/versions', 'No version history available.'],
  ['/p/demo/feature-view/driver_stats/feature/conv_rate', 'unit'],
  ['/p/demo/feature-view/driver_stats/feature/conv_rate/monitoring', 'No Monitoring Data'],
  ['/p/demo/feature-service', 'ranking'],
  ['/p/demo/feature-service/ranking', 'trip_score'],
  ['/p/demo/label-view', 'driver_labels'],
  ['/p/demo/label-view/driver_labels', '0 total'],
  ['/p/demo/label-view/driver_labels/quality', '0 nulls'],
  ['/p/demo/label-view/driver_labels/annotate', 'Entity Form'],
  ['/p/demo/label-view/driver_labels/export', '.to_df()'],
  ['/p/demo/label-view/driver_labels/upload', 'Upload'],
  ['/p/demo/label-view/driver_labels/versions', 'version'],
  ['/p/demo/label-view/driver_labels/lineage', 'driver_labels'],
  ['/p/demo/label-view/driver_labels/integrations', '/api/v1/webhook/label-ingest'],
  ['/p/demo/data-set', '1 datasets across'],
  ['/p/demo/data-set/training', 'Retrieval Keys'],
  ['/p/demo/data-set/training/sample', 'Load Preview'],
  ['/p/demo/data-set/training/usage', 'DataLoader'],
  ['/p/demo/permissions', 'readers'],
  ['/p/demo/lineage', 'Feast registry lineage'],
  ['/p/demo/monitoring', 'Compute Metrics'],
  ['/p/demo/monitoring/feature/driver_stats/conv_rate', 'No Metrics Available'],
  ['/p/demo/compute-engine', 'driver_streamed'],
  ['/p/demo/compute-engine/jobs', 'Jobs'],
  ['/p/all/data-source', 'second'],
  ['/p/all/entity', 'driver_id'],
  ['/p/all/features', 'conv_rate'],
  ['/p/all/feature-view', '# of Features'],
  ['/p/all/feature-service', 'ranking'],
  ['/p/all/label-view', 'LAST_WRITE_WINS'],
  ['/p/all/data-set', '2 datasets across'],
  ['/p/all/permissions', 'Create Permission'],
  ['/p/all/lineage', 'Lineage Visualization'],
  ['/p/all/monitoring', 'Compute Metrics'],
  ['/p/all/compute-engine', 'across all projects'],
] as const

const open: AsyncDisposable[] = []
let folder: string
let browser: Browser
let feast: FeastPages

beforeAll(async () => {
  const { url: _, adminUrl: __, ...parts } = await testDatabase()
  for (const project of ['demo', 'second'])
    await runPythonFile('0.67.0', 'every_kind.py', { input: { ...parts, project, materialize: project === 'demo' } })
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-pages-'))
  await writeFile(join(folder, 'feature_store.yaml'), repositoryYaml({ ...parts, project: 'demo' }))
  const store = await openStore({ folder, env: {} })
  const config = await loadConfig({ repoPath: folder, environment: {} })
  const built = 'import json, os, feast; print(json.dumps(os.path.join(os.path.dirname(feast.__file__), "ui", "build")))'
  const own = String(await runPython('0.67.0', built))
  const server = await startServer({ store, config, port: 0, pages: own, pagesBy: 'others', openings: { data: true, writes: true } })
  open.push(store, server)
  browser = await launchBrowser()
  feast = await openFeastPages(browser, server.url)
})

afterAll(async () => {
  await browser?.close()
  for (const each of open.reverse()) await each[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describe("Feast 0.67's own web UI, out of its wheel, beside our REST", () => {
  test.each(pages)('shows %s without a failed request or an error', async (path, words) => {
    expect(await feast.visit(path, words)).toEqual([])
    tested({ version: '0.67.0', operation: 'pages' }, { rows: 1 })
  })
})

test('the web UI of Feast 0.49.0 reads its registry as one file, and asks no REST', async () => {
  const asked = `
import json, os, feast
folder = os.path.join(os.path.dirname(feast.__file__), "ui", "build", "static", "js")
texts = [open(os.path.join(folder, name), errors="replace").read() for name in os.listdir(folder) if name.endswith(".js")]
print(json.dumps(any("/feature_views" in text for text in texts)))
`
  expect(await runPython('0.49.0', asked)).toBe(false)
  impossible({ version: '0.49.0', operation: 'pages' }, 'its web UI reads the registry as one file')
})
