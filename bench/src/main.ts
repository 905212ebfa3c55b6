import { loadavg } from 'node:os'
import { FeastSide } from './feast-side.ts'
import { type Figure, figureJson, figureText } from './figure.ts'
import { materialization } from './materialization.ts'
import { onlineRead } from './online-read.ts'
import { pointInTime } from './point-in-time.ts'
import { type Workspace, workspace } from './workspace.ts'

// `npm run bench -- SECTION [--quick]`: ours beside Feast newest (CHARMED_FEAST_VENV_067 names its environment) and beside PostgreSQL
// itself, interleaved in one run. A table for people, then a JSON line a figure.

type Section = (space: Workspace, feast: FeastSide | undefined, quick: boolean) => AsyncGenerator<Figure>

const sections: Readonly<Record<string, Section>> = {
  'online-read': (space, feast, quick) =>
    onlineRead(space, feast, quick ? { keys: 2000, seconds: 1, rounds: 1 } : { keys: 100_000, seconds: 5, rounds: 3 }),
  'point-in-time': (space, feast, quick) =>
    pointInTime(space, feast, quick ? { probes: 2000, rows: 20_000, rounds: 1 } : { probes: 100_000, rows: 1_000_000, rounds: 1 }),
  materialization: (space, feast, quick) =>
    materialization(space, feast, quick ? { rows: 20_000, keys: 2000 } : { rows: 1_000_000, keys: 100_000 }),
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const main = async (words: readonly string[]): Promise<void> => {
  const wanted = words.filter((word) => !word.startsWith('-'))
  const unknown = wanted.find((name) => sections[name] === undefined)
  if (unknown !== undefined) throw new Error(`cannot run section "${unknown}"; there are: ${Object.keys(sections).join(', ')}`)
  const python = process.env.CHARMED_FEAST_VENV_067
  const figures: Figure[] = []
  say(
    `fsync on, no TLS, passwords on (scram); load ${loadavg()
      .map((each) => each.toFixed(2))
      .join(' ')}${python === undefined ? '; no CHARMED_FEAST_VENV_067: Feast is not measured' : ''}`,
  )
  for (const [name, section] of Object.entries(sections)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue
    await using space = await workspace()
    await using feast = python === undefined ? undefined : new FeastSide(`${python}/bin/python`, space.feastConfig)
    for await (const figure of section(space, feast, words.includes('--quick'))) {
      figures.push(figure)
      say(figureText(figure))
    }
  }
  for (const figure of figures) say(figureJson(figure))
}

await main(process.argv.slice(2))
