import { type JsonValue, toJson } from '@bufbuild/protobuf'
import { type KindName, kindList, kinds } from '../registry/kind.ts'
import type { RegistryObject } from '../registry/object.ts'
import type { RegistrySnapshot } from '../registry/snapshot.ts'

/** An object as Feast's proto JSON: camelCase, defaults left out, 64-bit integers as text, bytes in base64, durations as `86400s`. */
export const objectJson = <Name extends KindName>(object: RegistryObject<Name>): JsonValue =>
  toJson(kinds[object.kind].schema, object.message)

/** A whole project as Feast's proto JSON, by kind, objects by name: what Python's `registry-dump` prints is a part of it. */
export const snapshotJson = (snapshot: RegistrySnapshot, project: string): Readonly<Record<string, JsonValue>> =>
  Object.fromEntries([
    ['project', project],
    ...kindList.map(({ name, listField }) => [listField, snapshot.list(name, project).map((object) => objectJson(object))] as const),
  ])
