import type { KubernetesObject } from '@charmed-feast/charm'
import type { ObjectStore } from '@charmed-feast/charm/testing'

import type { Account } from './account.ts'

/** What somebody wants to do. */
export interface Attempt {
  readonly verb: string
  /** `''` is the core group. */
  readonly group: string
  /** `secrets`, `namespaces/status`. */
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
}

interface Rule {
  readonly apiGroups?: readonly string[]
  readonly resources?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resourceNames?: readonly string[]
}

interface Binding {
  readonly roleRef?: { readonly kind?: string; readonly name?: string }
  readonly subjects?: readonly { readonly kind?: string; readonly name?: string; readonly namespace?: string }[]
}

const rbac = '/apis/rbac.authorization.k8s.io/v1'

const allows = (rule: Rule, { verb, group, resource, name }: Attempt): boolean => {
  const has = (list: readonly string[] = [], value: string): boolean => list.includes('*') || list.includes(value)
  const named =
    rule.resourceNames === undefined || rule.resourceNames.length === 0 || (name !== undefined && rule.resourceNames.includes(name))
  return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource) && named
}

const binds = ({ metadata, ...object }: KubernetesObject, { name, groups }: Account): boolean => {
  const { subjects = [] } = object as Binding
  return subjects.some((subject) => {
    if (subject.kind === 'Group') return groups.includes(subject.name ?? '')
    if (subject.kind === 'User') return subject.name === name
    return name === `system:serviceaccount:${subject.namespace ?? metadata.namespace}:${subject.name}`
  })
}

const rulesOf = (store: ObjectStore, binding: KubernetesObject): readonly Rule[] => {
  const { roleRef } = binding as Binding
  const space = roleRef?.kind === 'ClusterRole' ? 'clusterroles' : `namespaces/${binding.metadata.namespace}/roles`
  const { rules } = (store.get(`${rbac}/${space}/${encodeURIComponent(roleRef?.name ?? '')}`) ?? {}) as { readonly rules?: readonly Rule[] }
  return Array.isArray(rules) ? rules : []
}

/**
 * Whether Roles, ClusterRoles and their bindings let an account do something (Kubernetes' RBAC; aggregated roles are not followed).
 *
 * @example
 * isAllowed(store, account, { verb: 'get', group: '', resource: 'secrets', namespace: 'alice', name: 'a' })
 */
export const isAllowed = (store: ObjectStore, account: Account, attempt: Attempt): boolean => {
  if (account.groups.includes('system:masters')) return true
  const cluster = store.list(`${rbac}/clusterrolebindings`)
  const local = attempt.namespace === undefined ? [] : store.list(`${rbac}/rolebindings`, attempt.namespace)
  return [...cluster, ...local]
    .filter(([, binding]) => binds(binding, account))
    .some(([, binding]) => rulesOf(store, binding).some((rule) => allows(rule, attempt)))
}
