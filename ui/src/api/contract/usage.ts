/** `GET /serving/metrics?project=&by=service|view&name=&window=3600`; only with the switch `serving`. */
export interface ServingMetrics {
  readonly window: number
  readonly series: readonly {
    readonly name: string
    readonly requests: string
    readonly errors: string
    readonly p50: number
    readonly p95: number
    readonly p99: number
    readonly buckets: readonly { readonly at: string; readonly requests: number; readonly errors: number; readonly p99: number | null }[]
  }[]
}

/** `GET /usage?project=&object=kind:name`; only with the switch `usage`. */
export interface Usage {
  readonly readsPerDay: number | null
  readonly lastRead: string | null
  readonly days: readonly { readonly day: string; readonly reads: number }[]
  readonly consumers: readonly { readonly name: string; readonly kind: string; readonly lastRead: string | null }[]
}
