import { type ChildProcess, spawn } from 'node:child_process'

/*
 * Nothing that we start may outlive us, however we end. A shell of a megabyte reads from us which groups of processes live; when the pipe
 * ends, because we ended, it kills those that are left. It is in a group of its own, so that Ctrl-C does not reach it.
 */
const script = `groups=' '
while read -r word group; do
  case $word in
    - ) before=\${groups%% $group:*}
        [ "$before" = "$groups" ] || { after=\${groups#* $group:}; groups="$before \${after#* }"; } ;;
    * ) groups="$groups$group:$word " ;;
  esac
done
for each in $groups; do kill "-\${each#*:}" "-\${each%:*}" 2>/dev/null; done
exit 0
`

/** Sees to it that groups of processes end with this one, even when it is killed. */
export class Guardian implements AsyncDisposable {
  readonly #shell: ChildProcess
  readonly #ended: Promise<void>

  constructor() {
    this.#shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/', env: {} })
    // A shell that is gone guards nothing, and the work goes on.
    this.#shell.stdin?.on('error', () => undefined)
    this.#shell.unref()
    this.#ended = new Promise((resolve) => this.#shell.once('close', () => resolve()))
  }

  /** A group of processes that lives from now on, and by which signal it ends. */
  watch(group: number, signal: 'KILL' | 'QUIT' = 'KILL'): void {
    this.#shell.stdin?.write(`${signal} ${group}\n`)
  }

  /** A group that has ended: its number may be another's soon. */
  forget(group: number): void {
    this.#shell.stdin?.write(`- ${group}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // From here on it is waited for, by nobody else maybe.
    this.#shell.ref()
    this.#shell.stdin?.end()
    await this.#ended
  }
}
