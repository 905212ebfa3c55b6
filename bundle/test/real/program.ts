import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { type Ended, ending, type Listener, listen, start } from '../cli/program.ts'

/** A bundle that runs, and what it has said so far. */
export interface Running extends Listener {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
}

/** Runs `charmed-feast` to its end. */
export const runProgram = (...args: readonly string[]): Promise<Ended> => ending(start('cli/main.ts', args))

/** Starts `charmed-feast up`. */
export const startProgram = (...args: readonly string[]): Running => {
  const child = start('cli/main.ts', args)
  const ended = once(child, 'close').then(([exit]) => (typeof exit === 'number' ? exit : null))
  return { child, ...listen(child), ended }
}
