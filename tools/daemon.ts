import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'

/** A process that runs until it is stopped, or until this one ends in whatever way. */
export interface Daemon {
  readonly stop: () => Promise<void>
}

/** What {@link startDaemon} needs. */
export interface DaemonOptions {
  readonly program: string
  readonly args: readonly string[]
  /** Its output goes here. */
  readonly log: string
  /** Everything it leaves, and what goes with it when this process is killed. */
  readonly folder: string
  /** Whether it does its work by now. */
  readonly isReady: () => Promise<boolean>
  /** How long that may take. */
  readonly seconds: number
}

/**
 * Runs a program (`$2`…) and ends it when told to stop, or when whoever started it is gone; then its folder (`$1`) goes as well. The end of our
 * standard input says so, however the other side ended. It is killed: nothing of it is kept, and an API server takes a minute to part from its watches.
 */
const guard = `
exec 3<&0
folder=$1
shift
"$@" 3<&- < /dev/null &
child=$!
{
  read -r word <&3
  kill -KILL $child
  [ "$word" = stop ] && exit
  while kill -0 $child; do sleep 0.1; done
  rm -rf "$folder"
} 2> /dev/null &
wait $child
`

/**
 * Starts a program and waits until it is ready.
 *
 * @throws Error when it ends before that, or takes too long, with the end of its log
 *
 * @example
 * const etcd = await startDaemon({ program, args, log, folder, isReady, seconds: 60 })
 */
export const startDaemon = async ({ program, args, log, folder, isReady, seconds }: DaemonOptions): Promise<Daemon> => {
  const output = await open(log, 'a', 0o600)
  // A group of its own: a Ctrl-C in the terminal reaches us, and we stop it in order.
  const child = spawn('/bin/sh', ['-c', guard, 'guard', folder, program, ...args], {
    stdio: ['pipe', output.fd, output.fd],
    detached: true,
  })
  await output.close()
  const ended = once(child, 'exit')
  // It may have ended by itself, and then nobody reads.
  child.stdin?.on('error', () => undefined)

  const stop = async (): Promise<void> => {
    child.stdin?.end('stop\n')
    await ended
  }

  const until = performance.now() + seconds * 1000
  while (!(await isReady())) {
    const why =
      child.exitCode !== null ? `it ended with ${child.exitCode}` : performance.now() > until ? `not ready after ${seconds} s` : null
    if (why !== null) {
      await stop()
      throw new Error(`cannot start "${program}": ${why}\n${(await readFile(log, 'utf8')).split('\n').slice(-20).join('\n')}`)
    }
    await setTimeout(50)
  }
  return { stop }
}
