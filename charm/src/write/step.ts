/** One write that has to be done: planned after all reads, performed in order. */
export interface Step {
  /** For the log: what it changes, never a value. */
  readonly what: string
  readonly perform: () => Promise<void>
}
