import { rm } from 'node:fs/promises'
import { BundleError, bundleError } from '../errors.ts'
import { type Binaries, findPackage, placeBinaries } from './binaries.ts'
import { type Settings, writeConfiguration } from './configuration.ts'
import { hasDataFolder, makeDataFolder, resetSuperuser, superuser } from './data-folder.ts'
import { checkDatabases, type DatabaseWish, makeDatabases } from './database.ts'
import { type EncryptionWish, setEncryption } from './encryption.ts'
import { currentHost, type Host } from './host.ts'
import { isForgotten, type Layout, layOut, linkData, makeSocketFolder, removeLayout } from './layout.ts'
import { type Lock, takeLock } from './lock.ts'
import { keepPassword, makePassword, readPassword } from './password.ts'
import { checkPort, freePort, keepPort, loopback } from './port.ts'
import { type Postmaster, removePidFile, startPostmaster } from './postmaster.ts'
import { endOrphan } from './process.ts'
import { scramVerifier } from './scram.ts'

/** What {@link startPostgres} is told. */
export interface PostgresOptions {
  /** The state folder: password, log and, where the server's account can reach it, the data. It is made when missing. */
  readonly directory: string
  /** The port on the loopback address; without it the port of the last start, or a free one. */
  readonly port?: number
  /** Databases and their owners; what is missing is made, what is there is kept. */
  readonly databases?: readonly DatabaseWish[]
  /** PostgreSQL's settings by name, over our own for a laptop. */
  readonly settings?: Settings
  /** Told, in a sentence, what takes long or is worth knowing. */
  readonly log?: (line: string) => void
  /** Told of the server's process as soon as there is one, before it answers: to end it when this process is killed. */
  readonly onSpawn?: (pid: number) => void
  /** Gives a start up whose data folder is still being made; nothing of it stays. */
  readonly signal?: AbortSignal
  /** The machine; another one than {@link currentHost} says only in tests. */
  readonly host?: Host
}

/** A running PostgreSQL. */
export interface Postgres {
  /** The loopback address. */
  readonly host: string
  readonly port: number
  /** The folder of its Unix socket, which the server's account alone (and root) may enter. */
  readonly socketDirectory: string
  readonly dataDirectory: string
  readonly logFile: string
  readonly version: string
  /** The server's process. */
  readonly pid: number
  readonly superuser: { readonly user: string; readonly password: string }
  /**
   * The address of a database of `databases`, as its owner.
   *
   * @throws BUNDLE_DATABASE_INVALID for a name that was not asked for
   */
  url(name: string): string
  /** The address of any database, as the superuser. */
  adminUrl(name?: string): string
  /**
   * Has a database speak TLS and nothing else, or no TLS at all, now and at every start to come. Gives the authority, PEM, that vouches for the
   * server, and null where there is no TLS.
   *
   * @throws BUNDLE_DATABASE_INVALID for a name that rules of access cannot hold
   */
  setEncryption(wish: EncryptionWish): Promise<string | null>
  /** Settled once the server has ended, whoever ended it. */
  readonly exited: Promise<void>
  /** Ends the server and its sessions; data is written out. Calling it again changes nothing. */
  stop(): Promise<void>
  /** Stops it, and takes its data and all that a start has made away, wherever it lies: for what was meant for a moment. */
  remove(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

interface Running {
  readonly layout: Layout
  readonly binaries: Binaries
  readonly lock: Lock
  readonly postmaster: Postmaster
  readonly port: number
  readonly password: string
}

const portAttempts = 5

const urlOf = (user: string, password: string, port: number, database: string): string =>
  `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${loopback}:${port}/${encodeURIComponent(database)}`

const endEarlier = async (layout: Layout, options: PostgresOptions, host: Host): Promise<void> => {
  const orphan = await endOrphan(layout, host)
  if (orphan !== undefined) options.log?.(`ended the PostgreSQL that an earlier run left behind (process ${orphan})`)
  await removePidFile(layout)
}

/** Data that lies elsewhere goes as it would have gone with the folder that was deleted. */
const forgetData = async (layout: Layout, options: PostgresOptions, host: Host): Promise<void> => {
  await endEarlier(layout, options, host)
  await rm(layout.data, { recursive: true, force: true })
}

/** A data folder whose superuser has the password that we keep. */
const prepareData = async (layout: Layout, binaries: Binaries, options: PostgresOptions, host: Host): Promise<string> => {
  if (await isForgotten(layout)) await forgetData(layout, options, host)
  await linkData(layout)
  const kept = await readPassword(layout)
  const password = kept ?? makePassword()
  const isDurable = options.settings?.fsync !== 'off' && options.settings?.fsync !== false
  if (!(await hasDataFolder(layout, binaries, host))) {
    options.log?.(`making a data folder in ${layout.data}`)
    if (kept === undefined) await keepPassword(layout, password)
    await makeDataFolder(layout, binaries, await scramVerifier(password), { isDurable, signal: options.signal })
    return password
  }
  await endEarlier(layout, options, host)
  if (kept === undefined) {
    options.log?.('making another password for the superuser: the file of the old one is gone')
    await writeConfiguration(layout, loopback, await freePort(layout.portFile), options.settings ?? {})
    await resetSuperuser(layout, binaries, await scramVerifier(password))
    await keepPassword(layout, password)
  }
  return password
}

/** Starts on the wished port, or on a free one; when somebody took that between our look and the start, on another. */
const startOnPort = async (binaries: Binaries, layout: Layout, options: PostgresOptions): Promise<[Postmaster, number]> => {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort(layout.portFile))
    await writeConfiguration(layout, loopback, port, options.settings ?? {})
    try {
      return [await startPostmaster(binaries, layout, { port, onSpawn: options.onSpawn }), port]
    } catch (error) {
      const isTaken = error instanceof BundleError && error.code === 'BUNDLE_PORT_IN_USE'
      if (!isTaken || options.port !== undefined || attempt === portAttempts) throw error
    }
  }
}

const run = async (options: PostgresOptions, host: Host, layout: Layout, lock: Lock): Promise<Running> => {
  const binaries = await placeBinaries(await findPackage(host), host)
  const password = await prepareData(layout, binaries, options, host)
  await makeSocketFolder(layout, host.account)
  const [postmaster, port] = await startOnPort(binaries, layout, options)
  try {
    await keepPort(layout.portFile, port)
    await makeDatabases({ host: loopback, port, user: superuser, password }, options.databases ?? [])
    return { layout, binaries, lock, postmaster, port, password }
  } catch (error) {
    await postmaster.stop()
    throw error
  }
}

const removeSockets = ({ sockets }: Layout): Promise<void> => rm(sockets, { recursive: true, force: true })

const handleOf = ({ layout, binaries, lock, postmaster, port, password }: Running, wishes: readonly DatabaseWish[]): Postgres => {
  const endWithUs = (): void => {
    process.kill(postmaster.pid, 'SIGINT')
  }
  process.once('exit', endWithUs)
  const exited = postmaster.exited.then(() => {
    process.off('exit', endWithUs)
  })
  let stopped: Promise<void> | undefined
  let lastEncryption: Promise<unknown> = Promise.resolve()
  const stopOnce = async (): Promise<void> => {
    await postmaster.stop()
    await exited
    await removeSockets(layout)
    lock.release()
  }
  const stop = (): Promise<void> => {
    stopped ??= stopOnce()
    return stopped
  }
  return {
    host: loopback,
    port,
    socketDirectory: layout.sockets,
    dataDirectory: layout.data,
    logFile: layout.logFile,
    version: binaries.version,
    pid: postmaster.pid,
    superuser: { user: superuser, password },
    url: (name) => {
      const wish = wishes.find((each) => each.name === name)
      if (wish === undefined) throw bundleError('BUNDLE_DATABASE_INVALID', [name, 'it was not asked for at the start'])
      return urlOf(wish.user, wish.password, port, name)
    },
    adminUrl: (name = superuser) => urlOf(superuser, password, port, name),
    setEncryption: (wish) => {
      const set = (): Promise<string | null> => setEncryption(layout, { host: loopback, port, user: superuser, password }, wish, new Date())
      const done = lastEncryption.then(set, set)
      lastEncryption = done
      return done
    },
    exited,
    stop,
    remove: async () => {
      await stop()
      await removeLayout(layout)
    },
    [Symbol.asyncDispose]: stop,
  }
}

/**
 * Starts a real PostgreSQL for one machine, from the binaries that npm brought: on the loopback address, with passwords
 * everywhere, durable, as `nobody` where we are root. A server that a killed run left behind is ended first. One process
 * at a time owns a directory; several directories are several servers.
 *
 * @throws BundleError with one of the codes of the embedded PostgreSQL
 * @example
 * await using postgres = await startPostgres({
 *   directory: '.state/postgres',
 *   databases: [{ name: 'online', user: 'feast', password: 's3cret' }],
 * })
 * console.log(postgres.url('online')) // postgresql://feast:s3cret@127.0.0.1:40123/online
 */
export const startPostgres = async (options: PostgresOptions): Promise<Postgres> => {
  const wishes = options.databases ?? []
  checkDatabases(wishes)
  checkPort(options.port)
  const host = options.host ?? currentHost()
  const layout = await layOut(options.directory, host)
  const lock = takeLock(layout.lockFile)
  if (lock === undefined) throw bundleError('BUNDLE_POSTGRES_RUNNING', [layout.directory])
  try {
    return handleOf(await run(options, host, layout, lock), wishes)
  } catch (error) {
    await removeSockets(layout)
    lock.release()
    throw error
  }
}
