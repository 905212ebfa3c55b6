/** `GET /permissions/explain?project=&user=&object=featureView:x&action=READ_ONLINE` (`user` default: the session's). */
export interface PermissionExplanation {
  readonly allowed: boolean
  readonly user: string
  readonly roles: readonly string[]
  /** The permission that decided; `null`: none matched. */
  readonly permission: string | null
  /** One sentence. */
  readonly reason: string
}
