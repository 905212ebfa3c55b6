import type { RelationChange } from '../model/change.ts'
import { applicationOf, type Bag, type Model, type ModelHolder } from '../model/model.ts'
import { type Relation, type RelationSide, relationKey, relationSide } from '../model/relation.ts'
import { ToolError } from '../tool/tool-error.ts'
import type { Hook } from './hook.ts'

/** The unit's own view of one relation during one hook: members and databags as they were when first asked for, and what was written. */
export class RelationContext {
  readonly relation: Relation
  readonly side: RelationSide
  /** Remote units (of a peer relation the other ones), sorted as text. */
  readonly members: readonly string[]
  readonly #holder: ModelHolder
  readonly #unit: string
  readonly #remoteBags = new Map<string, Bag>()
  #own: Map<string, string> | null = null
  #application: Map<string, string> | null = null
  #applicationWritten = false

  constructor({ holder, unit, hook, known }: RelationViewer, relation: Relation, side: RelationSide) {
    this.#holder = holder
    this.#unit = unit
    this.relation = relation
    this.side = side
    this.members = membersDuring(hook, relation, known?.get(relation.id) ?? others(relation, side, unit))
  }

  get fakeId(): string {
    return `${this.side.own.endpoint}:${this.relation.id}`
  }

  get key(): string {
    return relationKey(this.relation)
  }

  /** Dying or suspended and left by everybody: `relation-ids` does not list it. Never a peer relation. */
  get broken(): boolean {
    const ending = this.relation.life === 'dying' || this.relation.suspended
    return ending && this.members.length === 0 && this.side.own.role !== 'peer'
  }

  /** The unit's own bag with what this hook wrote; deleted keys are `''`. Reading it once makes the hook send it. */
  ownBag(): Map<string, string> {
    this.#own ??= new Map(Object.entries(this.#current.unitData[this.#unit] ?? {}))
    return this.#own
  }

  /** The application's bag as its leader sees it. */
  applicationBag(): Map<string, string> {
    this.#application ??= new Map(Object.entries(this.#current.applicationData[this.side.own.application] ?? {}))
    return this.#application
  }

  writeApplication(key: string, value: string): void {
    this.applicationBag().set(key, value)
    this.#applicationWritten = true
  }

  /** A bag read from the controller, once a hook. `name` is a unit's or an application's name. */
  readRemote(name: string): Bag {
    const known = this.#remoteBags.get(name)
    if (known) return known
    const bag = name.includes('/') ? this.#readUnit(name) : this.#readApplication(name)
    this.#remoteBags.set(name, bag)
    return bag
  }

  /** What goes to the controller at the hook's end, or null. */
  changes(): RelationChange | null {
    if (!this.#own && !this.#applicationWritten) return null
    return {
      relation: this.relation.id,
      unit: this.#own && this.#own.size > 0 ? Object.fromEntries(this.#own) : null,
      application: this.#applicationWritten && this.#application ? Object.fromEntries(this.#application) : null,
    }
  }

  get #current(): Relation {
    return this.#holder.model.relations.find(({ id }) => id === this.relation.id) ?? this.relation
  }

  #readUnit(name: string): Bag {
    if (!this.#isEnd(applicationOf(name))) throw new ToolError('permission denied')
    const bag = this.#current.unitData[name]
    if (bag) return bag
    throw new ToolError(`cannot read settings for unit "${name}" in relation "${this.key}": unit "${name}": settings not found`)
  }

  #readApplication(name: string): Bag {
    if (name === '') throw new ToolError('"" is not a valid unit or application')
    if (!this.#isEnd(name) || (name === this.side.own.application && !this.#mayReadOwn())) throw new ToolError('permission denied')
    return this.#current.applicationData[name] ?? {}
  }

  #mayReadOwn(): boolean {
    const model: Model = this.#holder.model
    return this.side.own.role === 'peer' || model.applications[this.side.own.application]?.leader === this.#unit
  }

  #isEnd(application: string): boolean {
    return this.relation.ends.some((end) => end.application === application)
  }
}

function others(relation: Relation, side: RelationSide, unit: string): readonly string[] {
  return relation.units.filter((name) => name !== unit && applicationOf(name) === side.remote.application)
}

function membersDuring(hook: Hook, { id }: Relation, joined: readonly string[]): string[] {
  const members = new Set(joined)
  if (hook.relation === id && hook.remoteUnit !== undefined) {
    if (hook.kind === 'relation-departed') members.delete(hook.remoteUnit)
    else members.add(hook.remoteUnit)
  }
  return [...members].sort()
}

/** Who looks at relations, during which hook. */
export interface RelationViewer {
  readonly holder: ModelHolder
  readonly unit: string
  readonly hook: Hook
  /** The relations that the agent has heard of, with the units that joined; null: all of them, with everybody in scope. */
  readonly known: ReadonlyMap<number, readonly string[]> | null
}

/** The relations of the unit's application, by id. */
export function relationContexts(viewer: RelationViewer): ReadonlyMap<number, RelationContext> {
  const contexts = viewer.holder.model.relations.flatMap((relation) => {
    const side = relationSide(relation, applicationOf(viewer.unit))
    return side && (viewer.known === null || viewer.known.has(relation.id)) ? [new RelationContext(viewer, relation, side)] : []
  })
  return new Map(contexts.map((context) => [context.relation.id, context]))
}
