import { CharmError, charmError } from '../errors.ts'
import { waitChange } from './change.ts'
import { asObject, asText, callPebble, type PebbleClient } from './client.ts'
import type { Ownership } from './file.ts'
import { openSocket, type PebbleSocket } from './websocket.ts'

/** How a command shall run. */
export interface ExecOptions extends Ownership {
  /** Written to its standard input, which is then closed. */
  readonly stdin?: string | Uint8Array
  readonly environment?: Readonly<Record<string, string>>
  readonly workingDir?: string
  /** A service whose user, environment and working directory it gets. */
  readonly serviceContext?: string
  /** After how many seconds it is killed: 30 by default. */
  readonly seconds?: number
  /** Keeps standard error apart; else it is mixed into the output, as it came. */
  readonly splitStderr?: true
  /** Sends the command the signal of this name when it aborts. */
  readonly signal?: { readonly name: string; readonly when: AbortSignal }
}

/** How a command ended. */
export interface ExecResult {
  /** 128 and the number of the signal, when one ended it. */
  readonly exitCode: number
  readonly stdout: string
  /** Empty unless it was kept apart. */
  readonly stderr: string
}

/** A command that ended with something else than 0. Its output may hold secrets: the message has none of it. */
export class ExecError extends CharmError {
  readonly result: ExecResult

  constructor(command: string, result: ExecResult) {
    super('CHARM_PEBBLE_EXEC', charmError('CHARM_PEBBLE_EXEC', [command, String(result.exitCode)]).message)
    this.name = 'ExecError'
    this.result = result
  }
}

const end = JSON.stringify({ command: 'end' })

const isEnd = (message: string): boolean => {
  try {
    return asObject(JSON.parse(message)).command === 'end'
  } catch {
    return false
  }
}

const collect = async (socket: PebbleSocket): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const message of socket.messages) {
    if (typeof message !== 'string') chunks.push(message)
    else if (isEnd(message)) break
  }
  return Buffer.concat(chunks).toString()
}

const chunkSize = 16_384

const feed = (socket: PebbleSocket, input: string | Uint8Array): void => {
  const bytes = Buffer.from(input)
  for (let at = 0; at < bytes.length; at += chunkSize) socket.send(bytes.subarray(at, at + chunkSize))
  socket.send(end)
}

const toRequest = (command: readonly string[], options: ExecOptions, seconds: number): object => ({
  command,
  environment: options.environment ?? {},
  'working-dir': options.workingDir,
  'service-context': options.serviceContext,
  user: options.user,
  'user-id': options.userId,
  group: options.group,
  'group-id': options.groupId,
  timeout: `${seconds}s`,
  'split-stderr': options.splitStderr ?? false,
})

/**
 * Runs a command in a container and waits for its end. Whatever its exit code, that is a result.
 *
 * Pebble's answer holds the daemon's whole environment: nothing of it is kept.
 *
 * @throws {PebbleError} when there is no such command. {@link CharmError} `CHARM_PEBBLE_CHANGE_FAILED` when it took longer than `seconds`.
 *
 * @example
 * await exec(client, ['sh', '-c', 'cat; exit 3'], { stdin: 'hello' }) // { exitCode: 3, stdout: 'hello', stderr: '' }
 */
export const exec = async (client: PebbleClient, command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> => {
  const { stdin = '', seconds = 30, splitStderr, signal } = options
  const { result, change } = await callPebble(client, { method: 'POST', path: '/v1/exec', json: toRequest(command, options, seconds) })
  const task = asText(asObject(result)['task-id'])
  if (change === null || task === '') throw charmError('CHARM_PEBBLE_PROTOCOL', ['POST /v1/exec', 'it names no task'])

  const open = (id: string): Promise<PebbleSocket> => openSocket(client, `/v1/tasks/${encodeURIComponent(task)}/websocket/${id}`)
  const sockets = await Promise.all(['control', 'stdio', ...(splitStderr ? ['stderr'] : [])].map(open))
  const [control, stdio, errors] = sockets
  const kill = (): void => control?.send(JSON.stringify({ command: 'signal', signal: { name: signal?.name } }))
  if (signal?.when.aborted) kill()
  signal?.when.addEventListener('abort', kill, { once: true })
  try {
    const output = stdio === undefined ? '' : collect(stdio)
    const errorOutput = errors === undefined ? '' : collect(errors)
    if (stdio !== undefined) feed(stdio, stdin)
    const [finished, stdout, stderr] = await Promise.all([waitChange(client, change, { seconds: seconds + 10 }), output, errorOutput])
    return { exitCode: Number(finished.tasks[0]?.data['exit-code'] ?? -1), stdout, stderr }
  } finally {
    signal?.when.removeEventListener('abort', kill)
    for (const socket of sockets) socket.close()
  }
}

/**
 * Runs a command in a container and gives its output.
 *
 * @throws {ExecError} when its exit code is not 0; else as {@link exec}.
 *
 * @example
 * await execOutput(client, ['feast', 'version']) // 'Feast SDK Version: "0.49.0"\n'
 */
export const execOutput = async (client: PebbleClient, command: readonly string[], options?: ExecOptions): Promise<string> => {
  const result = await exec(client, command, options)
  if (result.exitCode !== 0) throw new ExecError(command[0] ?? '', result)
  return result.stdout
}
