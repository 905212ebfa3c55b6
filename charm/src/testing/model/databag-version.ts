import type { Bag, Model } from './model.ts'

/** How often each databag of each relation was changed; a missing one never was. Keys are `<relation id> <unit or application>`. */
export type DatabagVersions = Readonly<Record<string, number>>

/** The version of one databag. */
export function databagVersion(versions: DatabagVersions, relation: number, owner: string): number {
  return versions[`${relation} ${owner}`] ?? 0
}

/**
 * The versions after a model changed: each databag that differs is one further. A databag that has just come to be is at 0.
 *
 * @example
 * versions = countChanges(versions, before, after)
 */
export function countChanges(versions: DatabagVersions, before: Model, after: Model): DatabagVersions {
  if (before.relations === after.relations) return versions
  const counted = new Map(Object.entries(versions))
  for (const relation of after.relations) {
    const old = before.relations.find(({ id }) => id === relation.id)
    const was: Readonly<Record<string, Bag>> = { ...old?.applicationData, ...old?.unitData }
    for (const [owner, bag] of Object.entries({ ...relation.applicationData, ...relation.unitData })) {
      const key = `${relation.id} ${owner}`
      const known = was[owner] ?? (owner.includes('/') ? bag : {})
      if (bag !== known && !isSame(known, bag)) counted.set(key, (counted.get(key) ?? 0) + 1)
    }
  }
  return Object.fromEntries(counted)
}

function isSame(left: Bag, right: Bag): boolean {
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}
