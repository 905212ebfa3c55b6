import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** A user and a group of the operating system, by number. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/** What PostgreSQL's start needs to know of the machine: the only place where the process and its environment are read. */
export interface Host {
  /** As `process.platform` says it: `linux`, `darwin`. */
  readonly platform: string
  /** As `process.arch` says it: `x64`, `arm64`. */
  readonly architecture: string
  /** Who runs this process; undefined where the system has no such numbers. */
  readonly account: Account | undefined
  /** Folders for unpacked binaries, the best first. */
  readonly caches: readonly string[]
  /** Folders for the data of a root whose own folders no other account may enter, the best first. */
  readonly states: readonly string[]
  /** Folders for sockets, the best first. */
  readonly temporaries: readonly string[]
}

const systemCache = (env: NodeJS.ProcessEnv): string =>
  env.XDG_CACHE_HOME ?? (process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache'))

/**
 * Describes the machine and the account that this process runs on.
 *
 * @example
 * const { platform, architecture } = currentHost() // 'linux', 'x64'
 */
export const currentHost = (env: NodeJS.ProcessEnv = process.env): Host => {
  const uid = process.getuid?.()
  const gid = process.getgid?.()
  const temporary = tmpdir()
  const own = join(temporary, `charmed-feast-${uid ?? 'cache'}`)
  return {
    platform: process.platform,
    architecture: process.arch,
    account: uid === undefined || gid === undefined ? undefined : { uid, gid },
    caches: uid === 0 ? ['/var/cache/charmed-feast', '/var/tmp/charmed-feast', own] : [join(systemCache(env), 'charmed-feast'), own],
    states: ['/var/lib/charmed-feast', '/var/tmp/charmed-feast'],
    temporaries: [...new Set([temporary, '/tmp', '/var/tmp'])],
  }
}

/**
 * The account that PostgreSQL is given: it refuses root, so root hands over to `nobody`, who is always there and is never
 * made. Everybody else keeps their own, which is what undefined says.
 */
export const serverAccount = ({ account, platform }: Host): Account | undefined => {
  if (account?.uid !== 0) return undefined
  return platform === 'darwin' ? { uid: 4294967294, gid: 4294967294 } : { uid: 65534, gid: 65534 }
}
