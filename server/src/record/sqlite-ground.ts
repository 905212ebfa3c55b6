import { DatabaseSync } from 'node:sqlite'
import { type Ground, tableSql } from './ground.ts'

const table = (name: string): string => `charmed_feast_${name}`
const pollMs = 2000

/** Our records in a file beside a registry that is a file. The file is made with the first record. */
export const sqliteGround = (path: string): Ground => {
  let database: DatabaseSync | undefined
  const listeners: ((id: string) => void)[] = []
  let timer: NodeJS.Timeout | undefined
  const open = (): DatabaseSync => {
    if (database !== undefined) return database
    database = new DatabaseSync(path, { timeout: 5000 })
    database.exec('PRAGMA journal_mode = WAL')
    return database
  }
  return {
    async query(text, values = []) {
      return open()
        .prepare(text.replaceAll(/\$(\d+)/g, '?$1'))
        .all(...values)
    },
    table,
    now: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
    skipTaken: '',
    async isMade() {
      return open().prepare(`SELECT 1 FROM sqlite_master WHERE name = 'charmed_feast_change'`).get() !== undefined
    },
    async make() {
      for (const statement of tableSql(table)) open().exec(statement)
    },
    problem: async () => null,
    async tell(id) {
      for (const listener of listeners) listener(id)
    },
    hear(heard) {
      listeners.push(heard)
      timer = setInterval(() => heard(''), pollMs).unref()
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      database?.close()
    },
  }
}
