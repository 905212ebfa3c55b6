import { attachmentsFor } from './attachment.ts'
import type { Delivered } from './manifest-folder.ts'
import type { ObservedAttachment, SyncRequest } from './request.ts'

const lastApplied = 'metacontroller.k8s.io/last-applied-configuration'
const ownAnnotations = 'metacontroller.k8s.io/'

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})

const parseMapping = (text: unknown): Mapping | null => {
  try {
    const value: unknown = typeof text === 'string' ? JSON.parse(text) : null
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** An object as it was asked for: what metacontroller noted, or with server-side apply, which notes nothing, without what others added. */
const asAskedFor = ({ object }: ObservedAttachment): Mapping => {
  const { status: _, metadata, ...rest } = object
  const { name, namespace, labels, annotations } = asMapping(metadata)
  const said = asMapping(annotations)
  const noted = parseMapping(said[lastApplied])
  if (noted !== null) return noted
  const kept = Object.entries(said).filter(([key]) => !key.startsWith(ownAnnotations))
  return { ...rest, metadata: { name, namespace, ...(labels === undefined ? {} : { labels }), annotations: Object.fromEntries(kept) } }
}

const keptObjects = ({ attachments }: SyncRequest, { incomplete }: Delivered, wanted: ReadonlySet<string>): readonly string[] =>
  attachments
    .filter(({ group, name }) => incomplete.has(group) && !wanted.has(`${group} ${name}`))
    .map((attachment) => JSON.stringify(asAskedFor(attachment)))
    .sort()

/**
 * The answer to metacontroller, as JSON: all objects that shall be in the namespace, since what is not named is deleted. Where manifests are
 * missing for the moment, what is there already is named as well. The same question gets the same bytes.
 *
 * @example
 * answerSync(request, { delivered, label: 'user.kubeflow.org/enabled' })   // '{"attachments":[…]}'
 */
export const answerSync = (
  request: SyncRequest,
  { delivered, label }: { readonly delivered: Delivered; readonly label: string },
): string => {
  const { namespace, labels, leaving, finalizing, attachments } = request
  if (finalizing) return JSON.stringify({ attachments: [], finalized: attachments.length === 0 })
  if (leaving || labels[label] !== 'true') return '{"attachments":[]}'
  const chosen = attachmentsFor(namespace, delivered.attachments)
  const wanted = new Set(chosen.map(({ group, name }) => `${group} ${name}`))
  const objects = [...chosen.map(({ parts }) => parts.join(namespace)), ...keptObjects(request, delivered, wanted)]
  return `{"attachments":[${objects.join(',')}]}`
}
