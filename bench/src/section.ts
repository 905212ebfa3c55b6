import { FeastSide } from './feast-side.ts'
import type { Figure } from './figure.ts'
import type { Workspace } from './workspace.ts'

/** What every section is told. */
export interface Run {
  /** Small sizes: to see that it works, not to be written down. */
  readonly quick: boolean
  /** The Python of an environment with Feast newest; undefined when Feast is not measured. */
  readonly python: string | undefined
}

/** One part of the benchmarks: it makes what it needs, and gives a figure when it has one. */
export type Section = (run: Run) => AsyncGenerator<Figure>

/** Starts Feast on a workspace, where there is one. */
export const startFeast = ({ python }: Run, { feastConfig }: Workspace): FeastSide | undefined =>
  python === undefined ? undefined : new FeastSide(python, feastConfig)

/**
 * Compares what both sides read: sums over every cell, which may differ by the order of adding alone.
 *
 * @throws Error when they differ: then neither time is worth anything
 */
export const checkSame = (what: string, ours: readonly number[], theirs: readonly number[]): void => {
  const same = ours.length === theirs.length && ours.every((each, at) => Math.abs(each - (theirs[at] ?? 0)) <= 1e-9 * Math.abs(each))
  if (!same) throw new Error(`the two sides read different ${what}: ${ours.join(', ')} here, ${theirs.join(', ')} there`)
}
