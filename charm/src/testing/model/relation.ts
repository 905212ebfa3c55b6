import type { Bag, Life } from './model.ts'

/** One side of a relation. */
export interface RelationEnd {
  readonly application: string
  readonly endpoint: string
  readonly role: 'requirer' | 'provider' | 'peer'
  /** The model that the application lives in, where it is another one. */
  readonly modelUuid?: string
}

/** A relation and its databags. A peer relation has one end, others two, requirer first. */
export interface Relation {
  readonly id: number
  readonly interface: string
  readonly ends: readonly RelationEnd[]
  readonly life: Life
  readonly suspended: boolean
  /** Units that entered the relation's scope and did not leave it. */
  readonly units: readonly string[]
  readonly applicationData: Readonly<Record<string, Bag>>
  /** Kept after a unit has left: its departed hook still reads it. */
  readonly unitData: Readonly<Record<string, Bag>>
}

/** A relation as one application sees it. */
export interface RelationSide {
  readonly own: RelationEnd
  /** The other end; of a peer relation the only one. */
  readonly remote: RelationEnd
}

/** The side of `application`, or null when it has no part in the relation. */
export function relationSide(relation: Relation, application: string): RelationSide | null {
  const own = relation.ends.find((end) => end.application === application)
  if (!own) return null
  return { own, remote: relation.ends.find((end) => end !== own) ?? own }
}

/** Juju's name of a relation: `feast-ui:db pg:database`, requirer first. */
export function relationKey(relation: Relation): string {
  return relation.ends.map((end) => `${end.application}:${end.endpoint}`).join(' ')
}

/** Ends in the order that Juju's keys have. */
export function orderEnds(ends: readonly RelationEnd[]): RelationEnd[] {
  return [...ends].sort((left, right) => Number(left.role === 'provider') - Number(right.role === 'provider'))
}
