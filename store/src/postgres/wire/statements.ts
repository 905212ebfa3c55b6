import type { Prepared } from './request.ts'
import type { MessageWriter } from './writer.ts'

/**
 * The prepared statements of one connection, by text: a bounded number, the oldest goes first.
 *
 * @example
 * const { name } = statements.find(text) ?? statements.add(text, writer)
 */
export class Statements {
  readonly #byText = new Map<string, Prepared>()
  readonly #most: number
  #named = 0

  constructor(most: number) {
    this.#most = most
  }

  find(text: string): Prepared | undefined {
    return this.#byText.get(text)
  }

  /** Names a new statement; one that has to go for it is closed in the same write. */
  add(text: string, writer: MessageWriter): Prepared {
    if (this.#byText.size >= this.#most) {
      for (const [oldest, { name, ready }] of this.#byText) {
        if (!ready) continue
        writer.closeStatement(name)
        this.#byText.delete(oldest)
        break
      }
    }
    const prepared = { name: `s${this.#named++}`, ready: false }
    this.#byText.set(text, prepared)
    return prepared
  }

  /** The server does not have it, or not as we thought. */
  forget(text: string): void {
    this.#byText.delete(text)
  }
}
