import { create, type DescMessage, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FeatureViewVersionHistorySchema, FeatureViewVersionRecordSchema } from '../proto/feast/core/feature-view-version_pb.ts'
import { type Registry as RegistryMessage, RegistrySchema } from '../proto/feast/core/registry_pb.ts'
import type { ViewVersion } from './history.ts'
import { type Kind, kindList, kinds, type RegistryMessage as Message } from './kind.ts'
import { headOf, nameOf, type StoredObject, specOf } from './object.ts'
import { registrySchemaVersion } from './registry-file.ts'
import type { MetadataEntry, RegistrySnapshot } from './snapshot.ts'
import { microsecondsOf, timestampOf } from './timestamp.ts'

/** The project and the name that a message tells; a project is its own. */
export const idOf = (message: Message): { readonly project: string; readonly name: string } => {
  const [spec, name] = [specOf(message), nameOf(message)]
  return { project: spec && 'project' in spec ? spec.project : name, name }
}

/** The messages of one kind inside a registry message: its list, to read and to change. */
export const messagesOf = (registry: RegistryMessage, { listField }: Kind): Message[] => registry[listField]

/** The objects inside a registry message. */
export const storedObjectsOf = (registry: RegistryMessage): readonly StoredObject[] =>
  kindList.flatMap((kind) =>
    messagesOf(registry, kind).map((message) => ({
      kind: kind.name,
      ...idOf(message),
      bytes: toBinary(kind.schema as DescMessage, message),
      lastUpdated: headOf(message).lastUpdated ?? 0n,
    })),
  )

/** The message of a stored object, for a list of a registry message. */
export const messageOf = ({ kind, bytes }: StoredObject): Message => {
  const { schema }: Kind = kinds[kind]
  // The schema of a kind makes messages of that kind.
  return fromBinary(schema, bytes) as Message
}

/** The versions that a registry message keeps of the views of a project. */
export const versionsOf = (registry: RegistryMessage, project: string): readonly ViewVersion[] =>
  (registry.featureViewVersionHistory?.records ?? [])
    .filter((record) => record.projectId === project)
    .map((record) => ({
      view: record.featureViewName,
      number: record.versionNumber,
      type: record.featureViewType,
      bytes: record.featureViewProto,
      created: microsecondsOf(record.createdTimestamp) ?? 0n,
      id: record.versionId,
    }))
    .sort((a, b) => a.number - b.number)

/** Adds versions to a registry message, in place. */
export const addVersions = (registry: RegistryMessage, project: string, versions: readonly ViewVersion[]): void => {
  if (versions.length === 0) return
  registry.featureViewVersionHistory ??= create(FeatureViewVersionHistorySchema)
  const records = versions.map(({ view, number, type, bytes, created, id }) =>
    create(FeatureViewVersionRecordSchema, {
      featureViewName: view,
      projectId: project,
      versionNumber: number,
      featureViewType: type,
      featureViewProto: bytes,
      createdTimestamp: timestampOf(created),
      versionId: id,
    }),
  )
  registry.featureViewVersionHistory.records.push(...records)
}

/** What a registry message tells beside its objects. */
export const metadataOf = (registry: RegistryMessage): readonly MetadataEntry[] =>
  registry.projectMetadata.map(({ project, projectUuid }) => ({ project, key: 'project_uuid', value: projectUuid }))

/**
 * A snapshot as the one message that Feast's registry file and registry server hand out. Its objects are frozen.
 *
 * @example
 * toJson(RegistrySchema, registryMessageOf(snapshot)) // what `feast registry-dump` prints
 */
export const registryMessageOf = (snapshot: RegistrySnapshot): RegistryMessage => {
  const message = create(RegistrySchema, { registrySchemaVersion })
  for (const kind of kindList) messagesOf(message, kind).push(...snapshot.list(kind.name).map((object) => object.message))
  const newest = snapshot
    .list('project')
    .map(({ lastUpdated }) => lastUpdated)
    .sort((a, b) => (a < b ? -1 : 1))
    .at(-1)
  if (newest !== undefined) message.lastUpdated = timestampOf(newest)
  return message
}
