import type { DuckDBConnection } from '@duckdb/node-api'
import { describeFile, fileSourceOf } from './duckdb-file.ts'
import { absent, candidatesSql, compileDuckdb, duckdbFeature, duckdbReader, eachRow, readChunks } from './duckdb-join.ts'
import { appendProbes } from './duckdb-upload.ts'
import { askedFeature, askedProbes, Candidates, candidateLimit, futureLimit, unanswerable, valueNow } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { laneOf, tieOrder } from './lane.ts'
import type { ExplainRequest } from './offline.ts'

const moment = (low: number, high: number): bigint => (BigInt(high) << 32n) + BigInt(low >>> 0)

/** Finds the rows that a value could have come from, and chooses among them as the join does. See {@link OfflineStore.explain}. */
export const explainDuckdb = async (connection: DuckDBConnection, folder: string, request: ExplainRequest): Promise<Explanation> => {
  const { view, limit = candidateLimit } = request
  const feature = askedFeature(request)
  const probes = askedProbes(request)
  const join = compileDuckdb(view, await describeFile(connection, folder, fileSourceOf(view.source)), probes.kinds)
  if (probes.slots === 0) return unanswerable(request)
  await appendProbes(connection, probes, { per: 'slot', ttl: 0 })
  const { cursor, lanes } = duckdbReader(join, probes.slots)
  const value = laneOf(duckdbFeature(join, cursor, view.features.indexOf(feature)), 1)
  const candidates = new Candidates(request, probes, tieOrder(view, lanes))
  await readChunks(connection, candidatesSql(join, limit, futureLimit), cursor, (rows) => {
    eachRow(cursor, rows, (_, time, created) => {
      const createdTime = moment(cursor.low(2), cursor.high(2))
      const times = { eventTime: moment(cursor.low(1), cursor.high(1)), createdTime: createdTime === absent ? null : createdTime }
      candidates.offer({ ...times, value: valueNow(value) }, time, created)
    })
    return undefined
  })
  return candidates.explanation()
}
