/** Kinds of objects that a permission speaks of, as Feast numbers them: the place in this list is the number. */
export const permissionTypes = [
  'FEATURE_VIEW',
  'ON_DEMAND_FEATURE_VIEW',
  'BATCH_FEATURE_VIEW',
  'STREAM_FEATURE_VIEW',
  'ENTITY',
  'FEATURE_SERVICE',
  'DATA_SOURCE',
  'VALIDATION_REFERENCE',
  'SAVED_DATASET',
  'PERMISSION',
  'PROJECT',
  'LABEL_VIEW',
] as const
/** One of {@link permissionTypes}. */
export type PermissionType = (typeof permissionTypes)[number]

/** What one may do, as Feast numbers them: the place in this list is the number. */
export const permissionActions = [
  'CREATE',
  'DESCRIBE',
  'UPDATE',
  'DELETE',
  'READ_ONLINE',
  'READ_OFFLINE',
  'WRITE_ONLINE',
  'WRITE_OFFLINE',
] as const
/** One of {@link permissionActions}. */
export type PermissionAction = (typeof permissionActions)[number]

/** Who is meant. */
export type PermissionPolicy =
  | { readonly kind: 'role-based'; readonly roles: readonly string[] }
  | { readonly kind: 'group-based'; readonly groups: readonly string[] }
  | { readonly kind: 'namespace-based'; readonly namespaces: readonly string[] }
  | { readonly kind: 'combined-group-namespace'; readonly groups: readonly string[]; readonly namespaces: readonly string[] }

/** Who may do what with which objects. Feast's servers hold it; the SDK with a database's password does not. */
export interface Permission {
  readonly kind: 'permission'
  readonly name: string
  readonly types: readonly PermissionType[]
  /** Regular expressions; a name must match one of them whole. None: every name. */
  readonly namePatterns: readonly string[]
  readonly requiredTags: Readonly<Record<string, string>>
  readonly actions: readonly PermissionAction[]
  readonly policy: PermissionPolicy | undefined
  readonly tags: Readonly<Record<string, string>>
}

/**
 * Defines a permission.
 *
 * @example
 * const readers = permission({ name: 'readers', types: ['FEATURE_VIEW'], actions: ['READ_ONLINE'], policy: { kind: 'role-based', roles: ['reader'] } })
 */
export const permission = (
  spec: Pick<Permission, 'name' | 'types' | 'actions' | 'policy'> & Partial<Omit<Permission, 'kind'>>,
): Permission =>
  Object.freeze({
    kind: 'permission',
    namePatterns: [],
    ...spec,
    requiredTags: Object.freeze({ ...spec.requiredTags }),
    tags: Object.freeze({ ...spec.tags }),
  })
