/**
 * First in, first out, without moving what stays.
 *
 * @example
 * const queue = new Queue<string>()
 * queue.push('a')
 * queue.shift() // 'a'
 */
export class Queue<Item> {
  readonly #items: (Item | undefined)[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  get first(): Item | undefined {
    return this.#items[this.#head]
  }

  push(item: Item): void {
    this.#items.push(item)
  }

  shift(): Item | undefined {
    if (this.length === 0) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head++] = undefined
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head === 1024) {
      this.#items.splice(0, this.#head)
      this.#head = 0
    }
    return item
  }
}
