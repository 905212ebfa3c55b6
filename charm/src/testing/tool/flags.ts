import { goQuote } from './go-text.ts'
import { HelpRequest, ToolError, usageError } from './tool-error.ts'

/** The value of one option, after {@link FlagSet.parse}. */
export interface Flag<Value> {
  value: Value
}

interface Option {
  readonly boolean: boolean
  readonly set: (text: string) => void
}

/** What Go's `strconv.ParseBool` accepts. */
const booleans: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false] as const),
])

function parseBoolean(text: string): boolean {
  const value = booleans.get(text)
  if (value === undefined) throw usageError(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`)
  return value
}

const spell = (name: string): string => ([...name].length > 1 ? `--${name}` : `-${name}`)

/**
 * The options of one hook tool, parsed as Juju's `gnuflag` does: options anywhere, `--` ends them, short ones cluster, a
 * value may begin with a dash, the last one wins. Rules: recorded, juju-tools.md §5.
 *
 * @example
 * const flags = new FlagSet()
 * const app = flags.boolean('app')
 * const rest = flags.parse(['pg/0', '--app=False'])   // ['pg/0'], app.value is false
 */
export class FlagSet {
  readonly #options = new Map<string, Option>()

  /** Whether any option was declared: usage lines say `[options]` then. */
  get any(): boolean {
    return this.#options.size > 0
  }

  boolean(...names: readonly string[]): Flag<boolean> {
    const flag: Flag<boolean> = { value: false }
    const set = (text: string): void => {
      flag.value = parseBoolean(text)
    }
    for (const name of names) this.#options.set(name, { boolean: true, set })
    return flag
  }

  string(names: readonly string[], initial = ''): Flag<string> {
    return this.value(names, initial, (text) => text)
  }

  /** An option whose text is parsed at once; what `parse` throws becomes `invalid value … for option …: <message>`. */
  value<Value>(names: readonly string[], initial: Value, parse: (text: string) => Value): Flag<Value> {
    const flag: Flag<Value> = { value: initial }
    const set = (text: string): void => {
      flag.value = parse(text)
    }
    for (const name of names) this.#options.set(name, { boolean: false, set })
    return flag
  }

  /** Reads the arguments; the result is the positional ones. Throws {@link ToolError} with exit 2. */
  parse(argv: readonly string[]): string[] {
    const rest: string[] = []
    const queue = [...argv]
    for (let text = queue.shift(); text !== undefined; text = queue.shift()) {
      if (text === '--') return [...rest, ...queue]
      if (text.startsWith('--')) this.#parseLong(text, queue)
      else if (text.length > 1 && text.startsWith('-')) this.#parseCluster(text.slice(1), queue)
      else rest.push(text)
    }
    return rest
  }

  #parseLong(text: string, queue: string[]): void {
    const equals = text.indexOf('=')
    const name = equals < 0 ? text.slice(2) : text.slice(2, equals)
    if (name === '') throw usageError(`empty option in argument ${goQuote(text)}`)
    const option = this.#find(name)
    if (equals >= 0) this.#assign(name, option, text.slice(equals + 1))
    else this.#assign(name, option, option.boolean ? 'true' : this.#next(name, queue))
  }

  #parseCluster(text: string, queue: string[]): void {
    let letters = text
    while (letters !== '') {
      const name = String.fromCodePoint(letters.codePointAt(0) ?? 0)
      letters = letters.slice(name.length)
      const option = this.#find(name)
      if (option.boolean && !letters.startsWith('=')) {
        this.#assign(name, option, 'true')
        continue
      }
      this.#assign(name, option, letters !== '' ? letters : this.#next(name, queue))
      return
    }
  }

  #find(name: string): Option {
    const option = this.#options.get(name)
    if (option) return option
    if (name === 'help' || name === 'h') throw new HelpRequest()
    throw usageError(`option provided but not defined: ${spell(name)}`)
  }

  #next(name: string, queue: string[]): string {
    const text = queue.shift()
    if (text === undefined) throw usageError(`option needs an argument: ${spell(name)}`)
    return text
  }

  #assign(name: string, option: Option, text: string): void {
    try {
      option.set(text)
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      throw usageError(`invalid value ${goQuote(text)} for option ${spell(name)}: ${error.message}`)
    }
  }
}

/** Refuses positional arguments that nothing asked for: `unrecognized args: ["a" "b"]`, exit 2. */
export function checkEmpty(rest: readonly string[]): void {
  if (rest.length > 0) throw usageError(`unrecognized args: [${rest.map(goQuote).join(' ')}]`)
}
