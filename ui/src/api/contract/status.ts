import type { HostConfig } from './host.ts'

/** `GET /status`. */
export interface Status extends HostConfig {
  readonly feastVersion: string
  readonly nodeVersion: string
  readonly startedAt: string
  readonly registry: {
    readonly type: string
    readonly version: string
    readonly loadedAt: string
    /** How old the snapshot may be. */
    readonly ttlSeconds: number | null
    /** `listen`: told at once; `poll`: asked every `ttlSeconds`. */
    readonly refresh: 'listen' | 'poll'
  }
  readonly stores: readonly StoreStatus[]
  /** Allowed keys only; a secret's value is `"****"`. */
  readonly config: readonly { readonly key: string; readonly value: string }[]
  readonly limits: readonly { readonly name: string; readonly value: number; readonly unit: string }[]
}

export interface StoreStatus {
  readonly role: 'registry' | 'online' | 'offline'
  readonly type: string
  readonly state: 'ok' | 'down' | 'not_configured'
  /** Round trip of the last check. */
  readonly milliseconds: number | null
  readonly version: string | null
  readonly checkedAt: string | null
  readonly error: string | null
}
