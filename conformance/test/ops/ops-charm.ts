import { execFile } from 'node:child_process'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import type { CharmMetadata } from '../../../charm/src/index.ts'
import { type ScenarioCharm, throughDispatch } from '../../../charm/src/testing/index.ts'

const run = promisify(execFile)

/** The releases of ops that neighbours of our charms are written with: the one that the Python charms lock, and the newest that we know. */
export const opsVersions = ['2.23.1', '3.9.0'] as const

const constraints = join(import.meta.dirname, '../../constraints-ops.txt')
const program = join(import.meta.dirname, 'neighbour.py')

const isThere = async (path: string): Promise<boolean> => {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}

/** The Python that has a release of ops; its environment is made in the cache when it is missing. Needs Python 3.11 and PyPI. */
export const opsPython = async (version: string, env: NodeJS.ProcessEnv = process.env): Promise<string> => {
  const target = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'charmed-feast', `ops-${version}`)
  const python = join(target, 'bin', 'python')
  if (await isThere(python)) return python
  const made = `${target}.making-${process.pid}`
  await mkdir(join(target, '..'), { recursive: true })
  await run(env.CHARMED_FEAST_PYTHON ?? 'python3.11', ['-m', 'venv', '--copies', made])
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--constraint', constraints]
  await run(join(made, 'bin', 'python'), [...pip, `ops==${version}`])
  try {
    await rename(made, target)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    if (!(await isThere(python))) throw error
  }
  return python
}

/** What {@link opsCharm} needs. */
export interface OpsCharmOptions {
  readonly python: string
  readonly metadata: CharmMetadata
  /** Where each unit gets its folder: ops keeps a database there. */
  readonly folder: string
}

/** A charm written with ops whose metadata say which sides of the interfaces it takes (see `neighbour.py`). */
export const opsCharm = ({ python, metadata, folder }: OpsCharmOptions): ScenarioCharm => {
  const unpack = async (unit: string): Promise<string> => {
    const charmDir = join(folder, unit.replace('/', '-'))
    await mkdir(charmDir, { recursive: true })
    const { config = {}, ...rest } = metadata
    // JSON is YAML too.
    await writeFile(join(charmDir, 'metadata.yaml'), JSON.stringify(rest))
    await writeFile(join(charmDir, 'config.yaml'), JSON.stringify({ options: config }))
    return charmDir
  }
  return {
    metadata,
    run: async (world) => {
      const charmDir = await unpack(world.context.unitName)
      return throughDispatch({ metadata, charmDir, command: [python, program] }).run(world)
    },
  }
}
