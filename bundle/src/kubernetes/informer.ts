import type { IncomingMessage } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'

import type { KubernetesObject } from '@charmed-feast/charm'

import type { KubernetesConnection } from './connection.ts'

/** What an informer looks at. */
export interface InformerOptions {
  readonly connection: KubernetesConnection
  /** `/api/v1/namespaces/alice/secrets`. */
  readonly path: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Kinds of listed objects: API servers leave them out of lists of their own kinds. */
  readonly head?: { readonly apiVersion: string; readonly kind: string }
  /** Called for each object that is new, another or gone (null), with the one before. */
  readonly onChange: (object: KubernetesObject | null, before: KubernetesObject | null) => void
  /** Told why it has to begin anew; it goes on by itself. */
  readonly onFailure: (error: unknown) => void
}

/** What it saw last; it keeps itself up to date. */
export interface Informer extends AsyncDisposable {
  readonly objects: () => readonly KubernetesObject[]
  readonly get: (namespace: string | undefined, name: string) => KubernetesObject | undefined
  /** Resolves once the first list is in. */
  readonly ready: Promise<void>
}

interface WatchLine {
  readonly type: string
  readonly object: KubernetesObject
}

const keyOf = (namespace: unknown, name: string): string => `${typeof namespace === 'string' ? namespace : ''}/${name}`

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

/** Between attempts, in milliseconds: doubled each time, up to a second. */
const firstPause = 20
const longestPause = 1_000

/**
 * Keeps a copy of a collection: lists it, follows its changes from there, and lists anew when the server forgot how far it was or went away.
 *
 * @example
 * await using informer = followCollection({ connection, path: '/api/v1/namespaces', onChange: (object) => … })
 * await informer.ready
 */
export const followCollection = (options: InformerOptions): Informer => {
  const { connection, path, labelSelector, fieldSelector, head, onChange, onFailure } = options
  const known = new Map<string, KubernetesObject>()
  const stopping = new AbortController()
  const { signal } = stopping
  const { promise: ready, resolve: tellReady } = Promise.withResolvers<void>()
  const selector: Readonly<Record<string, string>> = {
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  }

  const see = (given: KubernetesObject, gone: boolean): void => {
    const object = { ...head, ...given }
    const key = keyOf(object.metadata.namespace, object.metadata.name)
    const before = known.get(key) ?? null
    if (before?.metadata.resourceVersion === object.metadata.resourceVersion && before?.metadata.uid === object.metadata.uid && !gone)
      return
    if (gone) known.delete(key)
    else known.set(key, object)
    onChange(gone ? null : object, before ?? (gone ? object : null))
  }

  const listAll = async (): Promise<string> => {
    const { items, version } = await connection.list(path, selector)
    const listed = new Set(items.map(({ metadata }) => keyOf(metadata.namespace, metadata.name)))
    for (const [key, object] of [...known]) if (!listed.has(key)) see(object, true)
    for (const item of items) see(item, false)
    tellReady()
    return version
  }

  /** Follows from a version; gives the version to go on from, or null to list anew. */
  const follow = async (version: string): Promise<string | null> => {
    const query = { ...selector, resourceVersion: version, allowWatchBookmarks: 'true' }
    let last = version
    for await (const line of linesOf(await connection.stream(path, query, signal))) {
      // A line of a watch is an event: type and object.
      const { type, object } = JSON.parse(line) as WatchLine
      if (type === 'ERROR') return null
      if (type !== 'BOOKMARK') see(object, type === 'DELETED')
      last = String(object.metadata.resourceVersion ?? last)
    }
    return last
  }

  const run = async (): Promise<void> => {
    let version: string | null = null
    let pause = firstPause
    while (!signal.aborted) {
      try {
        version = await follow(version ?? (await listAll()))
        pause = firstPause
      } catch (error) {
        if (signal.aborted) return
        onFailure(error)
        version = null
        await wait(pause, undefined, { signal, ref: false }).catch(() => undefined)
        pause = Math.min(pause * 2, longestPause)
      }
    }
  }

  const running = run()
  return {
    objects: () => [...known.values()],
    get: (namespace, name) => known.get(keyOf(namespace, name)),
    ready,
    [Symbol.asyncDispose]: async () => {
      stopping.abort()
      await running
    },
  }
}
