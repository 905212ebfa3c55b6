import { readFileSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'

import type { HookContext } from '../context/context.ts'
import { FlagSet } from './flags.ts'
import { formatGoJson, isList, type Printable } from './go-json.ts'
import { goQuote } from './go-text.ts'
import { formatGoYaml } from './go-yaml.ts'
import { ToolError, usageError } from './tool-error.ts'

/** What a tool is called with. */
export interface CallOptions {
  readonly context: HookContext
  readonly tool: string
  readonly args: readonly string[]
  /** Where relative paths begin: the hook's working directory. */
  readonly directory: string
  /** Gives standard input when it is read. */
  readonly stdin: () => string
  /** Files that are not on disk: absolute path to text. */
  readonly files: Readonly<Record<string, string>>
}

/** One call of a hook tool: its options, what it reads, and what it prints. */
export class Call {
  readonly context: HookContext
  readonly tool: string
  readonly flags = new FlagSet()
  stdout = ''
  stderr = ''
  /** Whether the tool read its standard input: Juju's client sends it only then. */
  stdinRead = false
  usage = ''
  readonly #options: CallOptions

  constructor(options: CallOptions) {
    this.#options = options
    this.context = options.context
    this.tool = options.tool
  }

  /** Reads options and positional arguments; `synopsis` is what help says of the latter. */
  parse(synopsis = ''): string[] {
    this.usage = ['Usage:', this.tool, this.flags.any ? '[options]' : '', synopsis].filter((word) => word !== '').join(' ')
    return this.flags.parse(this.#options.args)
  }

  /** A file named by `--file`: `-` is standard input where the tool allows it. */
  readText(path: string): string {
    if (path === '-') {
      this.stdinRead = true
      return this.#options.stdin()
    }
    return this.readFile(resolve(this.#options.directory, path)).toString()
  }

  /** A file that the agent opens: relative paths do not begin where the hook runs, so they find nothing. */
  readAgentFile(path: string): Buffer {
    if (!isAbsolute(path)) throw new ToolError(`open ${path}: no such file or directory`)
    return this.readFile(path)
  }

  readFile(path: string): Buffer {
    const given = this.#options.files[path]
    if (given !== undefined) return Buffer.from(given)
    try {
      return readFileSync(path)
    } catch (error) {
      throw new ToolError(`open ${path}: ${causeOf(error)}`)
    }
  }

  writeFile(path: string, text: string): void {
    const target = isAbsolute(path) ? path : join(this.#options.directory, path)
    try {
      writeFileSync(target, text)
    } catch (error) {
      throw new ToolError(`open ${target}: ${causeOf(error)}`)
    }
  }
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
  ENOTDIR: 'not a directory',
}

function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return causes[code] ?? 'input/output error'
}

/** Prints a value in the format that was asked for, to standard output or the file of `-o`. */
export interface Output {
  readonly format: () => string
  readonly write: (value: Printable) => void
}

/** Declares `--format`, `-o` and `--output`. Tools for secrets know no `smart` and print YAML. */
export function declareOutput(call: Call, initial: 'smart' | 'yaml'): Output {
  const formats = initial === 'smart' ? ['smart', 'json', 'yaml'] : ['json', 'yaml']
  const format = call.flags.value(['format'], initial, (text) => {
    if (!formats.includes(text)) throw usageError(`unknown format ${goQuote(text)}`)
    return text
  })
  const file = call.flags.string(['o', 'output'])
  return {
    format: () => format.value,
    write: (value) => {
      const text = render(value, format.value)
      if (file.value === '') call.stdout += text
      else call.writeFile(file.value, text)
    },
  }
}

function render(value: Printable, format: string): string {
  if (format === 'json') return `${formatGoJson(value)}\n`
  if (format === 'smart') return renderSmart(value)
  return renderYaml(value)
}

function renderYaml(value: Printable): string {
  return value === null ? '' : `${formatGoYaml(value).replace(/\n+$/, '')}\n`
}

// Go tells a list of strings from a list of anything by its type: no hook tool prints an untyped list of texts only.
function isTextList(value: Printable): value is readonly string[] {
  return isList(value) && value.every((item) => typeof item === 'string')
}

function renderSmart(value: Printable): string {
  if (value === true) return 'True\n'
  if (value === false) return 'False\n'
  if (typeof value === 'string') return value === '' ? '' : `${value}\n`
  if (isTextList(value)) return value.length === 0 ? '' : `${value.join('\n')}\n`
  return renderYaml(value)
}

/** Declares `--format`, which some tools take for old charms and only warn about; call the result before anything else runs. */
export function declareDeprecatedFormat(call: Call): () => void {
  const format = call.flags.string(['format'])
  return () => {
    if (format.value !== '') call.stderr += `--format flag deprecated for command ${goQuote(call.tool)}`
  }
}
