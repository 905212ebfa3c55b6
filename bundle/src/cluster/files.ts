import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { KubernetesObject } from '@charmed-feast/charm'
import { ObjectStore } from '@charmed-feast/charm/testing'

/** Objects that are kept in a file. */
export interface KeptObjects extends Disposable {
  readonly store: ObjectStore
  /** A secret of this cluster, the same for as long as its file lives: 32 bytes. */
  readonly key: Buffer
}

const tables = `
  CREATE TABLE IF NOT EXISTS objects (path TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS cluster (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
`

/**
 * Opens the file of a cluster. Each write is there, whole, before it is answered, and a process that is killed loses none: SQLite's log is
 * written before the file. One process at a time.
 *
 * @example
 * using kept = openFiles(folder, () => randomBytes(32))
 */
export function openFiles(folder: string, newKey: () => Buffer): KeptObjects {
  const path = join(folder, 'cluster.sqlite')
  const file = new DatabaseSync(path)
  // SQLite gives its log the mode of the file.
  chmodSync(path, 0o600)
  file.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${tables}`)
  const read = file.prepare('SELECT value FROM cluster WHERE name = ?')
  const keep = file.prepare('INSERT INTO cluster (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value')
  const insert = file.prepare('INSERT INTO objects (path, body) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET body = excluded.body')
  const remove = file.prepare('DELETE FROM objects WHERE path = ?')
  const kept = read.get('key')?.value
  const key = kept instanceof Uint8Array ? Buffer.from(kept) : newKey()
  if (!(kept instanceof Uint8Array)) keep.run('key', key)
  const version = read.get('version')?.value
  const rows = file.prepare('SELECT path, body FROM objects').all()
  // Written below, whole or not at all.
  const objects = rows.map(({ path: at, body }) => [String(at), JSON.parse(String(body)) as KubernetesObject] as const)
  const store = new ObjectStore(objects, version instanceof Uint8Array ? Number(Buffer.from(version).toString()) : 0)
  const subscription = store.subscribe(({ type, path: at, object, version: next }) => {
    file.exec('BEGIN')
    if (type === 'DELETED') remove.run(at)
    else insert.run(at, JSON.stringify(object))
    keep.run('version', Buffer.from(String(next)))
    file.exec('COMMIT')
  })
  return {
    store,
    key,
    [Symbol.dispose]: () => {
      subscription[Symbol.dispose]()
      file.close()
    },
  }
}
