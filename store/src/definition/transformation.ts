import type { Duration } from './duration.ts'

/**
 * Code that somebody else wrote and the registry keeps: shown and written back byte for byte, never run by us. `body` is a Python
 * pickle: reading it would be running it.
 */
export type StoredTransformation =
  | {
      readonly kind: 'python'
      readonly name: string
      readonly body: Uint8Array
      readonly bodyText: string
      /** `pandas`, `python`, `ray`, `spark`, … ; empty where Feast did not say. */
      readonly mode: string
    }
  | { readonly kind: 'substrait'; readonly plan: Uint8Array; readonly ibisFunction: Uint8Array }

/** One aggregation over a window of a stream or of an on-demand view's input. */
export interface Aggregation {
  readonly column: string
  /** `sum`, `mean`, `count`, … */
  readonly function: string
  readonly name: string
  readonly timeWindow: Duration | undefined
  readonly slideInterval: Duration | undefined
}
