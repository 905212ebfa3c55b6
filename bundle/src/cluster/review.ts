import type { ObjectStore } from '@charmed-feast/charm/testing'

import { type Account, accountOf } from './account.ts'
import { type Attempt, isAllowed } from './rights.ts'

interface Attributes {
  readonly verb?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
}

interface Review {
  readonly spec?: {
    readonly resourceAttributes?: Attributes
    readonly user?: string
    readonly groups?: readonly string[]
    readonly token?: string
  }
}

const attemptOf = ({ verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' }: Attributes): Attempt => ({
  verb,
  group,
  resource: subresource === '' ? resource : `${resource}/${subresource}`,
  namespace: namespace === '' ? undefined : namespace,
  name: name === '' ? undefined : name,
})

/**
 * Answers a question about rights or tokens; undefined for a path that is none.
 *
 * @example
 * review('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { spec }, { store, key, account })
 */
export const review = (
  path: string,
  body: object,
  { store, key, account }: { readonly store: ObjectStore; readonly key: Buffer; readonly account: Account },
): object | undefined => {
  const { spec = {} } = body as Review
  const decide = (asker: Account): object => ({
    ...body,
    status: { allowed: isAllowed(store, asker, attemptOf(spec.resourceAttributes ?? {})) },
  })
  switch (path) {
    case '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews':
      return decide(account)
    case '/apis/authorization.k8s.io/v1/subjectaccessreviews':
      return decide({ name: spec.user ?? '', groups: spec.groups ?? [] })
    case '/apis/authentication.k8s.io/v1/tokenreviews': {
      const owner = accountOf(key, spec.token ?? '')
      if (owner === null) return { ...body, status: { error: 'the token is none of this cluster' } }
      return { ...body, status: { authenticated: true, user: { username: owner.name, groups: owner.groups } } }
    }
    default:
      return undefined
  }
}
