import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { FeastVersion } from './environment.ts'
import { pythonPath } from './python.ts'

/** A repository on a PostgreSQL, as both Feasts read it. */
export interface Repository {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly project: string
  /** For how long Python may use what it has read of the registry; 2 unless told, so that tests need not wait. */
  readonly cacheSeconds?: number
}

/** The feature_store.yaml of a repository whose three stores are one database. */
export const repositoryYaml = ({ host, port, user, password, database, project, cacheSeconds = 2 }: Repository): string => {
  const store = `{type: postgres, host: "${host}", port: ${port}, user: "${user}", password: "${password}", database: "${database}", sslmode: disable}`
  const path = `postgresql+psycopg://${user}:${password}@${host}:${port}/${database}?sslmode=disable`
  return [
    `project: ${project}`,
    'provider: local',
    `registry: {registry_type: sql, path: "${path}", cache_ttl_seconds: ${cacheSeconds}}`,
    `offline_store: ${store}`,
    `online_store: ${store}`,
    'entity_key_serialization_version: 3',
    '',
  ].join('\n')
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

const answers = async (url: string, child: ChildProcess, output: () => string): Promise<void> => {
  for (;;) {
    if (ended(child)) throw new Error(`cannot start Feast's registry server: ${output().slice(-4000)}`)
    const response = await fetch(`${url}/api/v1/version`).catch(() => undefined)
    if (response?.ok === true) return
    await delay(200)
  }
}

/** A server of Python's own, on a folder of its own: its registry over REST, which its UI serves too. */
export interface FeastServer extends AsyncDisposable {
  readonly url: string
  readonly folder: string
}

/** The words of Feast's command line that start each of its servers. */
const commands = {
  registry: (port: number) => ['serve_registry', '--rest-api', '--no-grpc', '--rest-port', String(port), '--host', '127.0.0.1'],
  ui: (port: number) => ['ui', '--host', '127.0.0.1', '--port', String(port)],
}

/**
 * Starts `feast serve_registry --rest-api` of a release, or its `feast ui`.
 *
 * @example
 * await using feast = await startFeastServer('0.67.0', repository)
 */
export const startFeastServer = async (
  version: FeastVersion,
  repository: Repository,
  command: keyof typeof commands = 'registry',
): Promise<FeastServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'charmed-feast-rest-'))
  await writeFile(join(folder, 'feature_store.yaml'), repositoryYaml(repository))
  const port = await freePort()
  // As a module: the scripts in bin/ name the folder that the environment was made in, not the one it has.
  const child = spawn(pythonPath(version), ['-m', 'feast.cli.cli', ...commands[command](port)], {
    cwd: folder,
    env: { ...process.env, FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)))
  const url = `http://127.0.0.1:${port}`
  await answers(url, child, () => output)
  return {
    url,
    folder,
    async [Symbol.asyncDispose]() {
      // Asked to end it would first answer all that it was asked, which can take minutes.
      child.kill('SIGKILL')
      if (!ended(child)) await once(child, 'exit')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
