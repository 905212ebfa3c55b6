import { randomUUID } from 'node:crypto'
import { clone, type DescMessage, toBinary } from '@bufbuild/protobuf'
import { reflect } from '@bufbuild/protobuf/reflect'
import { storeError } from '../errors.ts'
import { type Change, changesBetween, isSameDefinition } from './equality.ts'
import { isNewVersion, nextVersionNumber, type ViewVersion } from './history.ts'
import { inheritStored } from './inherit.ts'
import { kindOf, type RegistryMessage } from './kind.ts'
import { decodeObject, nameOf, type StoredObject, setProject, timesOf } from './object.ts'
import { timestampOf } from './timestamp.ts'
import { pinnedVersion } from './version.ts'

/** What a definition makes of the object that is stored under its name. */
export interface Revision {
  readonly action: 'create' | 'update'
  readonly changes: readonly Change[]
  /** The row to write; `undefined` when only a version is kept. */
  readonly object: StoredObject | undefined
  /** The versions to keep, oldest first. */
  readonly versions: readonly ViewVersion[]
}

/** What a definition meets. */
export interface RevisionContext {
  readonly project: string
  /** UTC microseconds. */
  readonly now: bigint
  readonly stored: StoredObject | undefined
  /** The versions that the registry keeps of the view. */
  readonly versions: readonly ViewVersion[]
  /** Whether a new version of a view becomes the active one. */
  readonly promote: boolean
}

type VersionedMessage = Extract<RegistryMessage, { meta?: { currentVersionNumber: number } | undefined }>

const isVersioned = (message: RegistryMessage): message is VersionedMessage =>
  message.$typeName === 'feast.core.FeatureView' ||
  message.$typeName === 'feast.core.StreamFeatureView' ||
  message.$typeName === 'feast.core.OnDemandFeatureView'

const stamp = (message: RegistryMessage, now: bigint): void => {
  const schema: DescMessage = kindOf(message).schema
  const field = schema.field.meta
  if (field?.fieldKind !== 'message') return
  const reflected = reflect(schema, message)
  if (!reflected.isSet(field)) reflected.set(field, reflect(field.message))
  const times = timesOf(message)
  if (times === undefined) return
  times.createdTimestamp ??= timestampOf(now)
  times.lastUpdatedTimestamp = timestampOf(now)
}

const copyOf = (message: RegistryMessage): RegistryMessage => clone(kindOf(message).schema, message) as RegistryMessage

const withoutPin = (message: RegistryMessage): RegistryMessage => {
  const copy = copyOf(message)
  if (isVersioned(copy) && copy.spec) copy.spec.version = ''
  return copy
}

/** The version that a definition is pinned to, read from the history in the definition's place. */
const pinnedMessage = (desired: VersionedMessage, version: ViewVersion, context: RevisionContext): RegistryMessage => {
  const { name, historyType, words } = kindOf(desired)
  const view = nameOf(desired)
  const told = desired.spec?.version ?? ''
  if (version.type !== historyType) {
    throw storeError('STORE_REGISTRY_OBJECT_INVALID', [words, view, `version "${told}" is that of a ${version.type.replaceAll('_', ' ')}`])
  }
  if (context.stored && !isSameDefinition(withoutPin(decodeObject(context.stored)), withoutPin(desired))) {
    throw storeError('STORE_REGISTRY_VERSION_PINNED', [view, told])
  }
  const message: RegistryMessage = decodeObject({ kind: name, project: context.project, name: view, bytes: version.bytes, lastUpdated: 0n })
  if (isVersioned(message) && message.spec) message.spec.version = told
  return message
}

const bytesOf = (message: RegistryMessage): Uint8Array => toBinary(kindOf(message).schema, message)

const encode = (message: RegistryMessage, { project, now }: RevisionContext): StoredObject => {
  const { name: kind } = kindOf(message)
  return { kind, project, name: nameOf(message), bytes: bytesOf(message), lastUpdated: now }
}

const versionOf = (object: StoredObject, number: number, now: bigint): ViewVersion => ({
  view: object.name,
  number,
  type: object.kind.replaceAll('-', '_'),
  bytes: object.bytes,
  created: now,
  id: randomUUID(),
})

const setVersionNumber = (message: RegistryMessage, number: number): void => {
  if (isVersioned(message) && message.meta) message.meta.currentVersionNumber = number
}

/** Keeps the versions of a view that follows its latest definition. */
const keepVersion = (next: RegistryMessage, current: RegistryMessage | undefined, context: RevisionContext): Omit<Revision, 'changes'> => {
  const { stored, versions, now, promote } = context
  if (stored === undefined || current === undefined) {
    const number = nextVersionNumber(versions)
    setVersionNumber(next, number)
    const object = encode(next, context)
    return { action: 'create', object, versions: [versionOf(object, number, now)] }
  }
  if (!isNewVersion(current, next)) return { action: 'update', object: encode(next, context), versions: [] }
  const first = versions.length === 0 ? [versionOf(stored, 0, now)] : []
  const number = nextVersionNumber([...versions, ...first])
  setVersionNumber(next, number)
  const object = encode(next, context)
  return { action: 'update', object: promote ? object : undefined, versions: [...first, versionOf(object, number, now)] }
}

const keepPinned = (next: RegistryMessage, number: number, context: RevisionContext): Omit<Revision, 'changes'> => {
  setVersionNumber(next, number)
  const object = encode(next, context)
  const isKept = context.versions.some((version) => version.number === number)
  return { action: context.stored ? 'update' : 'create', object, versions: isKept ? [] : [versionOf(object, number, context.now)] }
}

/**
 * What becomes of a stored object when a definition of its name is applied: `undefined` when both say the same.
 * Nothing is read or written here. The object keeps when it was made, its intervals, its state, and what we do not know of it.
 *
 * @throws STORE_REGISTRY_VERSION_PINNED when a view is pinned to a version and defined anew at once
 * @example
 * reviseObject(definition, { project: 'demo', now, stored: undefined, versions: [], promote: true })?.action // 'create'
 */
export const reviseObject = (desired: RegistryMessage, context: RevisionContext): Revision | undefined => {
  const pin = isVersioned(desired) ? pinnedVersion(desired.spec?.version ?? '', nameOf(desired)) : undefined
  const pinned = context.versions.find(({ number }) => number === pin)
  const next = pinned && isVersioned(desired) ? pinnedMessage(desired, pinned, context) : copyOf(desired)
  setProject(next, context.project)
  const times = timesOf(next)
  if (times) times.createdTimestamp = undefined
  const current: RegistryMessage | undefined = context.stored && decodeObject(context.stored)
  if (current) inheritStored(current, next)
  // Of 10,000 views nobody changed, the bytes tell it for all that we wrote ourselves, in a third of the time.
  if (current && Buffer.compare(bytesOf(current), bytesOf(next)) === 0) return undefined
  const changes = current ? changesBetween(current, next) : []
  if (current && changes.length === 0) return undefined
  stamp(next, context.now)
  if (kindOf(next).historyType === undefined) {
    return { action: current ? 'update' : 'create', changes, object: encode(next, context), versions: [] }
  }
  return { changes, ...(pin === undefined ? keepVersion(next, current, context) : keepPinned(next, pin, context)) }
}
