import { ensureOwnTable, hasOwnTable, type Listener, listen, openPool, type PostgresTarget } from '@charmed-feast/store'
import { type Ground, tableSql } from './ground.ts'

const channel = 'charmed_feast_run'
const table = (name: string): string => `charmed_feast.${name}`
/** Behind a pooler nobody can listen: then whoever hears is told to look for himself. */
const pollMs = 2000

/** Our records in the registry's database. Connects when it is first asked. */
export const postgresGround = (target: PostgresTarget, report: (error: unknown) => void): Ground => {
  const pool = openPool(target, { max: 2 })
  let listener: Listener | undefined
  let timer: NodeJS.Timeout | undefined
  const one = async (text: string): Promise<unknown> => (await pool.query<{ readonly answer: unknown }>(text)).rows[0]?.answer
  const isMade = (): Promise<boolean> => hasOwnTable(pool, 'change')
  return {
    async query(text, values = []) {
      return (await pool.query(text, values)).rows
    },
    table,
    now: '(extract(epoch FROM clock_timestamp()) * 1000)::bigint',
    skipTaken: 'FOR UPDATE SKIP LOCKED',
    isMade,
    async make() {
      await pool.transaction((transaction) => ensureOwnTable(transaction, 'change', tableSql(table)))
    },
    async problem() {
      if (await isMade()) return null
      const mayMake = await one(
        `SELECT has_database_privilege(current_database(), 'CREATE') OR coalesce(has_schema_privilege(to_regnamespace('charmed_feast')::oid, 'CREATE'), false) AS answer`,
      )
      return mayMake === true ? null : `the role "${target.user}" may not make the schema charmed_feast in the registry's database`
    },
    async tell(id) {
      await pool.query('SELECT pg_notify($1, $2)', [channel, id])
    },
    hear(heard) {
      if (target.pooled) timer = setInterval(() => heard(''), pollMs).unref()
      else listener = listen(target, channel, { onPayload: heard, onListening: () => heard(''), onError: report })
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await listener?.close()
      await pool.close()
    },
  }
}
