// Run as `node house/lock.ts` after `npm install`. npm leaves a package of another platform out of `package-lock.json` when the registry at
// hand does not serve it, and `npm ci` then refuses the file, on that platform and on every other one. This puts such packages back.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './tree.ts'

/** An entry of `package-lock.json`, as far as it is looked at (lockfileVersion 3). */
export interface LockEntry {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** `package-lock.json`: entries by their path. */
export interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']

/** Processors by what a package's name calls them; Node calls every 32-bit ARM `arm`. */
const processors: Readonly<Record<string, string>> = {
  arm: 'arm',
  armv7: 'arm',
  arm64: 'arm64',
  ia32: 'ia32',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
}

const libraries: Readonly<Record<string, string>> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

/** The entry of a platform's package, from its name; undefined for a name that says no platform. It has no checksum: nobody here has seen it. */
const entryOf = (name: string, version: string, isDev: boolean): LockEntry | undefined => {
  const words = (name.split('/').at(-1) ?? '').split('-')
  const os = systems.filter((system) => words.includes(system))
  const cpu = words.flatMap((word) => processors[word] ?? [])
  const libc = os.includes('linux') ? words.flatMap((word) => libraries[word] ?? []) : []
  if (os.length !== 1 || cpu.length !== 1) return undefined
  return { version, cpu, ...(isDev ? { dev: true } : {}), ...(libc.length > 0 ? { libc } : {}), optional: true, os }
}

interface Missing {
  readonly path: string
  readonly name: string
  readonly version: string
  readonly isDev: boolean
}

const missingOf = ({ packages }: Lock): readonly Missing[] =>
  Object.entries(packages)
    .filter(([path]) => path.includes('node_modules/'))
    .flatMap(([, { optionalDependencies = {}, dev }]) =>
      Object.entries(optionalDependencies)
        .filter(([name]) => packages[`node_modules/${name}`] === undefined && entryOf(name, '', false) !== undefined)
        .map(([name, version]) => ({ path: `node_modules/${name}`, name, version, isDev: dev === true })),
    )

/** What makes `npm ci` fail on some machine or reach for somebody's own registry, as sentences. */
export const lockProblems = (lock: Lock): readonly string[] => [
  ...missingOf(lock).map(({ name, version }) => `package-lock.json lacks ${name}@${version}: run node house/lock.ts`),
  ...Object.entries(lock.packages)
    .filter(([, { resolved = '' }]) => /^[a-z]+:/.test(resolved))
    .map(([path, { resolved }]) => `package-lock.json names a registry for ${path}: ${new URL(resolved ?? '').host}`),
]

/** The lock file with every platform's package in it. */
export const completeLock = <L extends Lock>(lock: L): L => {
  const found = missingOf(lock).map(({ path, name, version, isDev }) => [path, entryOf(name, version, isDev)] as const)
  const entries = [...Object.entries(lock.packages), ...found].sort(([a], [b]) => a.localeCompare(b, 'en'))
  return { ...lock, packages: Object.fromEntries(entries) }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = join(root, 'package-lock.json')
  const lock = JSON.parse(await readFile(path, 'utf8')) as Lock
  const names = missingOf(lock).map(({ name }) => name)
  await writeFile(path, `${JSON.stringify(completeLock(lock), null, 2)}\n`)
  process.stdout.write(names.length === 0 ? 'package-lock.json is complete\n' : `put back: ${names.join(', ')}\n`)
}
