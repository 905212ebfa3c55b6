import { changeSet, type Difference } from './change-set.ts'
import { kindList } from './kind.ts'
import type { RegistryObject } from './object.ts'
import type { RegistryRequest } from './request.ts'
import type { RegistrySnapshot } from './snapshot.ts'

/** The objects of a project, of all kinds, in the order of Feast. */
export const objectsOf = (snapshot: RegistrySnapshot, project: string): readonly RegistryObject[] =>
  kindList.flatMap(({ name }) => snapshot.list(name, project))

/**
 * What a request would do to a registry, for a person to read before it is done. Nothing is written.
 *
 * @throws STORE_REGISTRY_OBJECT_INVALID when an apply would refuse the request
 * @example
 * diffRegistry(snapshot, { project: 'demo', objects }) // [{ action: 'update', kind: 'feature-view', name: 'driver_stats', changes: [{ path: 'ttl', … }] }]
 */
export const diffRegistry = (current: RegistrySnapshot, request: RegistryRequest): readonly Difference[] =>
  changeSet(request, { objects: objectsOf(current, request.project), versions: [], now: 0n }).differences
