import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { RecordedScenario, RecordedWorld } from './golden-juju/recording.ts'
import { type Difference, playScenario } from './golden-juju/scenario.ts'

/** A recorded hook that went otherwise. */
export interface GoldenFailure {
  /** The scenario's name in its file, for a person to look up. */
  readonly id: string
  readonly file: string
  readonly differences: readonly Difference[]
}

/** What {@link runGoldenJuju} found. */
export interface GoldenReport {
  readonly passed: number
  readonly failed: readonly GoldenFailure[]
}

/**
 * Plays every recording of a folder (`worlds.json`, and one file of scenarios for each tool) on the fake hook tools.
 *
 * @throws when the folder has no `worlds.json`.
 *
 * @example
 * const { passed, failed } = runGoldenJuju('charm/test/testing/golden/juju')
 */
export function runGoldenJuju(directory: string): GoldenReport {
  const worlds = readJson<Readonly<Record<string, RecordedWorld>>>(join(directory, 'worlds.json'))
  const files = readdirSync(directory).filter((name) => name.endsWith('.json') && name !== 'worlds.json')
  const failed: GoldenFailure[] = []
  let passed = 0
  for (const file of files.sort()) {
    for (const scenario of readJson<readonly RecordedScenario[]>(join(directory, file))) {
      const differences = playScenario(scenario, worlds)
      if (differences.length === 0) passed += 1
      else failed.push({ id: scenario.id, file, differences })
    }
  }
  return { passed, failed }
}

/** Our own recordings: their shape is what the README beside them says. */
function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(path, 'utf8')) as Shape
}

/** A report for a person: the counts, and of each failure what was expected and what came. */
export function formatGoldenReport({ passed, failed }: GoldenReport): string {
  const lines = failed.flatMap(({ id, file, differences }) => [
    `${file} ${id}`,
    ...differences.flatMap(({ path, expected, actual }) => [`  ${path}`, `    - ${shorten(expected)}`, `    + ${shorten(actual)}`]),
  ])
  return [...lines, `hook tools: ${passed} scenarios passed, ${failed.length} failed`].join('\n')
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length} characters)` : text
}
