import { dispatchedKinds } from './dispatched-kind.ts'

/**
 * The path of all objects of a kind, in every namespace.
 *
 * @example
 * collectionPath({ apiVersion: 'v1', kind: 'Secret' })   // '/api/v1/secrets'
 */
export const collectionPath = ({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string | null => {
  const known = dispatchedKinds.find((each) => each.apiVersion === apiVersion && each.kind === kind)
  if (known === undefined) return null
  return `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}/${known.resource}`
}
