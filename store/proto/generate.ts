import { execFile } from 'node:child_process'
import { readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const require = createRequire(import.meta.url)
const folder = dirname(fileURLToPath(import.meta.url))

/** Where the generated code lives: `store/src/proto`. */
export const generatedFolder = resolve(folder, '../src/proto')

/** The script that a package of the workspace installs, by its name in `bin`. */
const script = (packageName: string, bin: string): string => join(dirname(require.resolve(`${packageName}/package.json`)), 'bin', bin)

/**
 * Writes one `_pb.ts` for each `.proto` of this folder, replacing those that are there. Needs no network: the plugin is local.
 *
 * @example
 * await generate('/tmp/proto')
 */
export const generate = async (output: string): Promise<void> => {
  const plugin = {
    local: [process.execPath, script('@bufbuild/protoc-gen-es', 'protoc-gen-es')],
    out: output,
    opt: ['target=ts', 'import_extension=ts', 'erasable_syntax=true'],
  }
  await rm(join(output, 'feast'), { recursive: true, force: true })
  await run(
    process.execPath,
    [script('@bufbuild/buf', 'buf'), 'generate', '--template', JSON.stringify({ version: 'v2', plugins: [plugin] })],
    {
      cwd: folder,
    },
  )
}

/** The generated files below a folder, as sorted relative paths. */
export const generatedFiles = async (output: string): Promise<readonly string[]> =>
  (await readdir(output, { recursive: true })).filter((path) => path.endsWith('_pb.ts')).sort()

if (import.meta.main) await generate(generatedFolder)
