import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { databaseNames, keptPasswords } from './driver-stats/credentials.ts'
import { loadSample, runExample } from './driver-stats/run.ts'
import { startPostgres } from './postgres/postgres.ts'

// `npm start`: a real PostgreSQL with three databases and three users, the example applied, loaded and asked. Ctrl-C stops it.

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const printed = (rows: readonly Readonly<Record<string, unknown>>[]): string => {
  const headers = Object.keys(rows[0] ?? {})
  const cells = rows.map((row) => headers.map((name) => text(row[name])))
  const widths = headers.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)))
  return [headers, ...cells].map((line) => `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()).join('\n')
}

const text = (value: unknown): string =>
  value === null
    ? 'null'
    : value instanceof Date
      ? value.toISOString().replace('.000Z', 'Z')
      : typeof value === 'number'
        ? String(Number(value.toPrecision(8)))
        : String(value)

const start = async (exitWhenDone: boolean): Promise<void> => {
  const state = join(process.cwd(), '.state')
  const passwords = await keptPasswords(state)
  const now = new Date()
  await using postgres = await startPostgres({
    directory: join(state, 'postgres'),
    databases: databaseNames.map((name) => ({ name, user: name, password: passwords[name] })),
    log: say,
  })
  say(`PostgreSQL ${postgres.version} answers on ${postgres.host}:${postgres.port} with three databases: ${databaseNames.join(', ')}.`)
  await loadSample(postgres.url('offline_store'), now)
  const folder = dirname(fileURLToPath(import.meta.resolve('@charmed-feast/example-driver-stats/feature_store.yaml')))
  const env = {
    DRIVER_STATS_HOST: postgres.host,
    DRIVER_STATS_PORT: String(postgres.port),
    DRIVER_STATS_REGISTRY: postgres.url('registry'),
    DRIVER_STATS_OFFLINE_PASSWORD: passwords.offline_store,
    DRIVER_STATS_ONLINE_PASSWORD: passwords.online_store,
  }
  const { training, vectors, checksum } = await runExample({ folder, env }, now)
  say(`\nTraining set of service "pricing", as it was at each event time:\n${printed(training)}`)
  say(`\nOnline vectors of the same service, as they are now:\n${printed(vectors)}`)
  say(`\nChecksum ${checksum}`)
  if (exitWhenDone) return
  say('\nPostgreSQL stays up until Ctrl-C. Its state is in .state; delete the folder to begin anew.')
  const stop = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.resolve())
  await Promise.race([stop.promise, postgres.exited])
}

await start(process.argv.includes('--exit'))
