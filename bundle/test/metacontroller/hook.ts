import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

import { KubernetesError, type KubernetesObject } from '@charmed-feast/charm'

import { runMetacontroller } from '../../src/metacontroller/metacontroller.ts'
import type { Timer } from '../../src/metacontroller/queue.ts'
import { type TestCluster, userNamespace } from '../cluster/open.ts'

/** A question that metacontroller asked. */
export interface Question {
  readonly path: string
  readonly authorization: string | undefined
  readonly body: {
    readonly controller: KubernetesObject
    readonly object: KubernetesObject
    readonly attachments: Readonly<Record<string, Readonly<Record<string, KubernetesObject>>>>
    readonly finalizing: boolean
  }
  readonly keys: readonly string[]
}

/** What the hook says: an object is 200 with it, status 0 a closed connection, -1 nothing at all. */
export type Reply = object | { readonly status: number; readonly text: string; readonly retryAfter?: string }

/** A timer that fires when the test says so. */
const manualTimer = () => {
  const pending = new Set<{ readonly ms: number; readonly run: () => void }>()
  const timer: Timer = (ms, run) => {
    const entry = { ms, run }
    pending.add(entry)
    return { [Symbol.dispose]: () => void pending.delete(entry) }
  }
  const fire = (wanted: (ms: number) => boolean): number => {
    const due = [...pending].filter(({ ms }) => wanted(ms))
    for (const entry of due) {
      pending.delete(entry)
      entry.run()
    }
    return due.length
  }
  return { timer, fire, waits: () => [...pending].map(({ ms }) => ms) }
}

/** Opens an API server in which nothing of other tests is; it tells of each request. */
export type OpenCluster = (options: {
  readonly onRequest: (method: string, path: string, status: number) => void
}) => Promise<AsyncDisposable & Pick<TestCluster, 'create' | 'kubernetes'>>

/** What a test wants otherwise than usual. */
export interface StageOptions {
  readonly spec?: (url: string) => object
  readonly controller?: null
  readonly alice?: null
  readonly rate?: { perSecond: number; burst: number }
}

/** A cluster with metacontroller and a hook that answers as the test says. */
export interface Stage extends AsyncDisposable, Pick<TestCluster, 'create' | 'kubernetes'> {
  readonly questions: Question[]
  readonly writes: string[]
  readonly lines: string[]
  readonly fire: (wanted: (ms: number) => boolean) => number
  readonly waits: () => readonly number[]
  reply: (question: Question) => Reply
  readonly get: (path: string) => Promise<KubernetesObject | null>
  readonly patch: (path: string, body: object) => Promise<KubernetesObject>
  readonly remove: (path: string) => Promise<unknown>
  readonly idle: () => boolean
}

const isReply = (reply: Reply): reply is { readonly status: number; readonly text: string; readonly retryAfter?: string } => 'text' in reply

const attachment = (apiVersion: string, resource: string): object => ({ apiVersion, resource, updateStrategy: { method: 'InPlace' } })

/** The DecoratorController of the resource-dispatcher, with whatever else a test says of it. */
export const controllerObject = (url: string, spec: object = {}): object => ({
  kind: 'DecoratorController',
  metadata: { name: 'dispatcher' },
  spec: {
    resources: [
      {
        apiVersion: 'v1',
        resource: 'namespaces',
        labelSelector: { matchExpressions: [{ key: 'user.kubeflow.org/enabled', operator: 'Exists' }] },
      },
    ],
    attachments: [
      attachment('v1', 'secrets'),
      attachment('kubeflow.org/v1alpha1', 'poddefaults'),
      attachment('v1', 'configmaps'),
      attachment('v1', 'serviceaccounts'),
    ],
    resyncPeriodSeconds: 10,
    hooks: { sync: { webhook: { url: `${url}/sync` } } },
    ...spec,
  },
})

export const controllers = '/apis/metacontroller.k8s.io/v1alpha1/decoratorcontrollers'

/** Opens everything; the namespace alice is there, and the controller runs unless `controller` is null. */
export const openStage = async (open: OpenCluster, given: StageOptions = {}): Promise<Stage> => {
  const questions: Question[] = []
  const writes: string[] = []
  const lines: string[] = []
  const opened = await open({
    onRequest: (method, path, status) => {
      if (method !== 'GET') writes.push(`${method} ${path.split('?')[0]} ${status}`)
    },
  })
  const manual = manualTimer()
  const server = createServer(async (request, response) => {
    const raw = await text(request)
    // As metacontroller writes it.
    const body = JSON.parse(raw) as Question['body']
    const question = { path: request.url ?? '', authorization: request.headers.authorization, body, keys: Object.keys(body) }
    questions.push(question)
    const reply = stage.reply(question)
    if (!isReply(reply)) return response.end(JSON.stringify(reply))
    if (reply.status === -1) return undefined
    if (reply.status === 0) return request.socket.destroy()
    response.writeHead(reply.status, reply.retryAfter === undefined ? {} : { 'retry-after': reply.retryAfter })
    return response.end(reply.text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  const { kubernetes } = opened
  const metacontroller = runMetacontroller({
    connection: kubernetes,
    // The cluster's own names lead to the hook.
    resolve: (wanted) => new URL(wanted.pathname, url),
    rate: given.rate ?? { perSecond: 1000, burst: 1000 },
    discoveryInterval: 5_000,
    // No time passes where a test looks at the rate: how fast the machine is does not matter.
    clock: () => (given.rate === undefined ? new Date() : new Date(0)),
    timer: manual.timer,
    log: (line) => void lines.push(line),
  })
  const stage: Stage = {
    ...opened,
    questions,
    writes,
    lines,
    idle: metacontroller.idle,
    fire: manual.fire,
    waits: manual.waits,
    reply: () => ({ attachments: [] }),
    get: async (path) => {
      try {
        return await kubernetes.call({ method: 'GET', path })
      } catch (error) {
        if (error instanceof KubernetesError && error.status === 404) return null
        throw error
      }
    },
    patch: (path, body) => kubernetes.call({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }),
    remove: (path) => kubernetes.call({ method: 'DELETE', path }),
    [Symbol.asyncDispose]: async () => {
      await metacontroller[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await opened[Symbol.asyncDispose]()
    },
  }
  if (given.alice !== null) await opened.create('/api/v1/namespaces', userNamespace('alice'))
  if (given.controller !== null) await opened.create(controllers, controllerObject('http://dispatcher.kubeflow:80', given.spec?.(url)))
  return stage
}
