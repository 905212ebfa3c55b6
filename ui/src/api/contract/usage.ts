/** `GET /usage?project=&object=kind:name`; only with the switch `usage`. */
export interface Usage {
  readonly readsPerDay: number | null
  readonly lastRead: string | null
  readonly days: readonly { readonly day: string; readonly reads: number }[]
  readonly consumers: readonly { readonly name: string; readonly kind: string; readonly lastRead: string | null }[]
}
