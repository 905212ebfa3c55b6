import { createHash } from 'node:crypto'
import { access, constants, lchown, lstat, mkdir, readdir, readlink, realpath, rm, rmdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { bundleError } from '../errors.ts'
import { canReach, folderError, isPrivate, makeFolder, systemCode, writingInto } from './folder.ts'
import { type Account, type Host, serverAccount } from './host.ts'

/**
 * Where the parts of one PostgreSQL lie. `directory` is the caller's: password and log. `home` is what the server's account
 * must reach and may not write: lock, configuration, and the data folder, which alone belongs to that account. They are the
 * same folder unless root's `directory` lets no other account in.
 */
export interface Layout {
  readonly directory: string
  readonly home: string
  readonly data: string
  readonly sockets: string
  readonly passwordFile: string
  readonly portFile: string
  readonly logFile: string
  readonly lockFile: string
  readonly configuration: string
  readonly access: string
  /** The server's certificate, and which databases speak TLS: there once one of them does. */
  readonly tls: string
  /** Who the server runs as, when that is not who we are. */
  readonly account: Account | undefined
}

/** `sun_path` holds 104 bytes on macOS and 108 on Linux, and PostgreSQL wants room for the name of the socket's lock file. */
const longestSocket = 99

const shortName = (path: string): string => createHash('sha256').update(path).digest('hex').slice(0, 12)

/** The first folder of a list that serves; the first reason when none does. */
const firstOf = async (folders: readonly string[], attempt: (folder: string) => Promise<string | undefined>): Promise<string> => {
  let failure: unknown
  for (const folder of folders) {
    try {
      const found = await attempt(folder)
      if (found !== undefined) return found
    } catch (error) {
      failure ??= folderError(folder, error)
    }
  }
  throw failure ?? bundleError('BUNDLE_FOLDER_UNUSABLE', [folders.join('", "'), 'the account of PostgreSQL may not enter it'])
}

const findHome = async (directory: string, host: Host, account: Account | undefined): Promise<string> => {
  if (account === undefined || (await canReach(directory, account))) return directory
  return firstOf(host.states, async (state) => {
    await makeFolder(state, 0o755)
    if (!(await isPrivate(state, host.account)) || !(await canReach(state, account))) return undefined
    const home = join(state, shortName(directory))
    await makeFolder(home, 0o755)
    if (!(await isPrivate(home, host.account))) return undefined
    await writingInto(home, () => writeFile(join(home, 'belongs-to'), `${directory}\n`))
    return home
  })
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (systemCode(error) === 'ENOENT') return false
      throw error
    },
  )

/**
 * Whether somebody deleted the caller's folder to begin anew, and only the data that lies elsewhere is left of it. Call with the lock
 * held, before {@link linkData}.
 */
export const isForgotten = async ({ directory, home, passwordFile }: Layout): Promise<boolean> =>
  home !== directory && !(await isThere(join(directory, 'data'))) && !(await isThere(passwordFile))

/**
 * Shows people where the data is when it cannot lie in their folder.
 *
 * @throws BUNDLE_DATA_FOLDER_INVALID when the folder was moved or copied here, and its link still leads to the data of the other place
 */
export const linkData = async ({ directory, home, data }: Layout): Promise<void> => {
  if (home === directory) return
  const link = join(directory, 'data')
  const invalid = (why: string): Error => bundleError('BUNDLE_DATA_FOLDER_INVALID', [link, why])
  if (await isThere(link)) {
    if (!(await lstat(link)).isSymbolicLink()) throw invalid('the account of PostgreSQL may not enter it')
    const target = await readlink(link)
    if (target === data) return
    if (await isThere(target))
      throw invalid(`it leads to "${target}", the data of another folder; move that to "${data}", or remove the link`)
    await rm(link)
  }
  await writingInto(directory, () => symlink(data, link))
}

const findSockets = (home: string, { temporaries, account }: Host, server: Account | undefined): Promise<string> =>
  firstOf(temporaries, async (temporary) => {
    const folder = join(await realpath(temporary), `feast-${shortName(`${account?.uid} ${home}`)}`)
    if (Buffer.byteLength(join(folder, '.s.PGSQL.65535.lock')) > longestSocket) return undefined
    return server === undefined || (await canReach(dirname(folder), server)) ? folder : undefined
  })

/**
 * Decides where everything lies and makes the two outer folders.
 *
 * @throws BUNDLE_FOLDER_UNUSABLE, BUNDLE_DISK_FULL
 */
export const layOut = async (wanted: string, host: Host): Promise<Layout> => {
  await makeFolder(wanted, 0o755)
  const directory = await realpath(wanted)
  const account = serverAccount(host)
  const home = await findHome(directory, host, account)
  for (const folder of new Set([directory, home])) await writingInto(folder, () => access(folder, constants.W_OK | constants.X_OK))
  const data = join(home, 'data')
  return {
    directory,
    home,
    data,
    sockets: await findSockets(home, host, account),
    passwordFile: join(directory, 'superuser.password'),
    portFile: join(directory, 'port'),
    logFile: join(directory, 'postgres.log'),
    lockFile: join(home, 'lock'),
    configuration: join(home, 'postgresql.conf'),
    access: join(home, 'pg_hba.conf'),
    tls: join(home, 'tls'),
    account,
  }
}

/** Makes the folder of the sockets, for the server's account and nobody else. Call with the lock held. */
export const makeSocketFolder = async ({ sockets, account }: Layout, own: Account | undefined): Promise<void> => {
  try {
    await mkdir(sockets, { mode: 0o700 })
    if (account !== undefined) await lchown(sockets, account.uid, account.gid)
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw folderError(sockets, error)
    const found = await lstat(sockets)
    const owner = account?.uid ?? own?.uid ?? found.uid
    if (!found.isDirectory() || found.uid !== owner) throw bundleError('BUNDLE_FOLDER_UNUSABLE', [sockets, 'it belongs to another account'])
  }
}

/** Takes away all that a start has made, wherever it lies; what others put into `directory` stays. */
export const removeLayout = async (layout: Layout): Promise<void> => {
  const { directory, home, data, lockFile, configuration, access: rules, tls, passwordFile, portFile, logFile } = layout
  const made = [data, join(directory, basename(data)), lockFile, configuration, rules, tls, passwordFile, portFile, logFile, `${logFile}.1`]
  for (const path of made) await rm(path, { recursive: true, force: true })
  if (home !== directory) await rm(home, { recursive: true, force: true })
  if ((await readdir(directory)).length === 0) await rmdir(directory)
}
