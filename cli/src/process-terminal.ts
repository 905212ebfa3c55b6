import { createInterface } from 'node:readline/promises'
import type { Terminal } from './terminal.ts'

/** The terminal of a real process. */
export const processTerminal = (host: NodeJS.Process): Terminal => {
  const abort = new AbortController()
  host.once('SIGINT', () => abort.abort(new Error('interrupted')))
  return {
    env: host.env,
    cwd: host.cwd(),
    out: (text) => void host.stdout.write(text),
    err: (text) => void host.stderr.write(text),
    interactive: host.stdout.isTTY === true,
    now: () => BigInt(Date.now()) * 1000n,
    signal: abort.signal,
    async confirm(question) {
      if (host.stdin.isTTY !== true) return false
      const prompt = createInterface({ input: host.stdin, output: host.stderr })
      try {
        return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim())
      } finally {
        prompt.close()
      }
    },
  }
}
