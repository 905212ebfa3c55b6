import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FeastVersion } from './environment.ts'

/** The variables that tell tests where the worker of a release listens. */
export const workerVariables: Readonly<Record<FeastVersion, string>> = {
  '0.49.0': 'CHARMED_FEAST_WORKER_049',
  '0.67.0': 'CHARMED_FEAST_WORKER_067',
}

/** A Python that has Feast loaded, and runs each script in a copy of itself. */
export interface PythonWorker extends AsyncDisposable {
  /** The Unix socket at which it listens. */
  readonly path: string
}

/** What a worker is asked for. */
export interface WorkerRequest {
  readonly file?: string
  readonly text?: string
  readonly input: string
  readonly cwd: string
}

/** What came of it. */
export interface WorkerAnswer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/**
 * Starts a worker with a Python interpreter, and waits until it has loaded Feast. It ends with this process.
 *
 * @throws Error with what Python said when it cannot start
 */
export const startWorker = async (python: string, pythonFolder: string): Promise<PythonWorker> => {
  const folder = await mkdtemp(join(tmpdir(), 'feast-worker-'))
  const path = join(folder, 'socket')
  const own = { FEAST_USAGE: 'False', PYTHONWARNINGS: 'ignore', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: pythonFolder, PYTHONUTF8: '1' }
  const child = spawn(python, [join(pythonFolder, 'worker.py'), path], { env: { ...process.env, ...own }, stdio: 'pipe' })
  const ended = once(child, 'exit')
  const said = text(child.stderr)
  const first = await Promise.race([once(child.stdout, 'data'), ended])
  if (String(first[0]).trim() !== 'ready') throw new Error(`cannot start worker "${python}": ${(await said).slice(-4000)}`)
  return {
    path,
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Asks a worker. @throws Error when it gives no answer, because the script took its process down */
export const askWorker = async (path: string, request: WorkerRequest): Promise<WorkerAnswer> => {
  const socket = connect(path)
  socket.end(JSON.stringify(request))
  const answer = await text(socket)
  if (answer === '') throw new Error(`cannot run script at "${path}": its process ended without an answer`)
  return JSON.parse(answer)
}
