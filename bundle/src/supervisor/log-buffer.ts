import type { Readable } from 'node:stream'

/** A line that a service said. */
export interface LogLine {
  readonly time: string
  readonly service: string
  readonly message: string
}

/** How many lines are kept of each service. */
const longest = 1000

/** The last lines of every service. */
export class LogBuffer {
  readonly #lines = new Map<string, LogLine[]>()

  /** Takes in what a stream of a service says, line by line. */
  follow(service: string, stream: Readable | null): void {
    let rest = ''
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const message of lines) this.add(service, message)
    })
    stream?.on('end', () => {
      if (rest !== '') this.add(service, rest)
    })
  }

  add(service: string, message: string): void {
    const lines = this.#lines.get(service) ?? []
    this.#lines.set(service, lines)
    lines.push({ time: new Date().toISOString(), service, message })
    if (lines.length > longest) lines.shift()
  }

  /** The last lines, oldest first, of the services that are named, or of all. */
  last(count: number, services: readonly string[] = []): readonly LogLine[] {
    const chosen = [...this.#lines].filter(([service]) => services.length === 0 || services.includes(service)).flatMap(([, lines]) => lines)
    const sorted = chosen.sort((left, right) => (left.time < right.time ? -1 : Number(left.time > right.time)))
    return count < 0 ? sorted : sorted.slice(Math.max(0, sorted.length - count))
  }
}
