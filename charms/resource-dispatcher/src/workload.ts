import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'

import { openManifestFolder } from './sync/manifest-folder.ts'
import { createSyncServer, type SyncServerOptions } from './sync/server.ts'

/** Where a started hook server listens, and how it ends. */
export interface Workload extends AsyncDisposable {
  readonly port: number
}

/** What {@link startWorkload} needs of its process. */
export interface WorkloadOptions {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
}

const parsePort = (text: string): number => {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new Error(`cannot listen on port "${text}": it is no number from 0 to 65535`)
}

// Read for each question, so that a new token needs no new start; it stands in a file because others can see a process's environment.
const tokenReader = (path: string): SyncServerOptions['readToken'] =>
  path === '' ? null : async () => (await readFile(path, 'utf8')).trim()

/**
 * Starts the hook server with the arguments of the Python one: `--port`, `--label`, `--folder`, and `--host` (all addresses by default).
 * `DECORATOR_CONTROLLER_UID` says who may ask, `SYNC_TOKEN_FILE` where stands what the asker must know besides.
 *
 * @example
 * await using workload = await startWorkload({ args: ['--port', '0', '--folder', folder], env: { DECORATOR_CONTROLLER_UID: uid }, log })
 */
export const startWorkload = async ({ args, env, log }: WorkloadOptions): Promise<Workload> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', short: 'p', default: env.PORT ?? '8080' },
      host: { type: 'string' },
      label: { type: 'string', short: 'l', default: env.TARGET_NAMESPACE_LABEL ?? 'user.kubeflow.org/enabled' },
      folder: { type: 'string', short: 'f', default: env.TEMPLATES_FOLDER ?? '/var/lib/pebble/default/resources' },
    },
  })
  const server = createSyncServer({
    folder: openManifestFolder(values.folder, { now: () => performance.now() }),
    label: values.label,
    controllerUid: env.DECORATOR_CONTROLLER_UID || null,
    readToken: tokenReader(env.SYNC_TOKEN_FILE ?? ''),
    log,
  })
  server.listen({ port: parsePort(values.port), ...(values.host === undefined ? {} : { host: values.host }) })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  log(`listening on port ${port}`)
  const stop = async (): Promise<void> => {
    server.close()
    server.closeIdleConnections()
    await once(server, 'close')
  }
  return { port, [Symbol.asyncDispose]: stop }
}

const main = async (): Promise<void> => {
  const log = (line: string): void => {
    process.stdout.write(`resource-dispatcher: ${line}\n`)
  }
  const workload = await startWorkload({ args: process.argv.slice(2), env: process.env, log })
  const stop = (): void => {
    void workload[Symbol.asyncDispose]().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

if (import.meta.main) await main()
