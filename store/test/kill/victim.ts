import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Task } from './worker.ts'

const begin = async (): Promise<ChildProcess> => {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [], {
    execArgv: ['--conditions=source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.resume()
  await once(child, 'message')
  return child
}

/** Processes that do one thing each and may be killed within. The next one starts while this one works. */
export class Victims implements AsyncDisposable {
  #next = begin()

  /** Does a task in a process of its own, which may be ended by `kill`. Gives whether it was done. */
  async run(task: Task, onStart: (kill: () => void) => void): Promise<boolean> {
    const next = this.#next
    this.#next = begin()
    const child = await next
    let done = false
    child.on('message', () => {
      done = true
    })
    onStart(() => child.kill('SIGKILL'))
    child.send(task)
    await once(child, 'exit')
    return done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = await this.#next
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}
