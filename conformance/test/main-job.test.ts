import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lastHour } from '@charmed-feast/example-driver-stats/sample'
import { expect, test } from 'vitest'
import { checksumOf, loadSample, runExample, trainingRows } from '../../bundle/src/driver-stats/run.ts'
import { testDatabase } from '../../house/postgres.ts'
import { tested } from '../src/cell-note.ts'
import { feastVersions } from '../src/environment.ts'
import { runPython } from '../src/python.ts'

const folder = dirname(fileURLToPath(import.meta.resolve('@charmed-feast/example-driver-stats/feature_store.yaml')))

/** Feast reads conv_rate from history and online; what the TypeScript of `fare` makes of it is worked out beside it, in doubles. */
const script = `
import json, sys
from datetime import datetime
import numpy as np
import pandas as pd
from feast import FeatureStore
to = json.load(sys.stdin)
store = FeatureStore(config=__import__("feast").repo_config.RepoConfig(**to["config"]))
frame = pd.DataFrame([{**row, "event_timestamp": datetime.fromisoformat(row["event_timestamp"].replace("Z", "+00:00"))} for row in to["training"]])
history = store.get_historical_features(entity_df=frame, features=["driver_hourly_stats:conv_rate"]).to_df()
# Before 0.66 a real column comes as the double of its shortest text: docs/reference/differences.md.
rates = {int(row.driver_id): float(np.float32(row.conv_rate)) for row in history.itertuples()}
online = store.get_online_features(features=["driver_hourly_stats:conv_rate"], entity_rows=[{"driver_id": row["driver_id"]} for row in to["vectors"]]).to_dict()
def fare(rate, km): return 2 + km * (1 + (rate or 0))
print(json.dumps({
  "training": [[row["driver_id"], row["distance_km"], rates[row["driver_id"]], fare(rates[row["driver_id"]], row["distance_km"])] for row in to["training"]],
  "vectors": [[row["driver_id"], rate, fare(rate, row["distance_km"])] for row, rate in zip(to["vectors"], online["conv_rate"])],
}))
`

test.each(feastVersions)('npm start prints what Feast %s gives for the sample', async (version) => {
  const [registry, offline, online] = await Promise.all([testDatabase(), testDatabase(), testDatabase()])
  const now = new Date()
  await loadSample(offline.url, now)
  const store = (database: typeof offline) => ({
    type: 'postgres',
    host: database.host,
    port: database.port,
    database: database.database,
    user: database.user,
    password: database.password,
    sslmode: 'disable',
  })
  const config = {
    project: 'driver_stats',
    provider: 'local',
    registry: { registry_type: 'sql', path: registry.url },
    offline_store: store(offline),
    online_store: store(online),
    entity_key_serialization_version: 3,
  }
  const env = { FEATURE_STORE_YAML_BASE64: Buffer.from(JSON.stringify(config)).toString('base64') }
  const { checksum } = await runExample({ folder, env }, now)
  const theirs = await runPython(version, script, {
    input: {
      config: { ...config, registry: { ...config.registry, path: registry.url.replace('postgresql:', 'postgresql+psycopg:') } },
      training: trainingRows(lastHour(now)).map((row) => ({
        ...row,
        driver_id: Number(row.driver_id),
        event_timestamp: row.event_timestamp.toISOString(),
      })),
      vectors: [
        { driver_id: 1001, distance_km: 7.5 },
        { driver_id: 1005, distance_km: 12 },
      ],
    },
  })
  const { training, vectors } = Object(theirs)
  const named = (names: readonly string[], rows: readonly (readonly unknown[])[]) =>
    rows.map((row) => Object.fromEntries(names.map((name, at) => [name, name === 'driver_id' ? BigInt(Number(row[at])) : row[at]])))
  expect(
    checksumOf(
      named(['driver_id', 'distance_km', 'conv_rate', 'expected_fare'], training),
      named(['driver_id', 'conv_rate', 'expected_fare'], vectors),
    ),
  ).toBe(checksum)
  tested({ version, operation: 'main_job' }, { rows: training.length + vectors.length })
})
