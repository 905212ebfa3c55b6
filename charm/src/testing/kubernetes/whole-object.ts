import type { KubernetesObject } from '../../kubernetes/object.ts'
import { Refusal } from './refusal.ts'

type Mapping = Readonly<Record<string, unknown>>

/** A map as it is, anything else as an empty one. */
export const asMapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/** Whether somebody still wants to do something before the object goes. */
export function hasFinalizers({ metadata }: KubernetesObject): boolean {
  return Array.isArray(metadata.finalizers) && metadata.finalizers.length > 0
}

/** Whether an object was only kept for finalizers that are done. */
export function isGone(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined && !hasFinalizers(object)
}

/** What a write may change: the status alone through its own path, everything else through the object's. */
export function withStatusOf(next: KubernetesObject, live: KubernetesObject, statusOnly: boolean): KubernetesObject {
  const [base, { status }] = statusOnly ? [live, next] : [next, live]
  const { status: _, ...rest } = base
  return status === undefined ? rest : { ...rest, status }
}

/**
 * Holds a namespace that goes to its phase.
 *
 * @throws {Refusal} 422
 */
export function checkPhase(next: KubernetesObject, live: KubernetesObject | undefined): void {
  if (next.kind !== 'Namespace' || live?.metadata.deletionTimestamp === undefined) return
  const { phase } = asMapping(next.status)
  if (phase === 'Terminating') return
  throw new Refusal(
    422,
    `Namespace "${next.metadata.name}" is invalid: status.Phase: Invalid value: "${String(phase)}": it is being deleted`,
  )
}

/** An object without who said what. */
export function withoutManagers(object: KubernetesObject): KubernetesObject {
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata }
}

/** Whether two objects say the same, and the same managers say so; when, and which version that was, is not compared. */
export function isSame(left: KubernetesObject, right: KubernetesObject): boolean {
  return isEqual(comparable(left), comparable(right))
}

function comparable({ metadata, ...object }: KubernetesObject): unknown {
  const { managedFields, resourceVersion: _, ...rest } = metadata
  const managers = Array.isArray(managedFields) ? managedFields.map(asMapping).map(({ time: __, ...entry }) => entry) : []
  return { ...object, metadata: rest, managers }
}

/** Whether two values are one, in whatever order their keys are. */
export function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left, sortKeys) === JSON.stringify(right, sortKeys)
}

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
