import { loadavg } from 'node:os'
import { join } from 'node:path'
import { makeEnvironment } from '../../conformance/src/environment.ts'
import { apply } from './apply.ts'
import { cliStart } from './cli-start.ts'
import { type Figure, figureJson, figureText } from './figure.ts'
import { materialization } from './materialization.ts'
import { memory } from './memory.ts'
import { onlineRead } from './online-read.ts'
import { parquetJoin } from './parquet-join.ts'
import { pointInTime } from './point-in-time.ts'
import type { Section } from './section.ts'

// `npm run bench -- SECTION… [--quick] [--without-feast]`: ours beside Feast newest and beside what PostgreSQL or DuckDB do by themselves,
// interleaved in one run. A table for people, then a JSON line a figure. Feast's Python environment is that of the conformance tests.

const sections: Readonly<Record<string, Section>> = {
  'cli-start': cliStart,
  apply,
  'online-read': onlineRead,
  'point-in-time': pointInTime,
  'parquet-join': parquetJoin,
  materialization,
  memory,
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const load = (): string =>
  loadavg()
    .map((each) => each.toFixed(2))
    .join(' ')

/** The Python with Feast newest; undefined where it is not wanted or cannot be made, which is said. */
const findPython = async (words: readonly string[]): Promise<string | undefined> => {
  if (words.includes('--without-feast')) return undefined
  try {
    return join(await makeEnvironment('0.67.0', say), 'bin', 'python')
  } catch (error) {
    say(`Feast is not measured: ${error instanceof Error ? error.message : String(error)}`)
    return undefined
  }
}

const main = async (words: readonly string[]): Promise<void> => {
  const wanted = words.filter((word) => !word.startsWith('-'))
  const unknown = wanted.find((name) => sections[name] === undefined)
  if (unknown !== undefined) throw new Error(`cannot run section "${unknown}"; allowed: ${Object.keys(sections).join(', ')}`)
  const run = { quick: words.includes('--quick'), python: await findPython(words) }
  say(`PostgreSQL on the loopback address: fsync on, no TLS, passwords on (scram); Node ${process.versions.node}; load ${load()}`)
  const figures: Figure[] = []
  for (const [name, section] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    for await (const figure of section(run)) {
      figures.push(figure)
      say(figureText(figure))
    }
  }
  say(`load ${load()}`)
  for (const figure of figures) say(figureJson(figure))
}

await main(process.argv.slice(2))
