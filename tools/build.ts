// Builds what `npm run test:real` runs and the cache does not hold: `node tools/build.ts [PROGRAM…]`, all of them by default.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { publishedDefinitions } from './crds.ts'
import { goSettings, runGo } from './go.ts'
import { type GoProgram, type ProgramName, programs } from './program.ts'
import { openProgramCache } from './program-cache.ts'

/** What {@link buildPrograms} needs. */
export interface BuildOptions {
  readonly env: NodeJS.ProcessEnv
  /** Told what is built and how long it took. */
  readonly log?: (line: string) => void
}

const argumentsOf = ({ linkFlags, target }: GoProgram, path: string): readonly string[] => [
  'build',
  '-trimpath',
  '-ldflags',
  ['-s -w', ...linkFlags].join(' '),
  '-o',
  path,
  target,
]

/** Everything that the bytes of a program come from: the module with its checksums, our own source, the compiler, the arguments. */
const keyOf = async (program: GoProgram, env: NodeJS.ProcessEnv): Promise<string> => {
  const compiler = await runGo({ ...program, args: ['env', 'GOVERSION', 'GOOS', 'GOARCH'], env })
  const sources = ['go.mod', 'go.sum'].map((name) => join(program.module, name)).concat(program.sources)
  const sum = createHash('sha256')
    .update(compiler)
    .update(JSON.stringify([goSettings, argumentsOf(program, '')]))
  for (const source of sources) sum.update(await readFile(source)).update('\0')
  return sum.digest('hex').slice(0, 16)
}

const buildMissing = async (
  missing: ReadonlyMap<ProgramName, string>,
  { env, log = () => undefined }: BuildOptions,
): Promise<ReadonlyMap<ProgramName, string>> => {
  const cache = openProgramCache(env)
  return cache.inWorkshop(async (folder) => {
    // Modules and objects of Kubernetes take more than four gigabytes: they go with the workshop.
    const own = { ...env, GOCACHE: join(folder, 'objects'), GOMODCACHE: join(folder, 'modules') }
    const built = new Map<ProgramName, string>()
    for (const [name, key] of missing) {
      const began = performance.now()
      log(`building ${programs[name].title}`)
      await runGo({ ...programs[name], args: argumentsOf(programs[name], join(folder, name)), env: own })
      built.set(name, await cache.put(name, key, join(folder, name)))
      log(`built ${programs[name].title} in ${Math.round((performance.now() - began) / 1000)} s`)
    }
    return built
  })
}

/**
 * Gives the paths of programs; those that the cache does not hold, or not as they were built, are built first. Kubernetes takes about ten
 * minutes then, the others two.
 *
 * @throws Error without a Go compiler, or when one fails
 *
 * @example
 * const { pebble } = await buildPrograms(['pebble'], { env: process.env })
 */
export const buildPrograms = async <const Name extends ProgramName>(
  names: readonly Name[],
  options: BuildOptions,
): Promise<Readonly<Record<Name, string>>> => {
  const cache = openProgramCache(options.env)
  const paths = new Map<ProgramName, string>()
  const missing = new Map<ProgramName, string>()
  for (const name of names) {
    const key = await keyOf(programs[name], options.env)
    const path = await cache.find(name, key)
    if (path === null) missing.set(name, key)
    else paths.set(name, path)
  }
  const built = missing.size === 0 ? [] : await buildMissing(missing, options)
  return Object.fromEntries([...paths, ...built]) as Record<Name, string>
}

const isProgram = (name: string): name is ProgramName => name in programs

const main = async (args: readonly string[]): Promise<void> => {
  const unknown = args.filter((name) => !isProgram(name))
  if (unknown.length > 0) throw new Error(`cannot build "${unknown.join('", "')}": allowed are ${Object.keys(programs).join(', ')}`)
  const names = args.length === 0 ? Object.keys(programs) : args
  const paths = await buildPrograms(names.filter(isProgram), {
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  })
  if (args.length === 0) await publishedDefinitions(process.env)
  process.stdout.write(`${Object.values(paths).join('\n')}\n`)
}

if (import.meta.main) await main(process.argv.slice(2))
