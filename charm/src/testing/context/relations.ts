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

  constructor(holder: ModelHolder, unit: string, relation: Relation, side: RelationSide, hook: Hook) {
    this.#holder = holder
    this.#unit = unit
    this.relation = relation
    this.side = side
    this.members = membersDuring(hook, relation, side, unit)
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

function membersDuring(hook: Hook, relation: Relation, side: RelationSide, unit: string): string[] {
  const members = new Set(relation.units.filter((name) => name !== unit && applicationOf(name) === side.remote.application))
  if (hook.relation === relation.id && hook.remoteUnit !== undefined && hook.remoteUnit !== unit) {
    if (hook.kind === 'relation-departed') members.delete(hook.remoteUnit)
    else members.add(hook.remoteUnit)
  }
  return [...members].sort()
}

/** All relations of the unit's application, by id. `known` limits them to those that the agent has heard of. */
export function relationContexts(
  holder: ModelHolder,
  unit: string,
  hook: Hook,
  known: ReadonlySet<number> | null,
): ReadonlyMap<number, RelationContext> {
  const contexts = holder.model.relations.flatMap((relation) => {
    const side = relationSide(relation, applicationOf(unit))
    return side && (known === null || known.has(relation.id)) ? [new RelationContext(holder, unit, relation, side, hook)] : []
  })
  return new Map(contexts.map((context) => [context.relation.id, context]))
}
