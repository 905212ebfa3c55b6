import { randomBytes } from 'node:crypto'
import { kindList } from '@charmed-feast/store'
import type { JsonObject } from '../json.ts'
import { kindWord } from '../object/kind-word.ts'
import type { RegistryFeed } from '../registry/feed.ts'
import type { RegistryIndex } from '../registry/registry-index.ts'
import type { Runner } from '../run/runner.ts'

/** Something that happened: small, with the keys of what to ask for anew. */
export interface ServerEvent {
  /** `<server>-<number>`: what `Last-Event-ID` says. */
  readonly id: string
  readonly name: 'registry' | 'run' | 'freshness' | 'reset'
  /** `null`: of all projects. */
  readonly project: string | null
  readonly data: JsonObject
}

/** What happened lately, and what happens. */
export interface EventHub {
  /** Events after one that was seen; `undefined` when they are not known any more. */
  after(id: string): readonly ServerEvent[] | undefined
  /** The id of the newest event. */
  readonly last: string
  listen(listener: (event: ServerEvent) => void): () => void
  close(): void
}

/** How many events are kept for those who come back. */
const kept = 500
/** The most objects that one event names: beyond that, all is new. */
const objectLimit = 100

const keyOf = (kind: string, project: string, name: string): string => `${kind}\0${project}\0${name}`

/** The objects that differ between two states of the registry. */
const changedObjects = (before: RegistryIndex | undefined, after: RegistryIndex): readonly JsonObject[] => {
  const objectsOf = (index: RegistryIndex | undefined) =>
    new Map(
      kindList.flatMap(({ name: kind }) =>
        (index?.snapshot.list(kind) ?? []).map((object) => [keyOf(kind, object.project, object.name), object]),
      ),
    )
  const [old, now] = [objectsOf(before), objectsOf(after)]
  const gone = [...old].filter(([key]) => !now.has(key))
  const changed = [...now].filter(([key, { bytes }]) => {
    const was = old.get(key)
    return was === undefined || Buffer.compare(was.bytes, bytes) !== 0
  })
  return [...gone, ...changed].map(([, { kind, name, project }]) => ({ kind: kindWord(kind), name, project }))
}

/** Gathers what happens: changes of the registry, runs, and what runs make fresh. */
export const openEvents = ({ feed, runner }: { readonly feed: RegistryFeed; readonly runner: Runner }): EventHub => {
  const server = randomBytes(4).toString('hex')
  const events: ServerEvent[] = []
  const listeners = new Set<(event: ServerEvent) => void>()
  let number = 0
  const tell = (name: ServerEvent['name'], project: string | null, data: JsonObject): void => {
    number++
    const event = { id: `${server}-${number}`, name, project, data }
    events.push(event)
    if (events.length > kept) events.shift()
    for (const listener of listeners) listener(event)
  }
  const ends = [
    feed.onChange((index, before) => {
      if (before === undefined) return
      const objects = changedObjects(before, index)
      const projects = new Set(objects.map(({ project }) => String(project)))
      const [only] = projects
      const project = projects.size === 1 && only !== undefined ? only : null
      tell('registry', project, { version: index.version, project, objects: objects.slice(0, objectLimit) })
    }),
    runner.onChange((run, project) => {
      tell('run', project, { run: run.json })
      if (run.state === 'succeeded') tell('freshness', project, { project, views: run.views })
    }),
  ]
  return {
    get last() {
      return `${server}-${number}`
    },
    after(id) {
      const [from, seen] = id.split('-')
      const at = Number(seen)
      const oldest = number - events.length
      if (from !== server || !Number.isInteger(at) || at < oldest || at > number) return undefined
      return events.slice(at - oldest)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      for (const end of ends) end()
      listeners.clear()
    },
  }
}
