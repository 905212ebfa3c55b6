import type { Manifest } from '../manifest.ts'

/** A manifest made ready: its JSON, cut where the namespace's name goes. */
export interface Attachment {
  /** How metacontroller groups objects: `Secret.v1`. */
  readonly group: string
  readonly name: string
  /** The only namespace that gets it; null: all. */
  readonly namespace: string | null
  readonly parts: readonly string[]
}

const template = /\{\{\s*NAMESPACE\s*\}\}/

/** How metacontroller groups objects in its requests. */
export const groupOf = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string => `${kind}.${apiVersion}`

/**
 * Makes a manifest ready: from then on an answer only joins texts. `{{ NAMESPACE }}`, the one template there is, may stand in any text; every
 * other brace is only a brace. A namespace's name holds nothing that JSON escapes.
 *
 * @example
 * prepareAttachment(manifest).parts.join('alice')
 */
export const prepareAttachment = ({ content, ...manifest }: Manifest): Attachment => {
  const metadata = typeof content.metadata === 'object' ? content.metadata : {}
  const text = JSON.stringify({ ...content, metadata: { ...metadata, namespace: '{{NAMESPACE}}' } })
  const { name, namespace } = manifest
  return { group: groupOf(manifest), name, namespace, parts: text.split(template) }
}

/**
 * What a namespace gets: of two objects of one kind and name the one that is meant for this namespace alone, else the first.
 *
 * @example
 * attachmentsFor('alice', attachments).map(({ name }) => name)
 */
export const attachmentsFor = (namespace: string, attachments: readonly Attachment[]): readonly Attachment[] => {
  const chosen = new Map<string, Attachment>()
  for (const attachment of attachments) {
    if (attachment.namespace !== null && attachment.namespace !== namespace) continue
    const key = `${attachment.group} ${attachment.name}`
    const before = chosen.get(key)
    if (before === undefined || (before.namespace === null && attachment.namespace !== null)) chosen.set(key, attachment)
  }
  return [...chosen.values()]
}
