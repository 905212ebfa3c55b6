import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** What a step of Feast's side measured. */
export type FeastAnswer = Readonly<Record<string, number | readonly number[]>>

/** A number of an answer. */
export const numberOf = (answer: FeastAnswer, name: string): number => {
  const value = answer[name]
  if (typeof value !== 'number') throw new Error(`cannot read what Feast measured: it gave no "${name}"`)
  return value
}

/** A running Feast that does steps when it is told to, and says how long each took: started once, so that starting is not measured. */
export class FeastSide implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #lines: Interface

  constructor(python: string, config: Readonly<Record<string, unknown>>) {
    this.#child = spawn(python, ['-W', 'ignore', join(import.meta.dirname, '../python/feast_side.py'), JSON.stringify(config)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, FEAST_USAGE: 'False' },
    })
    if (this.#child.stdout === null) throw new Error('cannot read what Feast says: it has no output')
    this.#lines = createInterface({ input: this.#child.stdout })
    this.#answers = this.#lines[Symbol.asyncIterator]()
  }

  /** Does a step and gives what it measured. */
  async step(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<FeastAnswer> {
    this.#child.stdin?.write(`${JSON.stringify({ step: name, ...options })}\n`)
    for (;;) {
      const { value, done } = await this.#answers.next()
      if (done === true) throw new Error(`Feast ended during "${name}"`)
      // Feast prints progress of its own; answers are the lines that begin with our mark.
      if (typeof value === 'string' && value.startsWith('@@')) return JSON.parse(value.slice(2))
    }
  }

  /** Does a step that may not take longer than `seconds`: then Feast is ended, which closes its connections, and there is no answer. */
  async stepWithin(seconds: number, name: string, options: Readonly<Record<string, unknown>> = {}): Promise<FeastAnswer | undefined> {
    let stopped = false
    const timer = setTimeout(() => {
      stopped = true
      this.#child.kill('SIGKILL')
    }, seconds * 1000)
    try {
      return await this.step(name, options)
    } catch (error) {
      if (stopped) return undefined
      throw error
    } finally {
      clearTimeout(timer)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.stdin?.end()
    this.#lines.close()
    this.#child.kill()
  }
}
