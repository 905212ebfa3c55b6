import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { defaultPages } from '@charmed-feast/server'

/** When the newest file of a folder was written; 0 where there is none. */
const newest = (folder: string): number =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .reduce((latest, { parentPath, name }) => Math.max(latest, statSync(join(parentPath, name)).mtimeMs), 0)
    : 0

/**
 * Builds the UI's pages of this repository when they are not there or older than their sources: it takes some seconds, once.
 *
 * @throws when the build fails; the reason of the signal that ended it
 *
 * @example
 * await buildPages(console.log, stopping.signal)
 */
export const buildPages = async (say: (line: string) => void, signal: AbortSignal): Promise<void> => {
  const pages = defaultPages()
  const ui = join(pages, '..')
  if (!existsSync(join(ui, 'vite.config.ts')) || newest(pages) > newest(join(ui, 'src'))) return
  say('Building the pages of the UI…')
  const vite = join(fileURLToPath(import.meta.resolve('vite/package.json')), '..', 'bin', 'vite.js')
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'error'], { cwd: ui, stdio: ['ignore', 'inherit', 'inherit'] })
  const end = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', end)
  const [code] = await once(child, 'exit')
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  if (code !== 0) throw new Error(`cannot build the pages of the UI: vite ended with ${String(code)}`)
}
