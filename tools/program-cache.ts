import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'

const readOrNull = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const hashOf = async (path: string): Promise<string | null> => {
  const sum = createHash('sha256')
  try {
    await pipeline(createReadStream(path), sum)
    return sum.digest('hex')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Built programs, each with the hash of its bytes beside it, by a key that names everything it was built from. */
export interface ProgramCache {
  /** The path of a program whose bytes are those that were built; null when there is none. */
  readonly find: (name: string, key: string) => Promise<string | null>
  /** Puts a built file in its place, at once or not at all, and gives its path. */
  readonly put: (name: string, key: string, built: string) => Promise<string>
  /** Hands out a folder for one piece of work, below the cache, and takes it away afterwards; those of killed processes go as well. */
  readonly inWorkshop: <Value>(work: (folder: string) => Promise<Value>) => Promise<Value>
}

/**
 * Opens the cache, `${XDG_CACHE_HOME:-~/.cache}/charmed-feast`.
 *
 * @example
 * await openProgramCache(process.env).find('pebble', '0a1b2c3d4e5f6071') // null, or '/root/.cache/charmed-feast/programs/pebble-0a1b2c3d4e5f6071/pebble'
 */
export const openProgramCache = (env: NodeJS.ProcessEnv): ProgramCache => {
  const root = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'charmed-feast')
  const placeOf = (name: string, key: string): string => join(root, 'programs', `${name}-${key}`)

  const find: ProgramCache['find'] = async (name, key) => {
    const path = join(placeOf(name, key), name)
    const noted = await readOrNull(`${path}.sha256`)
    return noted !== null && noted === (await hashOf(path)) ? path : null
  }

  const clear = async (): Promise<void> => {
    for (const entry of await readdir(root)) {
      const [, pid] = /^workshop-(\d+)-/.exec(entry) ?? []
      if (pid !== undefined && !isAlive(Number(pid))) await rm(join(root, entry), { recursive: true, force: true })
    }
  }

  return {
    find,
    put: async (name, key, built) => {
      const [place, fresh] = [placeOf(name, key), `${built}.place`]
      await mkdir(fresh, { recursive: true })
      await rename(built, join(fresh, name))
      await writeFile(join(fresh, `${name}.sha256`), `${await hashOf(join(fresh, name))}`)
      await mkdir(join(root, 'programs'), { recursive: true })
      await rm(place, { recursive: true, force: true })
      await rename(fresh, place)
      return join(place, name)
    },
    inWorkshop: async (work) => {
      await mkdir(root, { recursive: true })
      await clear()
      const folder = await mkdtemp(join(root, `workshop-${process.pid}-`))
      try {
        return await work(folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}
