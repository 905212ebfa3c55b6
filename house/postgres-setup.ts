import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import type { Admin } from '../bundle/src/postgres/database.ts'
import { currentHost } from '../bundle/src/postgres/host.ts'
import { type Postgres, startPostgres } from '../bundle/src/postgres/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The superuser of the PostgreSQL that this run shares. */
    readonly postgres: Admin
  }
}

/**
 * Waits for a word or for the end of our life. Without the word, because this run was killed, it ends the server (`$1`) and takes
 * its folder (`$2`) away.
 */
const guardScript = `
read -r word
[ "$word" = done ] && exit
kill -INT "$1"
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
`

/** Starts the guard of a server, which outlives this process by a moment. */
export const startGuard = (pid: number, folder: string): ChildProcess => {
  const guard = spawn('/bin/sh', ['-c', guardScript, 'guard', String(pid), folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  guard.unref()
  return guard
}

let folder = ''
let postgres: Postgres | undefined
let guard: ChildProcess | undefined

/** No fsync, for nothing here must outlive a power cut; no autovacuum, so that statistics are what a test's own ANALYZE saw. */
const settings = { fsync: 'off', max_connections: 200, autovacuum: 'off' }

/** Starts the PostgreSQL that all test files of this run share. */
export const setup = async (project: TestProject): Promise<void> => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-test-'))
  await chmod(folder, 0o755)
  const machine = currentHost()
  const host = { ...machine, temporaries: [folder, ...machine.temporaries] }
  postgres = await startPostgres({ directory: folder, settings, host })
  guard = startGuard(postgres.pid, folder)
  project.provide('postgres', { host: postgres.host, port: postgres.port, ...postgres.superuser })
}

/** Stops it and leaves nothing behind. */
export const teardown = async (): Promise<void> => {
  await postgres?.stop()
  await rm(folder, { recursive: true, force: true })
  if (guard === undefined) return
  const ended = once(guard, 'exit')
  guard.stdin?.end('done\n')
  await ended
}
