/** Lets those take turns who want one: always the one who waited longest. */
export class Turns {
  readonly #last = new Map<string, number>()
  #turn = 0

  /** Gives a turn to one of them. */
  take(units: readonly string[]): string {
    const lastTurn = (unit: string): number => this.#last.get(unit) ?? 0
    const unit = units.reduce((first, each) => (lastTurn(each) < lastTurn(first) ? each : first))
    this.#turn += 1
    this.#last.set(unit, this.#turn)
    return unit
  }
}
