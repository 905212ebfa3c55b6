import { addInterval, type Interval } from '../registry/interval.ts'
import type { Registry } from '../registry/registry.ts'
import type { IntervalRecorder } from './materialize.ts'

/** Records intervals in the registry: once, however often it is told. */
export const registryRecorder = (
  registry: Registry,
  options: {
    readonly project: string
    readonly kindOf: (view: string) => 'feature-view' | 'stream-feature-view'
    readonly now: () => bigint
  },
): IntervalRecorder => ({
  async record(view: string, interval: Interval) {
    const id = { kind: options.kindOf(view), project: options.project, name: view } as const
    await registry.edit(id, (message) => addInterval(message, interval), { now: options.now() })
  },
})
