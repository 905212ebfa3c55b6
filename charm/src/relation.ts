import { isCharmError } from './errors.ts'
import type { HookEvent } from './event.ts'
import { type BagOwner, relationApp, relationGet, relationIds, relationUnits } from './hook-tool/relation.ts'
import type { RunTool } from './hook-tool/run.ts'
import type { TextMap } from './hook-tool/text-map.ts'
import { isSensitiveKey, type Redactor } from './redact.ts'

/** What Juju itself puts into every unit's databag (`private-address` up to Juju 3). */
const seededKeys: ReadonlySet<string> = new Set(['egress-subnets', 'ingress-address', 'private-address'])

/** A relation as every unit sees it. */
export interface RelationName {
  readonly endpoint: string
  /** Juju's number. */
  readonly id: number
  /** How tools call it: `endpoint:id`. */
  readonly name: string
}

/** The parts of a relation that can be read. Each costs one call of a hook tool, `remoteUnits` one for each unit and one more. */
export interface RelationParts {
  /** The application on the other side; in a peer relation the own one. */
  readonly app: string
  /** The remote application's databag. */
  readonly remoteApp: TextMap
  /** The databags of the remote units, without the keys that Juju puts there itself. */
  readonly remoteUnits: Readonly<Record<string, TextMap>>
  /** The own application's databag; null on a unit that does not lead, which may not read it (but for peer relations). */
  readonly localApp: TextMap | null
  /** This unit's databag, without the keys that Juju puts there itself. */
  readonly localUnit: TextMap
}

/** The name of a part of a relation. */
export type RelationPart = keyof RelationParts

/** A relation with the parts that were asked for. */
export type Relation<Part extends RelationPart = never> = RelationName & Pick<RelationParts, Part>

/** Reads relations for one hook: each call of a tool is made once. */
export interface RelationReader {
  readonly list: (endpoint: string) => Promise<readonly RelationName[]>
  readonly app: (relation: RelationName) => Promise<string>
  readonly units: (relation: RelationName) => Promise<readonly string[]>
  /** The bag as Juju has it, without the keys that Juju puts there itself. */
  readonly bag: (relation: RelationName, owner: BagOwner, member: string) => Promise<TextMap>
}

/** What {@link createRelationReader} needs. */
export interface RelationReaderOptions {
  readonly run: RunTool
  readonly event: HookEvent
  readonly redactor: Redactor
}

const memoize = <Value>(load: (key: string) => Promise<Value>): ((key: string) => Promise<Value>) => {
  const loaded = new Map<string, Promise<Value>>()
  return (key) => {
    const value = loaded.get(key) ?? load(key)
    loaded.set(key, value)
    return value
  }
}

const parseName = (name: string): RelationName => {
  const colon = name.lastIndexOf(':')
  return Object.freeze({ endpoint: name.slice(0, colon), id: Number(name.slice(colon + 1)), name })
}

const withoutSeeded = (bag: TextMap): TextMap => {
  const kept: Record<string, string> = Object.create(null)
  for (const [key, value] of Object.entries(bag)) if (!seededKeys.has(key)) kept[key] = value
  return Object.freeze(kept)
}

/**
 * Makes the reader of relations of one hook. The relation that breaks is never listed, passwords in databags are protected in logs, and a
 * relation that is gone reads as empty.
 *
 * @example
 * const reader = createRelationReader({ run, event: context.event, redactor })
 * await reader.list('db') // [{ endpoint: 'db', id: 7, name: 'db:7' }]
 */
export const createRelationReader = ({ run, event, redactor }: RelationReaderOptions): RelationReader => {
  const breaking = event.kind === 'relation-broken' ? event.relationId : null

  const list = memoize(async (endpoint) => {
    const names = await relationIds(run, endpoint)
    return Object.freeze(names.map(parseName).filter((relation) => relation.id !== breaking))
  })
  const app = memoize((relation) => relationApp(run, relation))
  const units = memoize((relation) => relationUnits(run, relation))
  const bag = memoize(async (key) => {
    const [relation = '', owner, member = ''] = key.split(' ')
    const read = await readBag(relation, owner === 'app' ? 'app' : 'unit', member)
    for (const [name, value] of Object.entries(read)) if (isSensitiveKey(name)) redactor.protect(value)
    return owner === 'unit' ? withoutSeeded(read) : read
  })

  const readBag = async (relation: string, owner: BagOwner, member: string): Promise<TextMap> => {
    try {
      return await relationGet(run, relation, { owner, member })
    } catch (error) {
      // A dead relation has no data, and a unit that left while this hook ran took its own with it.
      if (isCharmError(error, 'CHARM_RELATION_NOT_FOUND', 'CHARM_UNIT_NOT_FOUND')) return Object.freeze({})
      throw error
    }
  }

  return {
    list,
    app: ({ name }) => app(name),
    units: ({ name }) => units(name),
    bag: ({ name }, owner, member) => bag(`${name} ${owner} ${member}`),
  }
}
