import type { DesiredObject, FailedObject } from '../desired.ts'
import { isCharmError } from '../errors.ts'
import type { Hook } from '../hook.ts'
import type { KubernetesClient } from '../kubernetes/client.ts'
import { describeObject, isContained } from '../kubernetes/object.ts'
import type { CharmMetadata } from '../metadata.ts'

const writeObject = async (
  kubernetes: KubernetesClient,
  { desired, fieldManager }: { readonly desired: DesiredObject; readonly fieldManager: string },
): Promise<string | null> => {
  const live = await kubernetes.get(desired.object)
  const name = describeObject(desired.object)
  if (desired.kind === 'absent') {
    if (live === null) return null
    await kubernetes.remove(desired.object)
    return `delete ${name}`
  }
  if (live !== null && isContained(desired.object, live)) return null
  await kubernetes[desired.kind](desired.object, { fieldManager })
  return `${desired.kind} ${name}`
}

/** What became of the desired objects. */
export interface WrittenObjects {
  readonly written: readonly string[]
  readonly failed: readonly FailedObject[]
}

/**
 * Makes objects of Kubernetes what they shall be; one that fails does not keep the others from being written.
 *
 * @example
 * const { failed } = await writeObjects(hook, [{ kind: 'apply', object: controller }])
 */
export const writeObjects = async <Metadata extends CharmMetadata>(
  hook: Hook<Metadata>,
  objects: readonly DesiredObject[] = [],
): Promise<WrittenObjects> => {
  const written: string[] = []
  const failed: FailedObject[] = []
  if (objects.length === 0) return { written, failed }
  const kubernetes = await hook.kubernetes()
  for (const desired of objects) {
    try {
      const what = await writeObject(kubernetes, { desired, fieldManager: hook.context.app })
      if (what !== null) written.push(what)
    } catch (failure) {
      if (!isCharmError(failure)) throw failure
      failed.push({ object: desired.object, failure })
    }
  }
  return { written, failed }
}
