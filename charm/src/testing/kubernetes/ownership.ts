import type { KubernetesObject } from '../../kubernetes/object.ts'
import { leavesOf, type ManagedFields, pathsOf, touches, treeOf, valueAt, without } from './managed-fields.ts'
import { overlay } from './patch.ts'
import { Refusal } from './refusal.ts'

/** Who writes, and when. */
export interface Writer {
  readonly manager: string
  /** RFC 3339. */
  readonly time: string
}

type Paths = readonly (readonly string[])[]

/** The entries that an object carries. */
function entriesOf(object: KubernetesObject | undefined): readonly ManagedFields[] {
  const entries = object?.metadata.managedFields
  // Written by this module alone; a client's own are dropped on the way in.
  return Array.isArray(entries) ? (entries as readonly ManagedFields[]) : []
}

function entry(object: KubernetesObject, writer: Writer, given: { readonly operation: ManagedFields['operation']; readonly paths: Paths }) {
  const { apiVersion } = object
  const { manager, time } = writer
  return { manager, operation: given.operation, apiVersion, time, fieldsType: 'FieldsV1' as const, fieldsV1: treeOf(given.paths) }
}

function lose(entries: readonly ManagedFields[], lost: Paths): readonly ManagedFields[] {
  return entries.flatMap((each) => {
    const paths = pathsOf(each.fieldsV1)
    const kept = paths.filter((path) => !lost.some((other) => touches(path, other)))
    return kept.length === paths.length ? [each] : kept.length === 0 ? [] : [{ ...each, fieldsV1: treeOf(kept) }]
  })
}

function withEntries(object: KubernetesObject, entries: readonly ManagedFields[]): KubernetesObject {
  return { ...object, metadata: { ...object.metadata, managedFields: entries } }
}

const isEqual = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right)

/**
 * An object after a plain write: its writer owns what is another than before, and nobody else does.
 *
 * @example
 * ownUpdate(undefined, object, { manager: 'kubectl', time })
 */
export function ownUpdate(live: KubernetesObject | undefined, next: KubernetesObject, writer: Writer): KubernetesObject {
  const changed = leavesOf(next).filter((path) => !isEqual(valueAt(live, path), valueAt(next, path)))
  const gone = leavesOf(live).filter((path) => valueAt(next, path) === undefined)
  const before = entriesOf(live)
  const own = before.find(({ manager, operation }) => manager === writer.manager && operation === 'Update')
  const kept = lose(before, [...changed, ...gone]).filter((each) => each.manager !== writer.manager || each.operation !== 'Update')
  const old = own === undefined ? [] : pathsOf(own.fieldsV1).filter((path) => ![...changed, ...gone].some((other) => touches(path, other)))
  const paths = [...old, ...changed]
  return withEntries(next, paths.length === 0 ? kept : [...kept, entry(next, writer, { operation: 'Update', paths })])
}

/** What a manager applied before, the paths of its entry. */
function appliedBefore(live: KubernetesObject | undefined, manager: string): Paths {
  const own = entriesOf(live).find((each) => each.manager === manager && each.operation === 'Apply')
  return own === undefined ? [] : pathsOf(own.fieldsV1)
}

function conflictsOf(live: KubernetesObject | undefined, wanted: KubernetesObject, manager: string): readonly string[] {
  return entriesOf(live)
    .filter((each) => each.manager !== manager || each.operation !== 'Apply')
    .flatMap((each) => {
      const owned = pathsOf(each.fieldsV1)
      return leavesOf(wanted)
        .filter((path) => owned.some((other) => touches(path, other)) && !isEqual(valueAt(live, path), valueAt(wanted, path)))
        .map((path) => `conflict with "${each.manager}": .${path.join('.')}`)
    })
}

/**
 * Server-side apply: what a manager says is so; what it said before, says no more and nobody else says, goes.
 *
 * @throws {Refusal} 409 when another manager owns a field that is to be another, unless `force`.
 *
 * @example
 * applyOwned(live, wanted, { manager: 'charm', time }, { force: true })
 */
export function applyOwned(
  live: KubernetesObject | undefined,
  wanted: KubernetesObject,
  writer: Writer,
  { force }: { readonly force: boolean },
): KubernetesObject {
  const conflicts = force ? [] : conflictsOf(live, wanted, writer.manager)
  if (conflicts.length > 0) {
    throw new Refusal(409, `Apply failed with ${conflicts.length} conflict${conflicts.length > 1 ? 's' : ''}: ${conflicts.join('; ')}`)
  }
  const paths = leavesOf(wanted)
  const others = entriesOf(live).filter((each) => each.manager !== writer.manager || each.operation !== 'Apply')
  const othersOwn = others.flatMap((each) => pathsOf(each.fieldsV1))
  const dropped = appliedBefore(live, writer.manager).filter(
    (path) => !paths.some((other) => touches(path, other)) && !othersOwn.some((other) => touches(path, other)),
  )
  const cleared = dropped.reduce<unknown>(without, live ?? {})
  // Objects laid over each other are an object again.
  const applied = overlay(cleared, wanted) as KubernetesObject
  const taken = paths.filter((path) => !isEqual(valueAt(live, path), valueAt(wanted, path)))
  return withEntries(applied, [...lose(others, taken), entry(wanted, writer, { operation: 'Apply', paths })])
}
