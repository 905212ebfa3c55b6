import { fromBinary } from '@bufbuild/protobuf'
import type { Timestamp } from '@bufbuild/protobuf/wkt'
import { storeError } from '../errors.ts'
import { type Kind, type KindMessages, type KindName, kinds, type RegistryMessage } from './kind.ts'
import { microsecondsOf } from './timestamp.ts'

/** The name of an object within the registry. */
export interface ObjectId<Name extends KindName = KindName> {
  readonly kind: Name
  readonly project: string
  readonly name: string
}

/** An object as the registry holds it. */
export interface RegistryObject<Name extends KindName = KindName> extends ObjectId<Name> {
  /** The stored bytes, as they are: another writer may know fields that we do not. */
  readonly bytes: Uint8Array
  /**
   * The bytes, decoded and frozen. `spec.project` is filled in from the row; fields that we do not know are in `$unknown`.
   * Throws `STORE_REGISTRY_ROW_UNREADABLE`.
   */
  readonly message: KindMessages[Name]
  /** When it was last written: UTC microseconds; an SQL registry keeps whole seconds. */
  readonly lastUpdated: bigint
}

/** What every object has, wherever its message keeps it. What a kind lacks is empty. */
export interface ObjectHead {
  readonly name: string
  readonly description: string
  readonly owner: string
  readonly tags: Readonly<Record<string, string>>
  /** UTC microseconds; `undefined` when the writer told none. */
  readonly created: bigint | undefined
  readonly lastUpdated: bigint | undefined
}

/** The message inside an object that holds its name: `spec`, save for the two kinds that have none. */
export const specOf = (message: RegistryMessage) =>
  message.$typeName === 'feast.core.DataSource' || message.$typeName === 'feast.core.ValidationReference' ? message : message.spec

/** When an object was made and last written. */
export interface Times {
  createdTimestamp?: Timestamp | undefined
  lastUpdatedTimestamp?: Timestamp | undefined
}

/** The times of an object, where its kind has any. */
export const timesOf = (message: RegistryMessage): Times | undefined =>
  message.$typeName === 'feast.core.ValidationReference' ? undefined : message.meta

/**
 * The name of an object.
 *
 * @example
 * nameOf(create(EntitySchema, { spec: { name: 'driver' } })) // 'driver'
 */
export const nameOf = (message: RegistryMessage): string => specOf(message)?.name ?? ''

/**
 * What every object has: its name, and what people say of it.
 *
 * @example
 * headOf(object.message).owner // 'ada@example.com'
 */
export const headOf = (message: RegistryMessage): ObjectHead => {
  const spec = specOf(message)
  const times = timesOf(message)
  return {
    name: spec?.name ?? '',
    description: spec && 'description' in spec ? spec.description : '',
    owner: spec && 'owner' in spec ? spec.owner : '',
    tags: spec?.tags ?? {},
    created: microsecondsOf(times?.createdTimestamp),
    lastUpdated: microsecondsOf(times?.lastUpdatedTimestamp),
  }
}

/** Writes the project into a message that has a place for it; Python leaves it out of rows, the row's column being the truth. */
export const setProject = (message: RegistryMessage, project: string): void => {
  const spec = specOf(message)
  if (spec && 'project' in spec) spec.project = project
}

/** The part of {@link RegistryObject} that a row or a file holds. */
export interface StoredObject<Name extends KindName = KindName> extends ObjectId<Name> {
  readonly bytes: Uint8Array
  readonly lastUpdated: bigint
}

/**
 * Decodes the bytes of a stored object into a message of its own.
 *
 * @throws STORE_REGISTRY_ROW_UNREADABLE when they are no message of the kind
 */
export const decodeObject = <Name extends KindName>({ kind, project, name, bytes }: StoredObject<Name>): KindMessages[Name] => {
  const { schema, words }: Kind = kinds[kind]
  try {
    const message = fromBinary(schema, bytes)
    setProject(message, project)
    // The schema of a kind makes the messages of that kind; the compiler loses this when the table is indexed.
    return message as KindMessages[Name]
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw storeError('STORE_REGISTRY_ROW_UNREADABLE', [words, name, `${why} (project "${project}")`], { cause })
  }
}

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const each of Object.values(value)) freeze(each)
}

/** Makes a stored object readable: its message is decoded when it is first asked for, so that one bad row spoils no other. */
export const registryObject = <Name extends KindName>(stored: StoredObject<Name>): RegistryObject<Name> => {
  let message: KindMessages[Name] | undefined
  const { kind, project, name, bytes, lastUpdated } = stored
  return Object.freeze({
    kind,
    project,
    name,
    bytes,
    lastUpdated,
    get message() {
      if (message === undefined) {
        message = decodeObject(stored)
        freeze(message)
      }
      return message
    },
  })
}
