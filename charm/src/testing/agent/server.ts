import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

import type { HookContext } from '../context/context.ts'
import { runTool, type ToolAnswer, type ToolInput } from '../tool/run-tool.ts'

/** Options of {@link startAgent}. */
export interface AgentOptions {
  readonly socketPath: string
  /** The hook that a context id means; undefined when it has ended. */
  readonly findContext: (id: string) => HookContext | undefined
  /** Runs a tool; {@link runTool} by default. */
  readonly run?: (context: HookContext, input: ToolInput) => ToolAnswer
}

/** The agent's side of the hook tools on PATH. */
export interface Agent extends AsyncDisposable {
  readonly socketPath: string
}

/**
 * Serves hook tools on a Unix socket, for the programs of {@link installTools}.
 *
 * @example
 * await using agent = await startAgent({ socketPath: '/tmp/hook/agent.socket', findContext: () => context })
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    void serve(socket, options)
  })
  server.listen(options.socketPath)
  await once(server, 'listening')
  return { socketPath: options.socketPath, [Symbol.asyncDispose]: () => stop(server, sockets) }
}

async function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await new Promise<void>((resolve) => server.close(() => resolve()))
}

async function serve(socket: Socket, options: AgentOptions): Promise<void> {
  const frames = readFrames(socket)
  const request = await nextFrame(frames)
  if (!request) return
  const [id = '', directory = '/', tool = '', ...args] = request.toString().split('\0').slice(0, -1)
  const context = options.findContext(id)
  if (!context) return answer(socket, { exit: 1, stdout: '', stderr: `ERROR bad request: unknown context "${id}"\n` })
  const run = options.run ?? runTool
  try {
    answer(socket, run(context, { tool, args, directory, stdin: needStdin }))
  } catch (error) {
    if (!(error instanceof StdinNeeded)) return answer(socket, { exit: 3, stdout: '', stderr: `ERROR panic: ${String(error)}\n` })
    socket.write('I')
    const stdin = (await nextFrame(frames))?.toString() ?? ''
    answer(socket, run(context, { tool, args, directory, stdin: () => stdin }))
  }
}

/** Juju's client sends standard input only when it is asked to: the tool is then run anew. */
class StdinNeeded extends Error {}

function needStdin(): never {
  throw new StdinNeeded()
}

function answer(socket: Socket, { exit, stdout, stderr }: Pick<ToolAnswer, 'exit' | 'stdout' | 'stderr'>): void {
  const [out, err] = [Buffer.from(stdout), Buffer.from(stderr)]
  const head = Buffer.alloc(10)
  head.write('R')
  head.writeUInt8(exit, 1)
  head.writeUInt32BE(out.length, 2)
  head.writeUInt32BE(err.length, 6)
  socket.end(Buffer.concat([head, out, err]))
}

async function* readFrames(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let buffered = Buffer.alloc(0)
  for await (const chunk of socket) {
    buffered = Buffer.concat([buffered, chunk])
    while (buffered.length >= 4 && buffered.length >= 4 + buffered.readUInt32BE(0)) {
      const size = buffered.readUInt32BE(0)
      yield buffered.subarray(4, 4 + size)
      buffered = buffered.subarray(4 + size)
    }
  }
}

async function nextFrame(frames: AsyncGenerator<Buffer, undefined>): Promise<Buffer | undefined> {
  try {
    return (await frames.next()).value
  } catch {
    return undefined
  }
}
