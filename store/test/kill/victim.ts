import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Task } from './worker.ts'

interface Victim {
  readonly child: ChildProcess
  readonly ready: Promise<unknown>
  readonly ended: Promise<unknown>
}

const begin = (): Victim => {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [], {
    execArgv: ['--conditions=source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.resume()
  const ended = once(child, 'exit')
  return { child, ready: Promise.race([once(child, 'message'), ended]), ended }
}

/** Processes that do one thing each and may be killed within. The next one starts while this one works. */
export class Victims implements AsyncDisposable {
  #next = begin()

  /** Does a task in a process of its own, which may be ended by `kill`. Gives whether it was done. */
  async run(task: Task, onStart: (kill: () => void) => void): Promise<boolean> {
    const { child, ready, ended } = this.#next
    this.#next = begin()
    await ready
    let done = false
    child.on('message', () => {
      done = true
    })
    onStart(() => child.kill('SIGKILL'))
    child.send(task)
    await ended
    return done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { child, ended } = this.#next
    child.kill('SIGKILL')
    await ended
  }
}
