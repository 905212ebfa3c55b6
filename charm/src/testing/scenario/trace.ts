/** Something that a charm asked of the world around it, in order. */
export type TraceEntry =
  | {
      readonly kind: 'tool'
      readonly tool: string
      readonly args: readonly string[]
      readonly stdin: string | null
      readonly exit: number
      readonly stdout: string
      readonly stderr: string
    }
  | { readonly kind: 'pebble'; readonly container: string; readonly method: string; readonly path: string; readonly status: number }
  | { readonly kind: 'kubernetes'; readonly method: string; readonly path: string; readonly status: number }

/** How much a hook asked, for budgets. */
export interface CallCounts {
  /** Hook tools without `juju-log`. */
  readonly tools: number
  readonly logs: number
  readonly pebble: number
  readonly kubernetes: number
}

/**
 * Counts a trace.
 *
 * @example
 * countCalls(outcome.trace).tools <= 40
 */
export function countCalls(trace: readonly TraceEntry[]): CallCounts {
  const count = (wanted: (entry: TraceEntry) => boolean): number => trace.filter(wanted).length
  return {
    tools: count((entry) => entry.kind === 'tool' && entry.tool !== 'juju-log'),
    logs: count((entry) => entry.kind === 'tool' && entry.tool === 'juju-log'),
    pebble: count((entry) => entry.kind === 'pebble'),
    kubernetes: count((entry) => entry.kind === 'kubernetes'),
  }
}
