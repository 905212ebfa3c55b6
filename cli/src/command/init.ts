import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Command, text } from '../command.ts'
import { cliError } from '../errors.ts'
import { openFor } from '../open.ts'
import { featuresText, sampleRetrieval, templates } from '../template.ts'
import type { Terminal } from '../terminal.ts'

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}

/** The rows that the example reads, so that there is something to materialize at once. */
const writeSample = async (terminal: Terminal, folder: string): Promise<void> => {
  // The environment names other repositories; the sample is this one's.
  await using store = await openFor({ ...terminal, env: {} }, { chdir: folder, debug: false })
  const storage = { kind: 'file', path: 'data/driver_stats.parquet', fileFormat: 'parquet', s3EndpointOverride: '' } as const
  await (await store.offline()).persist(storage, sampleRetrieval(terminal.now()))
}

/** `feast init`. */
export const command: Command = {
  arguments: [{ name: '[folder]', description: 'where; my_project when left out' }],
  options: [
    { flags: '-m, --minimal', description: 'feature_store.yaml alone' },
    { flags: '-t, --template <name>', description: `which stores: ${Object.keys(templates).join(' or ')}`, default: 'local' },
    { flags: '--repo-path <folder>', description: 'make it there, instead of in a folder of the project name' },
  ],
  async run(terminal, { args: [folder = 'my_project'], options, global }) {
    const project =
      folder
        .split(/[\\/]/)
        .filter((part) => part !== '')
        .at(-1) ?? folder
    if (!/^[A-Za-z0-9][\w]*$/.test(project))
      throw cliError('CLI_ARGUMENT_INVALID', ['project name', project, 'it may hold letters, digits and underscores'])
    const template = templates[String(options.template)]
    if (template === undefined)
      throw cliError('CLI_ARGUMENT_INVALID', ['template', String(options.template), `allowed: ${Object.keys(templates).join(', ')}`])
    const path = resolve(global.chdir, text(options, 'repoPath') ?? folder)
    if (await exists(join(path, 'feature_store.yaml'))) throw cliError('CLI_REPOSITORY_EXISTS', [path])
    await mkdir(join(path, 'data'), { recursive: true })
    await writeFile(join(path, 'feature_store.yaml'), template.yaml(project))
    if (options.minimal !== true) {
      await writeFile(join(path, 'features.ts'), featuresText(template))
      if (template.hasSample) await writeSample(terminal, path)
    }
    terminal.out(`Creating a new Feast repository in ${path}.\n`)
    return undefined
  },
}
