import { isNamespaceName } from '../namespace-label.ts'

/** An object that metacontroller made earlier, as it says. */
export interface ObservedAttachment {
  /** `Secret.v1`. */
  readonly group: string
  readonly name: string
  readonly object: Readonly<Record<string, unknown>>
}

/** What metacontroller asks: what shall be in this namespace? */
export interface SyncRequest {
  readonly controllerUid: string
  readonly namespace: string
  readonly labels: Readonly<Record<string, unknown>>
  /** The namespace goes, or is no longer looked after. */
  readonly leaving: boolean
  /** Asked for the last time before the namespace goes. */
  readonly finalizing: boolean
  readonly attachments: readonly ObservedAttachment[]
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

// Keys are `namespace/name`, or the name alone (kubeflow.md §2.3); the object's own metadata says it in each case.
const parseAttachments = (groups: Mapping): readonly ObservedAttachment[] =>
  Object.entries(groups).flatMap(([group, objects]) =>
    Object.values(asMapping(objects)).map((value) => {
      const object = asMapping(value)
      return { group, name: textOf(asMapping(object.metadata).name), object }
    }),
  )

const parseJson = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/**
 * Reads a request of metacontroller's sync hook, version v1 (kubeflow.md §2.3, real-parts.md §4); null when it is none. Fields that are not
 * known here are passed over.
 *
 * @example
 * parseSyncRequest(body)?.namespace   // 'alice'
 */
export const parseSyncRequest = (body: string): SyncRequest | null => {
  const request = asMapping(parseJson(body))
  const metadata = asMapping(asMapping(request.object).metadata)
  const namespace = textOf(metadata.name)
  if (!isNamespaceName(namespace)) return null
  const finalizing = request.finalizing === true
  return {
    controllerUid: textOf(asMapping(asMapping(request.controller).metadata).uid),
    namespace,
    labels: asMapping(metadata.labels),
    finalizing,
    leaving: finalizing || (metadata.deletionTimestamp ?? null) !== null,
    attachments: parseAttachments(asMapping(request.attachments)),
  }
}
