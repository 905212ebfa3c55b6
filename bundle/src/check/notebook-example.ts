import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { type NotebookOptions, runNotebook } from '../notebook/run-notebook.ts'
import type { Example } from './feast-checks.ts'

/**
 * Runs the example as a notebook of the namespace would: its program knows what the pod knows, and nothing else.
 *
 * @throws when it ends with another exit code than 0, as it does when the signal ends it
 *
 * @example
 * const { checksum } = await runInNotebook(main, { folder: '.state', namespace: 'alice', connection, log })
 */
export const runInNotebook = async (
  main: string,
  { folder, signal, ...options }: Pick<NotebookOptions, 'folder' | 'namespace' | 'connection' | 'log'> & { readonly signal?: AbortSignal },
): Promise<Example> => {
  let said: Promise<readonly [string, string]> = Promise.resolve(['', ''])
  const exit = await runNotebook({
    ...options,
    folder: join(folder, 'notebooks'),
    command: [process.execPath, '--conditions=source', main],
    env: { PATH: process.env.PATH },
    stdio: 'pipe',
    onStart: (child) => {
      const { stdout, stderr } = child
      said = Promise.all([stdout ? text(stdout) : '', stderr ? text(stderr) : ''])
      const end = (): void => void child.kill('SIGKILL')
      signal?.addEventListener('abort', end)
      if (signal?.aborted) end()
      return { [Symbol.dispose]: () => signal?.removeEventListener('abort', end) }
    },
  })
  const [out, problems] = await said
  if (exit !== 0) throw new Error(`the example ended with ${exit}: ${problems.trim().slice(-2000)}`)
  // Printed by driver-stats/main.ts.
  return JSON.parse(out) as Example
}
