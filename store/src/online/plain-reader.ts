import type { Pool } from '../postgres/pool.ts'
import type { OnlineReader } from './postgres-online.ts'
import type { Reading } from './read.ts'

interface Row {
  readonly at: number
  readonly entity_key: Buffer
  readonly feature_name: string
  readonly value: Buffer | null
  readonly event_ts: bigint | null
}

/** The parameters of a plan's one statement: the keys of each key set, then the features of each group that picks. */
export const planParameters = ({ plan, keys }: Reading): readonly (readonly Uint8Array[] | readonly string[])[] => [
  ...keys.map((set) => set.keys),
  ...plan.groups.flatMap((group) => (group.picks ? [group.features] : [])),
]

/** Reads through `pg`: the plain twin of the wire reader, slower and with nothing of our own in between. Always one statement. */
export const plainReader = (pool: Pool): OnlineReader => ({
  async read(reading, { signal }) {
    const { rows } = await pool.query<Row>(reading.plan.statement, planParameters(reading), { idempotent: true, signal })
    for (const row of rows) reading.cell(row.at, { key: row.entity_key, feature: row.feature_name, value: row.value, time: row.event_ts })
  },
  async [Symbol.asyncDispose]() {
    await pool.close()
  },
})
