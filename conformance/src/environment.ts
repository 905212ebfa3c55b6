import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** The Feast releases that judge us: the oldest that shares a registry with ours, and the newest that we know. */
export const feastVersions = ['0.49.0', '0.67.0'] as const
/** One of {@link feastVersions}. */
export type FeastVersion = (typeof feastVersions)[number]

/** The variables that name an environment made by hand. */
export const environmentVariables: Readonly<Record<FeastVersion, string>> = {
  '0.49.0': 'CHARMED_FEAST_VENV_049',
  '0.67.0': 'CHARMED_FEAST_VENV_067',
}

/** What Feast needs to run its registry's server and its UI, beside what it asks for itself. */
const extras = ['grpcio', 'grpcio-reflection', 'grpcio-health-checking']

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/**
 * The folder of the Python environment that holds a Feast release, by its constraints: another set of packages is another folder. In
 * `${XDG_CACHE_HOME:-~/.cache}/charmed-feast`, so that a second clone needs no second one.
 */
const environmentFolder = async (version: FeastVersion, env: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const told = env[environmentVariables[version]]
  if (told !== undefined && told !== '') return told
  const constraints = await readFile(join(folder, `constraints-${version}.txt`))
  const hash = createHash('sha256').update(constraints).digest('hex').slice(0, 12)
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'charmed-feast', `feast-${version}-${hash}`)
}

/** Makes the environment of a Feast release from the committed constraints, unless it is there. Needs Python 3.11 and PyPI. */
export const makeEnvironment = async (version: FeastVersion, log: (line: string) => void): Promise<string> => {
  const target = await environmentFolder(version)
  if (await exists(join(target, 'bin', 'python'))) return target
  const python = process.env.CHARMED_FEAST_PYTHON ?? 'python3.11'
  log(`making ${target} with Feast ${version}`)
  const made = `${target}.making-${process.pid}`
  await mkdir(dirname(target), { recursive: true })
  await run(python, ['-m', 'venv', '--copies', made])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--constraint', join(folder, `constraints-${version}.txt`)]
  await run(join(made, 'bin', 'python'), [...pip, `feast[postgres,duckdb]==${version}`, ...extras], { maxBuffer: 1 << 26 })
  try {
    // Whole or not at all: what an interrupted run leaves has another name. Scripts in bin/ name the folder they were made in; we run modules.
    await rename(made, target)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (!(await exists(join(target, 'bin', 'python')))) throw error
  }
  return target
}
