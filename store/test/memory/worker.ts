import { readFile } from 'node:fs/promises'
import { openStore } from '../../src/index.ts'
import { features } from './repository.ts'

// `worker.ts YAML FOLDER WORK`: does one thing in a process of its own and prints how many rows it saw, and the most memory that it and its
// children ever had, in MB.

const [yaml = '', folder = '', work = ''] = process.argv.slice(2)

const highWater = async (process: string): Promise<number> => {
  const [, kilobytes = ''] = /VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${process}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}
const childrenOf = async (process: string): Promise<readonly string[]> =>
  (await readFile(`/proc/${process}/task/${process}/children`, 'utf8')).split(' ').filter((id) => id !== '')

await using store = await openStore({ folder, env: { FEATURE_STORE_YAML_BASE64: yaml }, live: false })
let rows = 0
if (work === 'materialize') {
  const [result] = await store.materialize({ start: new Date('2026-01-01T00:00:00Z'), end: new Date('2027-01-01T00:00:00Z') })
  rows = result?.rows ?? 0
} else {
  const entityRows = work === 'parquet' ? { path: 'probes.parquet' } : { sql: 'SELECT driver_id, event_timestamp FROM probes' }
  const set = await store.readHistorical(features, { entityRows })
  for await (const batch of set.batches()) rows += batch.rows
}
let megabytes = await highWater(String(process.pid))
for (const child of await childrenOf(String(process.pid))) megabytes += await highWater(child)
process.stdout.write(JSON.stringify({ rows, megabytes: Math.round(megabytes) }))
