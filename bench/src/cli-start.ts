import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Figure, median, middle } from './figure.ts'
import type { Run } from './section.ts'

// `feast --help` of both, each a process of its own, as a shell starts it. Ours on the Node that runs this.

const run = promisify(execFile)
const bin = join(import.meta.dirname, '../../cli/bin/feast.js')

const timed = async (file: string, words: readonly string[]): Promise<number> => {
  const began = performance.now()
  const { stdout } = await run(file, words)
  const seconds = (performance.now() - began) / 1000
  if (!stdout.includes('materialize-incremental')) throw new Error(`cannot find the commands in what ${file} prints: ${stdout}`)
  return seconds
}

/** Measures the start of the command. */
export async function* cliStart({ quick, python }: Run): AsyncGenerator<Figure> {
  const times: { readonly ours: number[]; readonly feast: number[]; readonly node: number[] } = { ours: [], feast: [], node: [] }
  await timed(process.execPath, [bin, '--help'])
  for (let round = 0; round < (quick ? 1 : 7); round++) {
    times.ours.push(await timed(process.execPath, [bin, '--help']))
    if (python !== undefined)
      times.feast.push(await timed(python, ['-W', 'ignore', '-c', 'from feast.cli.cli import cli; cli()', '--help']))
    const began = performance.now()
    await run(process.execPath, ['--eval', '0'])
    times.node.push((performance.now() - began) / 1000)
  }
  // The limit is Node doing nothing.
  yield { section: 'cli-start', case: '--help', ours: middle(times.ours), feast: median(times.feast), limit: median(times.node), unit: 's' }
}
