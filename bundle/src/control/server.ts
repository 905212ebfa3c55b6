import { once } from 'node:events'
import { chmod, mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

import { BundleError } from '../errors.ts'

/** Where a running bundle takes commands: a Unix socket of mode 0600. */
export const controlSocket = (folder: string): string => join(folder, 'run', 'control.socket')

/** What is answered to a command: what it prints, or why it was refused. */
export type ControlAnswer = { readonly out: string } | { readonly error: { readonly code: string; readonly message: string } }

const readWords = (body: string): readonly string[] => {
  const value: unknown = JSON.parse(body)
  return Array.isArray(value) ? value.map(String) : []
}

const answer = async (body: string, run: (words: readonly string[]) => Promise<string>): Promise<ControlAnswer> => {
  try {
    return { out: await run(readWords(body)) }
  } catch (error) {
    if (!(error instanceof BundleError)) throw error
    return { error: { code: error.code, message: error.message } }
  }
}

/**
 * Takes commands from other processes of the same user.
 *
 * @example
 * await using control = await serveControl('.state', (words) => runCommand(words, around))
 */
export const serveControl = async (folder: string, run: (words: readonly string[]) => Promise<string>): Promise<AsyncDisposable> => {
  const path = controlSocket(folder)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rm(path, { force: true })
  const server = createServer(async (request, response) => {
    try {
      const body = JSON.stringify(await answer(await text(request), run))
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    } catch (error) {
      response.writeHead(500).end(error instanceof Error ? error.message : '')
    }
  })
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, 0o600)
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      await closed
      await rm(path, { force: true })
    },
  }
}
