import type { Outcome } from '../scenario/run.ts'
import { find, replace, type TreePath } from './compare.ts'
import type { Fixture } from './fixture.ts'
import type { Meaning } from './meaning.ts'
import type { Tree } from './tree.ts'

/**
 * A decision to leave something else than the Python charm does. It never names a recording: `when` looks at its state and event, so that
 * it holds for any other recording of the kind. One that matches no recording fails.
 *
 * @example
 * const menuLink: Deviation = {
 *   name: 'menu link',
 *   reason: 'an external link opens outside the dashboard\'s frame',
 *   when: ({ charm }) => charm === 'feast-ui',
 *   paths: ({ state }) => state.relations.filter(({ endpoint }) => endpoint === 'dashboard-links').map(({ id }) =>
 *     ['relations', String(id), 'localAppData', 'dashboard_links', '0', 'location']),
 *   value: () => 'menu',
 * }
 */
export interface Deviation {
  readonly name: string
  /** Why; it goes into the documentation. */
  readonly reason: string
  readonly when: (fixture: Fixture) => boolean
  /** Where in the tree. Only those that the recording has (or whose parent it has, for something new) are touched. */
  readonly paths: (fixture: Fixture) => readonly TreePath[]
  /** The exact new value, made from the recorded one; undefined takes it away. */
  readonly value: (recorded: Meaning | undefined, fixture: Fixture) => Meaning | undefined
}

/** An expectation after deviations, and which of them changed it. */
export interface Deviated {
  readonly tree: Tree
  readonly applied: readonly string[]
}

/** Applies deviations to what a recording expects. */
export function applyDeviations(fixture: Fixture, tree: Tree, deviations: readonly Deviation[]): Deviated {
  let deviated: Meaning = tree
  const applied: string[] = []
  for (const deviation of deviations.filter(({ when }) => when(fixture))) {
    for (const path of deviation.paths(fixture)) {
      if (find(deviated, path.slice(0, -1)) === undefined) continue
      const recorded = find(deviated, path)
      const value = deviation.value(recorded, fixture)
      if (JSON.stringify(value) === JSON.stringify(recorded)) continue
      deviated = replace(deviated, path, value)
      applied.push(deviation.name)
    }
  }
  return { tree: deviated as Tree, applied: [...new Set(applied)] }
}

/**
 * What must be instead where a Python charm is wrong: an assertion of ours on a recording with `knownDefect`. A recording that no such
 * assertion speaks of fails. Like a deviation it never names a recording.
 */
export interface DefectAssertion {
  readonly name: string
  /** Which defects it speaks of, by the recording's `shouldInstead`, state and event. */
  readonly when: (fixture: Fixture) => boolean
  /** What is wrong with what our charm left; nothing when it is as it should be. */
  readonly check: (outcome: Outcome, fixture: Fixture) => readonly string[]
}
