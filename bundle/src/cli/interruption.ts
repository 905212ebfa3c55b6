import { constants } from 'node:os'

/** Somebody asked the bundle to stop before it was where it was going. */
export class Interruption extends Error {
  /** What a shell gives for a program that this signal ended. */
  readonly exitCode: number

  constructor(signal: 'SIGINT' | 'SIGTERM') {
    super(`interrupted by ${signal}`)
    this.name = 'Interruption'
    this.exitCode = 128 + constants.signals[signal]
  }
}

/**
 * Is aborted, with an {@link Interruption}, when this process is asked to stop: by Ctrl-C or SIGTERM. Asked a second time, it ends at once, and the
 * guardian ends what it had started.
 *
 * @example
 * const stopping = followSignals()
 * await serveBundle({ folder: '.state', say: console.log, once: false, ephemeral: false, stopping })
 */
export const followSignals = (): AbortController => {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort(new Interruption(signal)))
  return stopping
}
