import { execFile } from 'node:child_process'
import { access, copyFile, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { root } from './tree.ts'

const run = promisify(execFile)

/** The packages that are published, each after those that it imports. */
export const publishedPackages = ['store', 'charm', 'server', 'cli']

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly source: string }>>
}

/** Whether a package has its edge; one that is only begun has nothing to publish. */
const hasEdge = async (name: string): Promise<boolean> => {
  const { exports } = JSON.parse(await readFile(join(root, name, 'package.json'), 'utf8')) as Manifest
  return access(join(root, name, exports['.']?.source ?? '')).then(
    () => true,
    () => false,
  )
}

const compile = async (name: string): Promise<void> => {
  try {
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, name, 'tsconfig.build.json')])
  } catch (error) {
    const output = error instanceof Error && 'stdout' in error ? String(error.stdout) : ''
    throw new Error(`cannot build package "${name}": ${output.split('\n').slice(0, 20).join('\n')}`, { cause: error })
  }
}

/**
 * Builds what is published: plain ES modules for Node 22 and their types, into each package's `dist`. Gives the names of the packages
 * built.
 *
 * @example
 * await buildPackages() // ['store', 'charm', 'server', 'cli']
 */
export const buildPackages = async (log: (line: string) => void = () => undefined): Promise<readonly string[]> => {
  const built: string[] = []
  for (const name of publishedPackages) {
    if (!(await hasEdge(name))) {
      log(`${name}: nothing to publish yet`)
      continue
    }
    const dist = join(root, name, 'dist')
    await rm(dist, { recursive: true, force: true })
    await compile(name)
    await copyFile(join(root, 'LICENSE'), join(dist, 'LICENSE'))
    log(`${name}: built`)
    built.push(name)
  }
  return built
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await buildPackages((line) => process.stdout.write(`${line}\n`))
