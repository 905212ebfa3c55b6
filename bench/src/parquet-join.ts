import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entity, featureView, fileSource, float64, int64, openStore } from '@charmed-feast/store'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Figure, middle } from './figure.ts'
import { checkSame, type Run } from './section.ts'
import { type TrainingResult, timeTrainingSet } from './training-set.ts'

// Training sets on Parquet files: probes × rows, ten versions an entity, three features. The limit is DuckDB's bare ASOF join over the same
// files, in this process, with all the memory and threads that it likes; every cell of its answer is read as well.

interface Case {
  readonly probes: number
  readonly rows: number
  readonly rounds: number
}

const driver = entity({ name: 'driver', joinKey: 'driver_id', valueType: int64 })
const view = featureView({
  name: 'history',
  entities: [driver],
  schema: { a: float64, b: float64, c: int64 },
  source: fileSource({ name: 'history', path: 'history.parquet', timestampField: 'at' }),
})
const features = Object.freeze(['history:a', 'history:b', 'history:c'])

const prepare = async (connection: DuckDBConnection, folder: string, { probes, rows }: Case): Promise<void> => {
  const keys = rows / 10
  await connection.run(`COPY (SELECT i % ${keys} AS driver_id, make_timestamptz(1767225600000000 + ((i // ${keys} + random() / 2) * 86400000000)::BIGINT) AS at,
    random() AS a, random() AS b, i AS c FROM range(${rows}) AS r(i) ORDER BY hash(i)) TO '${join(folder, 'history.parquet')}'`)
  await connection.run(`COPY (SELECT floor(random() * ${keys})::BIGINT AS driver_id, make_timestamptz(1767225600000000 + (random() * 950400000000)::BIGINT) AS event_timestamp
    FROM range(${probes})) TO '${join(folder, 'probes.parquet')}'`)
}

/** DuckDB's own join, every cell of it read from its vectors. */
const bare = async (connection: DuckDBConnection, folder: string): Promise<TrainingResult> => {
  const began = performance.now()
  const result = await connection.stream(`SELECT p.driver_id, p.event_timestamp, h.a, h.b, h.c
    FROM '${join(folder, 'probes.parquet')}' AS p ASOF LEFT JOIN '${join(folder, 'history.parquet')}' AS h
    ON p.driver_id = h.driver_id AND p.event_timestamp >= h.at`)
  const sums = [0, 0, 0]
  let rows = 0
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    rows += chunk.rowCount
    for (let place = 0; place < 3; place++) {
      const vector = chunk.getColumnVector(2 + place)
      let sum = 0
      for (let at = 0; at < chunk.rowCount; at++) sum += Number(vector.getItem(at) ?? 0)
      sums[place] = (sums[place] ?? 0) + sum
    }
  }
  return { seconds: (performance.now() - began) / 1000, rows, sums }
}

async function* compare(each: Case): AsyncGenerator<Figure> {
  const folder = await mkdtemp(join(tmpdir(), 'feast-bench-'))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await prepare(connection, folder, each)
    const config = { project: 'bench', provider: 'local', registry: 'registry.db', offline_store: { type: 'duckdb' }, online_store: null }
    await using store = await openStore({
      folder,
      env: {
        FEATURE_STORE_YAML_BASE64: Buffer.from(JSON.stringify({ ...config, entity_key_serialization_version: 3 })).toString('base64'),
      },
    })
    await store.apply([driver, view])
    const mine: number[] = []
    const limits: number[] = []
    for (let round = 0; round < each.rounds; round++) {
      const result = await timeTrainingSet(store, features, { path: 'probes.parquet' })
      const limit = await bare(connection, folder)
      checkSame('training sets', [result.rows, ...result.sums], [limit.rows, ...limit.sums])
      mine.push(result.seconds)
      limits.push(limit.seconds)
    }
    const common = { section: 'parquet-join', ours: middle(mine), limit: middle(limits) }
    yield { ...common, case: `${each.probes} x ${each.rows}`, unit: 's' }
    yield {
      ...common,
      case: `${each.probes} x ${each.rows}`,
      ours: each.probes / middle(mine),
      limit: each.probes / middle(limits),
      unit: 'rows/s',
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Measures training sets on Parquet. */
export async function* parquetJoin({ quick }: Run): AsyncGenerator<Figure> {
  const [probes, rows] = quick ? [2000, 20_000] : [100_000, 1_000_000]
  yield* compare({ probes, rows, rounds: quick ? 1 : 5 })
  yield* compare({ probes: probes * 10, rows: rows * 10, rounds: quick ? 1 : 3 })
}
