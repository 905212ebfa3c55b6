import { storeError } from '../errors.ts'

const pinned = /^v(?:ersion)?(\d+)$/i

/**
 * The number that a view is pinned to, or `undefined` when it follows its latest definition.
 * The words are Feast's: `latest`, or nothing, or `v2`, or `version2`, in any case.
 *
 * @throws STORE_REGISTRY_OBJECT_INVALID for other words
 * @example
 * pinnedVersion('v2', 'driver_stats') // 2
 */
export const pinnedVersion = (version: string, view: string): number | undefined => {
  if (version === '' || version.toLowerCase() === 'latest') return undefined
  const number = pinned.exec(version)?.[1]
  if (number === undefined) {
    throw storeError('STORE_REGISTRY_OBJECT_INVALID', ['view', view, `its version is "${version}"; allowed: latest, v1, v2 and so on`])
  }
  return Number(number)
}

/** The one spelling of a version: `latest`, `v2`; what is neither stays as it is. */
export const normalVersion = (version: string): string => {
  if (version === '') return 'latest'
  const number = pinned.exec(version)?.[1]
  return number === undefined ? version.toLowerCase() : `v${Number(number)}`
}
