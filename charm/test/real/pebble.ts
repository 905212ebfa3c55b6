import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const module = join(import.meta.dirname, 'pebble')
const flags = ['-trimpath', '-ldflags', '-s -w']

const hash = (...parts: readonly (string | Buffer)[]): string => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part).update('\0')
  return sum.digest('hex')
}

const readOrNull = async (path: string): Promise<Buffer | null> => {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

const cacheFolder = (env: NodeJS.ProcessEnv): string => join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'charmed-feast', 'bin')

/** What a build depends on: the module with its checksums, our own source, the compiler, the flags. */
const buildKey = async (source: Buffer | string): Promise<string> => {
  const { stdout: version } = await run('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: module })
  const parts = [await readFile(join(module, 'go.mod')), await readFile(join(module, 'go.sum')), source, version, flags.join(' ')]
  return hash(...parts).slice(0, 16)
}

const buildProgram = async (
  env: NodeJS.ProcessEnv,
  { name, target, source }: { readonly name: string; readonly target: string; readonly source: Buffer | string },
): Promise<string> => {
  const path = join(cacheFolder(env), `${name}-${await buildKey(source)}`)
  const [built, sum] = [await readOrNull(path), await readOrNull(`${path}.sha256`)]
  if (built !== null && sum !== null && hash(built) === sum.toString()) return path
  await mkdir(cacheFolder(env), { recursive: true })
  const fresh = `${path}.${randomUUID()}`
  try {
    await run('go', ['build', ...flags, '-o', fresh, target], { cwd: module, env: { ...env, CGO_ENABLED: '0' } })
    await writeFile(`${path}.sha256`, hash(await readFile(fresh)))
    await rename(fresh, path)
  } finally {
    await rm(fresh, { force: true })
  }
  return path
}

/**
 * Gives the path of a Pebble 1.32.1, built from its Go module when the cache (`$XDG_CACHE_HOME/charmed-feast`) holds none of this module, compiler and
 * flags, or one whose bytes are not those that were built. Takes about half a minute then.
 *
 * @example
 * const pebble = await buildPebble(process.env) // '/root/.cache/charmed-feast/bin/pebble-1.32.1-0a1b2c3d4e5f6071'
 */
export const buildPebble = (env: NodeJS.ProcessEnv): Promise<string> =>
  buildProgram(env, { name: 'pebble-1.32.1', target: 'github.com/canonical/pebble/cmd/pebble', source: '' })

/**
 * Gives the path of a program that reads YAML as Juju does: goyaml v2, which Pebble's module brings along.
 *
 * @example
 * const goyaml = await buildGoYaml(process.env)
 */
export const buildGoYaml = async (env: NodeJS.ProcessEnv): Promise<string> =>
  buildProgram(env, { name: 'goyaml', target: './yaml', source: await readFile(join(module, 'yaml/main.go')) })

if (process.argv[1] === import.meta.filename) process.stdout.write(`${await buildPebble(process.env)}\n`)
