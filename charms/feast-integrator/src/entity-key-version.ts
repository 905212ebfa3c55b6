import type { TextMap } from '@charmed-feast/charm'

import type { EntityKeyVersion } from './feature-store.ts'

/** The databag key that keeps the version where no manifest says it: while nothing is published, and when the manifest travels as a Juju secret. */
export const versionKey = 'entity-key-serialization-version'

const parseVersion = (text: string | undefined): EntityKeyVersion | null => (text === '2' ? 2 : text === '3' ? 3 : null)

const textsOf = (manifest: unknown): readonly string[] => {
  if (typeof manifest !== 'object' || manifest === null) return []
  const { data, stringData } = manifest as { readonly data?: TextMap; readonly stringData?: TextMap }
  const encoded = data?.['feature_store.yaml']
  return [stringData?.['feature_store.yaml'], encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()].filter(
    (text) => text !== undefined,
  )
}

const manifestsOf = (text: string): readonly unknown[] => {
  try {
    const parsed: unknown = JSON.parse(text)
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

/**
 * Which version was published on a relation to a dispatcher, by this charm or by the Python one; null when none was. Rows in the online store
 * are written with it, so configuration alone never changes it.
 *
 * @example
 * publishedVersion({ kubernetes_manifests: '[]', 'entity-key-serialization-version': '3' })   // 3
 */
export const publishedVersion = (bag: TextMap): EntityKeyVersion | null => {
  const kept = parseVersion(bag[versionKey])
  if (kept !== null) return kept
  const texts = manifestsOf(bag.kubernetes_manifests ?? '').flatMap(textsOf)
  // The last line that says so: a password with a line break may look like one further up.
  const said = texts.map((text) => [...text.matchAll(/^entity_key_serialization_version: ?(\d+)$/gm)].at(-1)?.[1])
  return said.map(parseVersion).find((version) => version !== null) ?? null
}
