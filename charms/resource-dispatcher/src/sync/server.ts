import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

import { answerSync } from './answer.ts'
import type { ManifestFolder } from './manifest-folder.ts'
import { parseSyncRequest } from './request.ts'

/** What {@link createSyncServer} needs. */
export interface SyncServerOptions {
  readonly folder: ManifestFolder
  /** The label whose value must be `true`. */
  readonly label: string
  /** The uid of the DecoratorController that may ask; null as long as nobody knows it. */
  readonly controllerUid: string | null
  /** What must stand behind `Bearer` as well; null where metacontroller cannot send it (before 4.16). */
  readonly readToken: (() => Promise<string>) | null
  /** One line; it never holds anything of a request or a manifest. */
  readonly log: (line: string) => void
}

/** An answer. */
interface Answer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** More than six full Secrets, each twice as metacontroller sends them. */
const largestBody = 32 * 1024 * 1024

const failure = (status: number, why: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  body: JSON.stringify({ error: why }),
  headers,
})

const tooLarge = failure(413, 'the request is too large', { connection: 'close' })

/** Metacontroller deletes nothing then, and asks again (real-parts.md §4). */
const notReady = (why: string): Answer => failure(429, why, { 'retry-after': '3' })

// Hashes are equally long, and their comparison takes equally long wherever they differ.
const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
const isSame = (left: string, right: string): boolean => timingSafeEqual(hash(left), hash(right))

const readBody = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > largestBody) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** Logs what changed and only once. */
const createReporter = (log: SyncServerOptions['log']) => {
  let reported: readonly string[] = []
  return (lines: readonly string[]): void => {
    for (const line of lines) if (!reported.includes(line)) log(line)
    reported = lines
  }
}

const createSync = ({ folder, label, controllerUid, readToken, log }: SyncServerOptions) => {
  const report = createReporter(log)
  let refused = false
  const refuse = (): Answer => {
    if (!refused) log('refused a request that does not come from the DecoratorController of the charm; further ones are not logged')
    refused = true
    return failure(403, 'this controller may not ask')
  }

  return async (request: IncomingMessage): Promise<Answer> => {
    if (readToken !== null) {
      const token = await readToken().catch(() => '')
      if (token === '') return notReady('the token is not known yet')
      if (!isSame(request.headers.authorization ?? '', `Bearer ${token}`)) return refuse()
    }
    if (Number(request.headers['content-length'] ?? 0) > largestBody) return tooLarge
    const body = await readBody(request)
    if (body === null) return tooLarge
    const question = parseSyncRequest(body)
    if (question === null) return failure(400, 'this is no request of a sync hook')
    if (controllerUid === null) return notReady('the controller is not known yet')
    if (!isSame(question.controllerUid, controllerUid)) return refuse()
    try {
      const delivered = await folder.read()
      report(delivered.problems)
      return { status: 200, body: answerSync(question, { delivered, label }) }
    } catch (error) {
      report([`cannot read the folder of manifests: ${error instanceof Error && 'code' in error ? error.code : 'unknown'}`])
      return notReady('the manifests cannot be read')
    }
  }
}

/**
 * Makes the server that metacontroller asks. It answers many at once, and only who knows the controller's uid; bodies are never logged.
 * `POST /sync` is the hook, `GET /health` says that the server lives.
 *
 * @example
 * createSyncServer({ folder, label: 'user.kubeflow.org/enabled', controllerUid, readToken: null, log }).listen(8080)
 */
export const createSyncServer = (options: SyncServerOptions): Server => {
  const sync = createSync(options)

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const path = (request.url ?? '').split('?')[0]
    if (path === '/health') return { status: 200, body: '{"status":"ok"}' }
    if (path !== '/sync') return failure(404, 'there is nothing here; ask /sync')
    return request.method === 'POST' ? sync(request) : failure(405, 'ask with POST', { allow: 'POST' })
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { status, body, headers = {} } = await answer(request)
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers })
      response.end(body)
    } catch {
      // The asker went away in the middle of the question.
      response.destroy()
    }
  }

  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, keepAliveTimeout: 65_000 }, (request, response) => {
    void respond(request, response)
  })
  return server
}
