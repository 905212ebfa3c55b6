import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildPackages } from '../build.ts'
import { testDatabase } from '../postgres.ts'
import { root } from '../tree.ts'

const run = promisify(execFile)

/** The oldest Node that is promised, as npm brings it; where none is packaged for this machine, the pinned one alone is asked. */
const oldNode = process.platform === 'linux' ? `node-linux-${process.arch}@22.15.0` : undefined

let folder = ''
let packed: readonly string[] = []

/** A user's shell: none of the variables of the npm and the vitest that run the tests. */
const shell = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_OPTIONS$|NODE_ENV$|TEST$)/.test(name)))

const inFolder = async (command: string, ...args: readonly string[]): Promise<string> => {
  try {
    return (await run(command, [...args], { cwd: folder, env: shell })).stdout
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error && 'stderr' in error ? `${error.stdout}${error.stderr}` : ''
    throw new Error(`${command} ${args.join(' ')}: ${said}`, { cause: error })
  }
}

const sizeOf = async (path: string): Promise<number> => {
  const files = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  const sizes = await Promise.all(files.map(async ({ name, parentPath }) => (await stat(join(parentPath, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'feast-pack-')))
  packed = await buildPackages()
  await writeFile(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')
  for (const name of packed) await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, name) })
})

afterAll(async () => {
  for (const name of packed) await rm(join(root, name, 'dist'), { recursive: true, force: true })
  await rm(folder, { recursive: true, force: true })
})

const tarballs = async (...names: readonly string[]): Promise<readonly string[]> =>
  (await readdir(folder)).filter((file) => names.some((name) => file.startsWith(`charmed-feast-${name}-`))).map((file) => `./${file}`)

const readme = async (): Promise<string> => {
  const text = await readFile(join(root, 'README.md'), 'utf8')
  return /## In TypeScript\n+```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? ''
}

describe('the packages, as a user has them', () => {
  test('hold what is needed to run, and nothing else', async () => {
    expect(packed).toEqual(expect.arrayContaining(['store', 'charm', 'cli']))
    for (const tarball of await tarballs(...packed)) {
      const files = (await inFolder('tar', '-tzf', tarball)).trim().split('\n')
      const kinds = new Set(
        files.map((file) => file.replace(/^package\//, '').replace(/^(dist|bin)\/.*?(\.d\.ts|\.js|LICENSE)$/, '$1/*$2')),
      )
      expect(
        [...kinds].filter((kind) => !['dist/*.js', 'dist/*.d.ts', 'dist/*LICENSE', 'bin/*.js', 'package.json', 'README.md'].includes(kind)),
      ).toEqual([])
      expect(files).toContain('package/dist/LICENSE')
    }
  })

  test('the store by itself installs in 10 MB', async () => {
    await inFolder('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', ...(await tarballs('store')))
    const size = await sizeOf(join(folder, 'node_modules'))
    process.stdout.write(`the store with what it needs: ${(size / 1e6).toFixed(1)} MB\n`)
    expect(size).toBeLessThan(10e6)
  })

  test('install together, type-check strictly, and the example of the README runs', async () => {
    await inFolder('npm', 'install', '--no-audit', '--no-fund', '--ignore-scripts', ...(await tarballs(...packed)), '@types/node@22')
    await mkdir(join(folder, 'src'), { recursive: true })
    await writeFile(
      join(folder, 'src/example.ts'),
      `${await readme()}\nconst typed: number | null | undefined = rows[0]?.conv_rate\nconsole.log(JSON.stringify([typed, rows.length]))\n`,
    )
    const edges = packed
      .filter((name) => name !== 'store')
      .map((name) => `import * as ${name} from '@charmed-feast/${name}'\nvoid ${name}\n`)
    await writeFile(join(folder, 'src/edges.ts'), edges.join(''))
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      lib: ['es2024', 'esnext.disposable'],
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      rootDir: 'src',
      outDir: 'out',
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['src'] }))
    await inFolder(process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')
    await prepareStores()
    const nodes = [process.execPath, ...(oldNode === undefined ? [] : [await installNode(oldNode)])]
    for (const node of nodes) {
      const version = (await inFolder(node, '--version')).trim()
      const output = await inFolder(node, 'out/example.js')
      process.stdout.write(`the example of the README on ${version}: ${output}`)
      expect(JSON.parse(output)).toEqual([0.5, 1])
      await inFolder(node, 'out/edges.js')
    }
  })

  test('the commands start', async () => {
    for (const command of ['feast', 'cfeast'])
      expect(await inFolder(join(folder, 'node_modules/.bin', command), '--help')).toContain('materialize')
  })
})

const installNode = async (name: string): Promise<string> => {
  const place = join(folder, 'node-22')
  await mkdir(place)
  await writeFile(join(place, 'package.json'), '{ "private": true }')
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', name], { cwd: place })
  return join(place, 'node_modules', name.split('@')[0] ?? '', 'bin/node')
}

/** One database for all three stores, with the table of the example's source. */
const prepareStores = async (): Promise<void> => {
  const { host, port, user, password, database, url } = await testDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TABLE driver_stats (driver_id bigint, conv_rate real, avg_daily_trips bigint, event_timestamp timestamptz)')
  await client.query(
    "INSERT INTO driver_stats VALUES (1001, 0.25, 7, now() - interval '2 hours'), (1001, 0.5, 9, now() - interval '1 hour')",
  )
  await client.end()
  const connection = { host, port, user, password, database, db_schema: 'public', sslmode: 'disable' }
  const config = {
    project: 'readme',
    provider: 'local',
    registry: { registry_type: 'sql', path: url.replace('postgresql://', 'postgresql+psycopg://') },
    offline_store: { type: 'postgres', ...connection },
    online_store: { type: 'postgres', ...connection },
    entity_key_serialization_version: 3,
  }
  await writeFile(join(folder, 'feature_store.yaml'), JSON.stringify(config))
}
