import { spawnSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import { CharmError, type CharmErrorCode, charmError } from '../errors.ts'

/** One call of a hook tool, as Juju's agent sees it. */
export interface ToolCall {
  /** The tool's name, for instance `relation-get`. */
  readonly tool: string
  /** Its arguments, without the name. Never a secret: any process of the machine can read them. */
  readonly args: readonly string[]
  /** What the tool reads from standard input; only `relation-set` and `state-set` do. */
  readonly stdin?: string
  /** Files that must exist while the tool runs: absolute path to content. `args` name these paths (`password#file=/tmp/…/password`). */
  readonly files?: Readonly<Record<string, string>>
}

/** What a hook tool answered: exit 0, 1 (it failed) or 2 (wrong arguments), and both streams as text. */
export interface ToolResult {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a hook tool. {@link createToolRunner} starts a process for each call; tests answer in process.
 * It resolves for every exit code and rejects only when the tool could not be run at all.
 *
 * @example
 * const leader: RunTool = async ({ tool }) =>
 *   tool === 'is-leader' ? { exit: 0, stdout: 'true\n', stderr: '' } : { exit: 1, stdout: '', stderr: `ERROR bad request: unknown command: ${tool}\n` }
 */
export type RunTool = (call: ToolCall) => Promise<ToolResult>

/** A hook tool that ran and refused. `stderr` is Juju's text without its `ERROR ` mark. */
export class HookToolError extends CharmError {
  readonly tool: string
  readonly exit: number
  readonly stderr: string

  constructor(code: CharmErrorCode, message: string, call: { readonly tool: string; readonly exit: number; readonly stderr: string }) {
    super(code, message)
    this.name = 'HookToolError'
    this.tool = call.tool
    this.exit = call.exit
    this.stderr = call.stderr
  }
}

// Juju says what is wrong in words only. First match wins; texts of Juju 3.6.25.
const refusals: readonly (readonly [RegExp, RegExp, CharmErrorCode])[] = [
  [/^(relation-|network-get)/, /relation not found/, 'CHARM_RELATION_NOT_FOUND'],
  [/^relation-get/, /settings not found/, 'CHARM_UNIT_NOT_FOUND'],
  [/^secret-/, /not found/, 'CHARM_SECRET_NOT_FOUND'],
  [/./, /permission denied|not the leader|cannot write relation settings/, 'CHARM_PERMISSION_DENIED'],
]

const refusal = (tool: string, { exit, stderr }: ToolResult): HookToolError => {
  const why = stderr.replace(/^ERROR /, '').trim() || `exit code ${exit}`
  const known = refusals.find(([tools, words]) => tools.test(tool) && words.test(why))?.[2]
  const code = known ?? (exit === 2 ? 'CHARM_TOOL_USAGE' : 'CHARM_TOOL_FAILED')
  return new HookToolError(code, charmError(code, [tool, why]).message, { tool, exit, stderr: why })
}

/**
 * Runs a hook tool and gives its standard output.
 *
 * @throws {HookToolError} when it exits with anything but 0: `CHARM_RELATION_NOT_FOUND`, `CHARM_UNIT_NOT_FOUND`, `CHARM_SECRET_NOT_FOUND`,
 * `CHARM_PERMISSION_DENIED`, `CHARM_TOOL_USAGE` (exit 2) or `CHARM_TOOL_FAILED`.
 *
 * @example
 * await readTool(run, { tool: 'unit-get', args: ['private-address'] }) // '10.1.2.3\n'
 */
export const readTool = async (run: RunTool, call: ToolCall): Promise<string> => {
  const result = await run(call)
  if (result.exit !== 0) throw refusal(call.tool, result)
  return result.stdout
}

/**
 * Runs a hook tool that prints JSON and gives the value; printing nothing at all is `null`.
 *
 * @throws {HookToolError} when the tool refuses; {@link CharmError} `CHARM_TOOL_OUTPUT` when it does not print JSON.
 *
 * @example
 * await readToolJson(run, { tool: 'is-leader', args: ['--format=json'] }) // true
 */
export const readToolJson = async (run: RunTool, call: ToolCall): Promise<unknown> => {
  const stdout = await readTool(run, call)
  if (stdout.trim() === '') return null
  try {
    const value: unknown = JSON.parse(stdout)
    return value
  } catch {
    // The output may hold secrets: not even the parser's words about it go into the message.
    throw charmError('CHARM_TOOL_OUTPUT', [call.tool, 'it is not JSON'])
  }
}

/** What {@link createToolRunner} needs: the environment that Juju gave to the hook (PATH and the agent's socket are in it). */
export interface ToolRunnerOptions {
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Makes the runner that starts one process for each call. Files are written with mode 0600 in a folder of mode 0700, which is removed
 * when the tool has ended, whatever its exit code.
 *
 * @throws {CharmError} (each call) `CHARM_TOOL_MISSING` when the tool is not on PATH, `CHARM_TOOL_KILLED` when a signal ended it.
 *
 * @example
 * const run = createToolRunner({ env: process.env })
 * await run({ tool: 'is-leader', args: ['--format=json'] }) // { exit: 0, stdout: 'true\n', stderr: '' }
 */
export const createToolRunner =
  ({ env }: ToolRunnerOptions): RunTool =>
  async (call) => {
    const folders = [...new Set(Object.keys(call.files ?? {}).map(dirname))]
    try {
      for (const folder of folders) await mkdir(folder, { mode: 0o700 })
      for (const [path, content] of Object.entries(call.files ?? {})) await writeFile(path, content, { mode: 0o600, flag: 'wx' })
      return runProcess(call, env)
    } finally {
      for (const folder of folders) await rm(folder, { recursive: true, force: true })
    }
  }

/*
 * One tool after the other, and nothing else to do meanwhile: waiting for the process without an event loop costs 1.4 ms of a processor a call
 * and not 2.5, of some twenty calls a hook (least of three, two cores with a load of 8).
 */
const runProcess = ({ tool, args, stdin }: ToolCall, env: ToolRunnerOptions['env']): ToolResult => {
  const { error, status, signal, stdout, stderr } = spawnSync(tool, args, {
    ...(stdin === undefined ? {} : { input: stdin }),
    ...{ env, stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], encoding: 'utf8', maxBuffer: Number.POSITIVE_INFINITY },
  })
  // A tool that refuses its arguments ends without reading: its exit code says more than a broken pipe.
  if (error !== undefined && !(hasCode(error, 'EPIPE') && status !== null)) {
    throw hasCode(error, 'ENOENT') ? charmError('CHARM_TOOL_MISSING', [tool], { cause: error }) : error
  }
  if (status === null) throw charmError('CHARM_TOOL_KILLED', [tool, signal ?? 'an unknown signal'])
  return { exit: status, stdout, stderr }
}

const hasCode = (error: Error, code: string): boolean => 'code' in error && error.code === code
