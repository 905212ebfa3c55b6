import { join } from 'node:path'

import type { KubernetesObject } from '@charmed-feast/charm'

/** A Secret that a pod mounts. */
export interface SecretMount {
  readonly secret: string
  readonly optional: boolean
  /** Where its files are on this machine. */
  readonly folder: string
  readonly mountPath: string
}

type Mapping = Readonly<Record<string, unknown>>

const asMapping = (value: unknown): Mapping => (typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {})
const asList = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.map(asMapping) : [])

const containerOf = (pod: KubernetesObject): Mapping => asList(asMapping(pod.spec).containers)[0] ?? {}

/**
 * The Secrets that a pod's first container mounts, each in a folder of its own below the pod's.
 *
 * @example
 * secretMounts(pod, '.state/notebooks/alice/notebook-1')[0]?.mountPath   // '/feast'
 */
export const secretMounts = (pod: KubernetesObject, folder: string): readonly SecretMount[] => {
  const volumes = asList(asMapping(pod.spec).volumes)
  return asList(containerOf(pod).volumeMounts).flatMap(({ name, mountPath }) => {
    const volume = volumes.find((each) => each.name === name)
    const { secretName, optional } = asMapping(volume?.secret)
    if (typeof secretName !== 'string' || typeof mountPath !== 'string' || typeof name !== 'string') return []
    return [{ secret: secretName, optional: optional === true, folder: join(folder, name), mountPath: mountPath.replace(/\/$/, '') }]
  })
}

/**
 * The variables of a pod's first container. A value that is a path below a mount is that path on this machine.
 *
 * @example
 * podEnvironment(pod, mounts).FEAST_FS_YAML_FILE_PATH   // '.state/notebooks/alice/notebook-1/feature-store-yaml/feature_store.yaml'
 */
export const podEnvironment = (pod: KubernetesObject, mounts: readonly SecretMount[]): Readonly<Record<string, string>> => {
  const local = (value: string): string => {
    const mount = mounts.find(({ mountPath }) => value === mountPath || value.startsWith(`${mountPath}/`))
    return mount === undefined ? value : join(mount.folder, value.slice(mount.mountPath.length))
  }
  return Object.fromEntries(asList(containerOf(pod).env).map(({ name, value }) => [String(name), local(String(value ?? ''))]))
}
