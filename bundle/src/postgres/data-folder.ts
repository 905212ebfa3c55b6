import { chown, lstat, mkdtemp, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { bundleError } from '../errors.ts'
import type { Binaries } from './binaries.ts'
import { startFailure } from './failure.ts'
import { systemCode, writingInto } from './folder.ts'
import type { Host } from './host.ts'
import type { Layout } from './layout.ts'
import { runProgram } from './program.ts'

/** The name of the superuser of every embedded PostgreSQL. */
export const superuser = 'postgres'

const invalid = (folder: string, why: string): Error => bundleError('BUNDLE_DATA_FOLDER_INVALID', [folder, why])

/** What a path is, or undefined where nothing is. */
const statOf = async (path: string): Promise<{ readonly uid: number; isDirectory(): boolean } | undefined> => {
  try {
    return await lstat(path)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Whether a data folder is there; an empty one counts as none.
 *
 * @throws BUNDLE_DATA_FOLDER_INVALID when it is not one of ours: another version, another account's, other files
 */
export const hasDataFolder = async ({ data, account }: Layout, { major }: Binaries, host: Host): Promise<boolean> => {
  const found = await statOf(data)
  if (found === undefined) return false
  if (!found.isDirectory()) throw invalid(data, 'it is no folder')
  const owner = account?.uid ?? host.account?.uid ?? found.uid
  const isOurs = found.uid === owner
  if (!isOurs && host.account?.uid !== 0)
    throw invalid(data, `it belongs to account "${found.uid}", and PostgreSQL would run as "${owner}"`)
  const files = await readdir(data)
  if (files.length === 0) return false
  if (!files.includes('PG_VERSION')) throw invalid(data, 'it holds files, and none of them is PG_VERSION')
  if (!isOurs) throw invalid(data, `it belongs to account "${found.uid}", and PostgreSQL would run as "${owner}"`)
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  if (version !== major) throw invalid(data, `PostgreSQL ${version} made it; allowed: ${major}`)
  return true
}

/** Takes away what killed starts left; an initdb that outlived its parent may be writing there still, hence the retries. */
const removeDrafts = async ({ home, data }: Layout): Promise<void> => {
  const drafts = (await readdir(home)).filter((name) => name.startsWith(`${basename(data)}.draft-`))
  for (const draft of drafts) await rm(join(home, draft), { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
}

/** An empty folder of the server's account beside the place of the data. */
const makeDraft = (layout: Layout): Promise<string> =>
  writingInto(layout.home, async () => {
    const { data, account } = layout
    await removeDrafts(layout)
    const draft = await mkdtemp(`${data}.draft-`)
    if (account !== undefined) await chown(draft, account.uid, account.gid)
    if ((await statOf(data)) !== undefined) await rmdir(data)
    return draft
  })

/** So that the new name outlives a power cut too. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Makes the data folder: UTF-8, the C.UTF-8 order that is built into PostgreSQL and is the same on every machine, checksums, and
 * a superuser who shows a password. It gets its name in one step when it is complete.
 */
export const makeDataFolder = async (
  layout: Layout,
  binaries: Binaries,
  verifier: string,
  { isDurable, signal }: { readonly isDurable: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> => {
  const { home, data, account } = layout
  const draft = await makeDraft(layout)
  const verifierFile = join(home, 'superuser.verifier')
  try {
    await writingInto(home, async () => {
      await writeFile(verifierFile, verifier, { mode: 0o600 })
      if (account !== undefined) await chown(verifierFile, account.uid, account.gid)
    })
    const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8']
    const safety = isDurable ? [] : ['--no-sync']
    const args = [`--pgdata=${draft}`, `--username=${superuser}`, `--pwfile=${verifierFile}`, '--auth=scram-sha-256', '--no-instructions']
    const { code, output } = await runProgram(binaries.initdb, [...args, ...locale, ...safety], { account, folder: home, signal })
    if (code !== 0) throw startFailure(output, { layout, port: undefined })
    await rename(draft, data)
    if (isDurable) await syncFolder(home)
  } finally {
    await rm(verifierFile, { force: true })
    await rm(draft, { recursive: true, force: true })
  }
}

/** Gives the superuser another password while no server runs: its file was lost, the data was not. */
export const resetSuperuser = async (layout: Layout, binaries: Binaries, verifier: string): Promise<void> => {
  const { home, data, account } = layout
  const args = ['--single', '-D', data, '-c', `config_file=${layout.configuration}`, 'postgres']
  const input = `ALTER ROLE ${superuser} PASSWORD '${verifier}'\n`
  const { code, output } = await runProgram(binaries.postgres, args, { account, folder: home, input })
  if (code !== 0 || /\b(FATAL|ERROR):/.test(output)) throw startFailure(output, { layout, port: undefined })
}
