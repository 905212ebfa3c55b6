import type { KubernetesObject } from '@charmed-feast/charm'

import type { KubernetesConnection } from '../kubernetes/connection.ts'
import type { HookAnswer } from './hook.ts'
import { isSameJson } from './three-way.ts'

const fieldManager = 'metacontroller'

/** Whether an answer's labels or annotations are another than the parent's; null means: not there. */
const differs = (wanted: Readonly<Record<string, string | null>>, texts: Readonly<Record<string, string>> = {}): boolean =>
  Object.entries(wanted).some(([key, value]) => (texts[key] ?? null) !== value)

/** Writes onto the parent what an answer says about it, when that is another than it is. */
export const decorateParent = async (
  connection: KubernetesConnection,
  { parent, path, answer }: { readonly parent: KubernetesObject; readonly path: string; readonly answer: HookAnswer },
): Promise<void> => {
  const { labels, annotations, status } = answer
  if (status !== null && !isSameJson(status, parent.status)) {
    try {
      await connection.call({ method: 'PUT', path: `${path}/status`, query: { fieldManager }, body: { ...parent, status } })
    } catch (cause) {
      throw new Error(`can't update status: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    }
  }
  if (!differs(labels, parent.metadata.labels) && !differs(annotations, parent.metadata.annotations)) return
  // What an answer says of labels and annotations is a merge patch: null takes away.
  await patchParent(connection, path, { metadata: { labels, annotations } })
}

/** Puts our finalizer on the parent, or takes it away; those of others stay. */
export const setFinalizer = (
  connection: KubernetesConnection,
  {
    parent,
    path,
    finalizer,
    present,
  }: { readonly parent: KubernetesObject; readonly path: string; readonly finalizer: string; readonly present: boolean },
): Promise<void> => {
  const others = finalizersOf(parent).filter((each) => each !== finalizer)
  const { resourceVersion } = parent.metadata
  const finalizers = present ? [...others, finalizer] : others
  return patchParent(connection, path, { metadata: { resourceVersion, finalizers: finalizers.length === 0 ? null : finalizers } })
}

/** The finalizers of an object. */
export const finalizersOf = ({ metadata }: KubernetesObject): readonly unknown[] =>
  Array.isArray(metadata.finalizers) ? metadata.finalizers : []

const patchParent = async (connection: KubernetesConnection, path: string, body: object): Promise<void> => {
  const contentType = 'application/merge-patch+json'
  await connection.call({ method: 'PATCH', path, query: { fieldManager }, contentType, body })
}
