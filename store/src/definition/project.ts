import { storeError } from '../errors.ts'
import { type Described, type DescribedSpec, described } from './described.ts'

/** A namespace of definitions; the project of `feature_store.yaml` unless a repository says more about it. */
export interface Project extends Described {
  readonly kind: 'project'
  readonly name: string
}

/** Why a name cannot be a project's, or undefined when it can. Source: Feast's rule, letters of any script included. */
const projectNameFault = (name: string): string | undefined => {
  if (!/^[\p{L}\p{N}\p{M}_-]+$/u.test(name)) return 'it may hold letters, digits, underscores and hyphens only'
  return /^[_-]/.test(name) ? 'it starts with an underscore or a hyphen' : undefined
}

/**
 * Describes the project that a repository belongs to.
 *
 * @throws STORE_DEFINITION_INVALID for a name that Feast refuses
 *
 * @example
 * const rides = project({ name: 'rides', description: 'everything about trips' })
 */
export const project = (spec: DescribedSpec & { readonly name: string }): Project => {
  const fault = projectNameFault(spec.name)
  if (fault !== undefined) throw storeError('STORE_DEFINITION_INVALID', ['project', spec.name, fault])
  return Object.freeze({ kind: 'project', name: spec.name, ...described(spec) })
}
