import { create } from '@bufbuild/protobuf'
import { type Permission, type PermissionPolicy, permission, permissionActions, permissionTypes } from '../definition/permission.ts'
import { storeError } from '../errors.ts'
import {
  type Permission as PermissionMessage,
  PermissionSchema,
  PermissionSpec_AuthzedAction,
  PermissionSpec_Type,
} from '../proto/feast/core/permission_pb.ts'
import { type Policy, PolicySchema } from '../proto/feast/core/policy_pb.ts'

const policyMessage = (policy: PermissionPolicy): Policy => {
  switch (policy.kind) {
    case 'role-based':
      return create(PolicySchema, { policyType: { case: 'roleBasedPolicy', value: { roles: [...policy.roles] } } })
    case 'group-based':
      return create(PolicySchema, { policyType: { case: 'groupBasedPolicy', value: { groups: [...policy.groups] } } })
    case 'namespace-based':
      return create(PolicySchema, { policyType: { case: 'namespaceBasedPolicy', value: { namespaces: [...policy.namespaces] } } })
    case 'combined-group-namespace': {
      const value = { groups: [...policy.groups], namespaces: [...policy.namespaces] }
      return create(PolicySchema, { policyType: { case: 'combinedGroupNamespacePolicy', value } })
    }
  }
}

const policyOf = (message: Policy | undefined): PermissionPolicy | undefined => {
  const policy = message?.policyType
  switch (policy?.case) {
    case 'roleBasedPolicy':
      return Object.freeze({ kind: 'role-based', roles: policy.value.roles })
    case 'groupBasedPolicy':
      return Object.freeze({ kind: 'group-based', groups: policy.value.groups })
    case 'namespaceBasedPolicy':
      return Object.freeze({ kind: 'namespace-based', namespaces: policy.value.namespaces })
    case 'combinedGroupNamespacePolicy':
      return Object.freeze({ kind: 'combined-group-namespace', groups: policy.value.groups, namespaces: policy.value.namespaces })
    default:
      return undefined
  }
}

/** A permission as Feast's message. */
export const permissionMessage = (definition: Permission, project: string): PermissionMessage =>
  create(PermissionSchema, {
    spec: {
      name: definition.name,
      project,
      types: definition.types.map((type) => PermissionSpec_Type[type]),
      namePatterns: [...definition.namePatterns],
      requiredTags: { ...definition.requiredTags },
      actions: definition.actions.map((action) => PermissionSpec_AuthzedAction[action]),
      ...(definition.policy === undefined ? {} : { policy: policyMessage(definition.policy) }),
      tags: { ...definition.tags },
    },
  })

const named = <T>(list: readonly T[], number: number, permissionName: string, what: string): T => {
  const found = list[number]
  if (found === undefined)
    throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['permission', permissionName, `${what} ${number} is of a newer Feast`])
  return found
}

/** A permission read from Feast's message. */
export const permissionOf = (message: PermissionMessage): Permission => {
  const { spec } = message
  if (spec === undefined) throw storeError('STORE_REGISTRY_ROW_UNREADABLE', ['permission', '', 'it has no spec'])
  return permission({
    name: spec.name,
    types: spec.types.map((type) => named(permissionTypes, type, spec.name, 'type')),
    namePatterns: spec.namePatterns,
    requiredTags: spec.requiredTags,
    actions: spec.actions.map((action) => named(permissionActions, action, spec.name, 'action')),
    policy: policyOf(spec.policy),
    tags: spec.tags,
  })
}
