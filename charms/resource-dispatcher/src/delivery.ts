import type { ManifestEndpoint } from './dispatched-kind.ts'
import { type Manifest, manifestKey } from './manifest.ts'
import { manifestPaths, printManifest } from './manifest-file.ts'

/** What one relation sends. */
export interface Sent {
  /** `endpoint:id`. */
  readonly relation: string
  readonly app: string
  readonly manifests: readonly Manifest[]
  readonly problems: readonly string[]
  /** Its secret cannot be read (yet): nothing is known of its manifests. */
  readonly unreadable: boolean
}

/** What all relations of an endpoint send together. */
export interface Delivery {
  readonly endpoint: ManifestEndpoint
  readonly sent: readonly Sent[]
  /** Those that stand for themselves. */
  readonly manifests: readonly Manifest[]
  /** One of each that was sent more than once: nobody knows which is meant. */
  readonly conflicts: readonly Manifest[]
}

/**
 * Puts together what the relations of an endpoint send.
 *
 * @example
 * const { conflicts } = deliver('secrets', sent)
 */
export const deliver = (endpoint: ManifestEndpoint, sent: readonly Sent[]): Delivery => {
  const groups = new Map<string, readonly Manifest[]>()
  for (const manifest of sent.flatMap(({ manifests }) => manifests)) {
    const key = manifestKey(manifest)
    groups.set(key, [...(groups.get(key) ?? []), manifest])
  }
  const firsts = (isWanted: (count: number) => boolean): readonly Manifest[] =>
    [...groups.values()].flatMap((group) => (isWanted(group.length) ? group.slice(0, 1) : []))
  return { endpoint, sent, manifests: firsts((count) => count === 1), conflicts: firsts((count) => count > 1) }
}

/** Whether something is missing that may have been delivered before. */
export const isIncomplete = ({ sent, conflicts }: Delivery): boolean =>
  conflicts.length > 0 || sent.some(({ problems, unreadable }) => unreadable || problems.length > 0)

/** Tells the hook server that manifests are missing here: objects that are there already stay. */
export const incompleteMark = '.incomplete'

/**
 * The files of an endpoint's folder. While something is missing, what was delivered before stays beside what is known.
 *
 * @example
 * deliveredFiles(delivery, { kept: {}, ownImage: true })['_global/feature-store-yaml.yaml']
 */
export const deliveredFiles = (
  delivery: Delivery,
  { kept, ownImage }: { readonly kept: Readonly<Record<string, string>>; readonly ownImage: boolean },
): Readonly<Record<string, string>> => {
  const paths = manifestPaths([...delivery.manifests, ...delivery.conflicts])
  const known = delivery.manifests.map((manifest) => [paths.get(manifestKey(manifest)) ?? '', printManifest(manifest.content)] as const)
  if (!isIncomplete(delivery)) return Object.fromEntries(known)
  return { ...kept, ...(ownImage ? { [incompleteMark]: '' } : {}), ...Object.fromEntries(known) }
}
