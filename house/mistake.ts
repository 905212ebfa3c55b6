import type { State } from '@charmed-feast/charm/testing'

/** What goes wrong with a settled application of a charm, and what the unit says then: a row of the charm's table of mistakes. */
export interface Mistake {
  readonly name: string
  /** Who gives it. */
  readonly about: 'configuration' | 'databag' | 'manifest' | 'secret' | 'Pebble' | 'API server'
  readonly spoil: (state: State) => State
  readonly status: 'blocked' | 'waiting'
  readonly message: string | RegExp
}

/** The answer of a hook tool when the agent is gone. */
export const shutDown = { exit: 1, stdout: '', stderr: 'ERROR connection is shut down\n', stdinRead: false } as const

/** What a unit says when a hook tool that reads gave {@link shutDown}. */
export const saysShutDown = (tool: string): RegExp =>
  new RegExp(`^cannot run hook tool "${tool}": .*connection is shut down.*; tried again in the next hook$`)
