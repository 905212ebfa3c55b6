import type { KubernetesObject } from '@charmed-feast/charm'
import { matchesQuery, type ObjectChange, type ObjectStore, Refusal, resourcePath, type Target } from '@charmed-feast/charm/testing'

/** What a watch asks for. */
export interface WatchQuery {
  readonly target: Target
  readonly query: Readonly<Record<string, string>>
}

/** One line of a watch. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'
  readonly object: unknown
}

const bookmark = (version: number, annotations?: Readonly<Record<string, string>>): WatchEvent => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: String(version), ...(annotations === undefined ? {} : { annotations }) } },
})

/** What of the objects a watch sees. */
const selectorOf = ({ target, query }: WatchQuery) => {
  const [, name] = /^metadata\.name=(.*)$/.exec(query.fieldSelector ?? '') ?? []
  const wantedName = target.name ?? name
  return (object: KubernetesObject | undefined): boolean =>
    object !== undefined &&
    (target.namespace === undefined || object.metadata.namespace === target.namespace) &&
    (wantedName === undefined || object.metadata.name === wantedName) &&
    matchesQuery(object.metadata.labels ?? {}, query.labelSelector ?? '')
}

/** An object that begins to fit is new to the watch, and one that fits no more is gone. */
const eventOf = ({ type, object, before }: ObjectChange, fits: (object: KubernetesObject | undefined) => boolean): WatchEvent | null => {
  const was = fits(before)
  const is = type !== 'DELETED' && fits(object)
  if (!was && !is) return null
  return { type: was && is ? 'MODIFIED' : is ? 'ADDED' : 'DELETED', object }
}

/**
 * Follows a collection: first what a client that knows a version has missed (or everything there is, when it knows none), then each change as it
 * happens. A version that is forgotten gives one error, 410, after which the client lists anew.
 *
 * @example
 * using watch = followObjects(store, { target, query: { watch: 'true' } }, (event) => response.write(`${JSON.stringify(event)}\n`))
 */
export const followObjects = (store: ObjectStore, watch: WatchQuery, send: (event: WatchEvent) => void): Disposable => {
  const { resourceVersion = '', sendInitialEvents } = watch.query
  const resource = resourcePath(watch.target)
  const fits = selectorOf(watch)
  const version = Number(resourceVersion)
  const fresh = sendInitialEvents === 'true' || resourceVersion === '' || version === 0
  const missed = fresh ? [] : store.changesSince(version)
  if (missed === undefined || version > store.version) {
    send({ type: 'ERROR', object: new Refusal(410, `too old resource version: ${resourceVersion} (${store.version})`).body() })
    return { [Symbol.dispose]: () => undefined }
  }
  const tell = (change: ObjectChange): void => {
    const event = change.resource === resource ? eventOf(change, fits) : null
    if (event !== null) send(event)
  }
  if (fresh) for (const [, object] of store.list(resource)) if (fits(object)) send({ type: 'ADDED', object })
  if (sendInitialEvents === 'true') send(bookmark(store.version, { 'k8s.io/initial-events-end': 'true' }))
  missed.forEach(tell)
  return store.subscribe(tell)
}

/** Says how far a watch is, so that it can take up there. */
export const bookmarkAt = (store: ObjectStore): WatchEvent => bookmark(store.version)
